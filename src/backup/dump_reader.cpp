#include "backup/dump_reader.h"

#include <fmt/format.h>

#include "tools/postgres.h"

namespace ballast {

namespace {

constexpr Duration longest_run = std::chrono::hours(6);
constexpr Duration longest_list = std::chrono::minutes(1);
constexpr int restore_jobs = 2;

}  // namespace

DumpReader::DumpReader(Server& server, const std::string& operation, const std::string& image,
                       const std::string& folder)
    : tools_(server, operation, image, folder) {}

DumpReader::DumpReader(Server& server, const std::string& operation,
                       const docker::Container* beside, const std::string& folder)
    : tools_(server, operation, beside, folder) {}

void DumpReader::read(const std::string& dump) {
  tools_.must({"pg_restore", "-Fc", "-f", "/dev/null", tools_.path_of(dump)}, {}, longest_run);
}

void DumpReader::read_plain(const std::string& dump, const Engine::Sink& output) {
  tools_.must_stream({"pg_restore", "-Fc", "--no-owner", "-f", "-", tools_.path_of(dump)}, {},
                     longest_run, output);
}

void DumpReader::restore(const std::string& dump, const std::string& database,
                         const std::vector<std::string>& environment) {
  tools_.must({"pg_restore", "--exit-on-error", "--no-password", fmt::format("-j{}", restore_jobs),
               "-d", connection_to(database), tools_.path_of(dump)},
              environment, longest_run);
}

bool DumpReader::makes_unaccent(const std::string& dump) {
  return tools_.must({"pg_restore", "-l", tools_.path_of(dump)}, {}, longest_list)
             .find(" EXTENSION - unaccent ") != std::string::npos;
}

}  // namespace ballast
