#include "restore/loading.h"

#include <fmt/format.h>

#include "base/text.h"
#include "restore/staging.h"
#include "tools/postgres_swap.h"

namespace ballast {

namespace {

constexpr Duration longest_load = std::chrono::hours(12);
constexpr Duration longest_question = std::chrono::minutes(1);
// It may do all that a dump needs, and what it made can be given away as a whole, which what the
// server's first role made cannot.
constexpr std::string_view loading_role = "ballast_loading";

void make_loading_role(Postgres& postgres) {
  if (!role_names(postgres).contains(std::string(loading_role)))
    postgres.maintenance_query(fmt::format("CREATE ROLE {} SUPERUSER NOLOGIN", loading_role));
}

void give_what_was_loaded(Postgres& postgres, const std::string& database,
                          const std::string& owner) {
  postgres.query(database,
                 fmt::format("REASSIGN OWNED BY {0} TO {1}; DROP OWNED BY {0}", loading_role,
                             quoted_identifier(owner)),
                 longest_load);
}

// Since the releases of August 2025.
bool can_be_restricted(ClientTools& loader) {
  const auto help = loader.must({"psql", "--help=commands"}, {}, longest_question);
  return help.find("\\restrict") != std::string::npos;
}

std::vector<std::string> load_argv(const std::string& database, const std::string& file,
                                   const std::string& key) {
  std::vector<std::string> argv{"psql", "-X",
                                "-q",   "--no-password",
                                "-o",   "/dev/null",
                                "-v",   "ON_ERROR_STOP=1",
                                "-d",   connection_to(database)};
  if (!key.empty()) argv.insert(argv.end(), {"-c", "\\restrict " + key});
  argv.insert(argv.end(), {"-f", file});
  return argv;
}

Error not_loaded(const Error& error, const SqlFile& file, const std::string& path,
                 const std::string& version) {
  return Error(error.kind(),
               fmt::format("{} could not be loaded: {}", file.name,
                           replace_all(error.message(), "psql:" + path, file.name)),
               file.dumped_from.empty()
                   ? std::string()
                   : fmt::format("it was dumped from PostgreSQL {}, the server here is {}",
                                 printable(file.dumped_from), version));
}

}  // namespace

void load_sql(Postgres& postgres, ClientTools& loader, const SqlFile& file,
              const std::string& database, const std::string& owner, const std::string& key) {
  auto environment = postgres.clients().network_environment();
  const bool for_another = owner != connected_role(postgres);
  if (for_another) {
    make_loading_role(postgres);
    environment.push_back(fmt::format("PGOPTIONS=-c role={}", loading_role));
  }
  if (file.unaccent) prepare_unaccent(postgres, database);
  const std::string path = loader.path_of(file.name);
  try {
    loader.must(load_argv(database, path, can_be_restricted(loader) ? key : ""), environment,
                longest_load);
  } catch (const Error& error) {
    throw not_loaded(error, file, path, server_version(postgres));
  }
  if (for_another) {
    give_what_was_loaded(postgres, database, owner);
    drop_loading_role(postgres);
  }
  postgres.query(database, "ANALYZE", longest_load);
}

void drop_loading_role(Postgres& postgres) {
  postgres.maintenance_query(fmt::format("DROP ROLE IF EXISTS {}", loading_role));
}

}  // namespace ballast
