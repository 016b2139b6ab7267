#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>
#include <thread>

#include "base/text.h"
#include "host/await.h"
#include "tools/container_files.h"
#include "tools/postgres_outside.h"
#include "watch/observe.h"

namespace ballast {

// What any role may see. The names of the databases in one field, so that there is always one row.
const char* const database_question =
    "SELECT (SELECT sum(numbackends) FROM pg_stat_database), current_setting('max_connections'), "
    "(extract(epoch FROM clock_timestamp()) * 1000)::bigint, "
    "(SELECT coalesce(string_agg(datname, chr(31) ORDER BY datname), '') FROM pg_database "
    "WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres')";

namespace {

constexpr char between_names = '\x1f';

long long number_of(std::string_view text) {
  long long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string variable(const docker::Container& container, const std::string& name) {
  const auto found = container.environment.find(name);
  return found == container.environment.end() ? std::string() : found->second;
}

std::string password_of(Host& host, const docker::Container& container) {
  const std::string file = variable(container, "POSTGRES_PASSWORD_FILE");
  if (file.empty()) return variable(container, "POSTGRES_PASSWORD");
  return std::string(trim(read_on_host(host, container, file).value_or("")));
}

bool is_looked_up(const PostgresParameters& parameters) {
  const auto host = parameters.find("host");
  return host != parameters.end() && !host->second.starts_with('/') && !is_address(host->second) &&
         !parameters.contains("hostaddr");
}

// A name is looked up without a deadline: whoever waits for it does so beside us, and is left
// there.
PostgresAnswer ask_named(const PostgresParameters& parameters, const std::string& sql,
                         Duration patience) {
  std::packaged_task<PostgresAnswer()> task(
      [parameters, sql, patience] { return ask_postgres(parameters, sql, patience); });
  std::future<PostgresAnswer> answer = task.get_future();
  std::thread(std::move(task)).detach();
  if (answer.wait_for(patience) == std::future_status::ready) return answer.get();
  return {.refusal = PostgresRefusal::silent,
          .words = "no answer within " + human_duration(patience),
          .rows = {}};
}

PostgresAnswer ask(const PostgresParameters& parameters, const std::string& sql, Duration patience,
                   DatabaseMemory* memory = nullptr) {
  if (is_looked_up(parameters)) return ask_named(parameters, sql, patience);
  return memory != nullptr ? memory->session.ask(parameters, sql, patience)
                           : ask_postgres(parameters, sql, patience);
}

constexpr const char* has_odoo_table = "SELECT to_regclass('public.ir_module_module') IS NOT NULL";

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// One session for each database: PostgreSQL shows the tables of the connected one only. Those that
// are known to be Odoo's remain so while they are there.
void find_odoo(DatabaseSeen& seen, PostgresParameters parameters, const Policy& policy,
               Duration patience, const std::vector<std::string>& known = {}) {
  if (policy.preset != Preset::odoo) return;
  for (const std::string& name : seen.names) {
    if (!concerns_database(policy, name)) continue;
    if (contains(known, name)) {
      seen.odoo.push_back(name);
      continue;
    }
    parameters["dbname"] = name;
    const PostgresAnswer answer = ask(parameters, has_odoo_table, patience);
    if (!answer.answered()) seen.odoo_trouble = fmt::format("{}: {}", name, answer.words);
    if (answer.refusal == PostgresRefusal::silent) return;
    if (answer.answered() && answer.rows.at(0).at(0) == "t") seen.odoo.push_back(name);
  }
}

constexpr Duration as_long_as_names_hold = std::chrono::minutes(5);

void find_odoo_again(DatabaseSeen& seen, const PostgresParameters& parameters, const Policy& policy,
                     Duration patience, Monotonic now, DatabaseMemory& memory) {
  const bool is_known = memory.names == seen.names && memory.asked != Monotonic{} &&
                        now - memory.asked < as_long_as_names_hold;
  if (is_known) {
    seen.odoo = memory.odoo;
    return;
  }
  find_odoo(seen, parameters, policy, patience, memory.odoo);
  memory.asked = seen.odoo_trouble.empty() ? now : Monotonic{};
  memory.names = seen.names;
  memory.odoo = seen.odoo;
}

void look(DatabaseSeen& seen, Server& server, const Stack& stack,
          const PostgresParameters& parameters, Duration patience, DatabaseMemory* memory) {
  seen.asked = server.host.clock.now();
  const PostgresAnswer answer = ask(parameters, database_question, patience, memory);
  seen.refusal = answer.refusal;
  seen.words = stack.secrets.mask(answer.words);
  seen.elapsed = answer.elapsed;
  if (!answer.answered()) return;
  take_database_row(seen, answer.rows);
  if (memory == nullptr) return find_odoo(seen, parameters, stack.policy, patience);
  find_odoo_again(seen, parameters, stack.policy, patience, server.host.clock.monotonic(), *memory);
}

DatabaseSeen unreachable(std::string place, std::string words) {
  DatabaseSeen seen{.place = std::move(place)};
  seen.refusal = PostgresRefusal::unreachable;
  seen.words = std::move(words);
  return seen;
}

DatabaseSeen outside(Server& server, const Stack& stack, Duration patience,
                     DatabaseMemory* memory) {
  const ServerAddress address =
      read_server_address(server.host, server.paths.at(stack.policy.database_url_file));
  DatabaseSeen seen{.place = address.place()};
  look(seen, server, stack, parameters_of(address), patience, memory);
  return seen;
}

}  // namespace

std::optional<PostgresParameters> database_parameters(const docker::Container& container,
                                                      const std::string& password) {
  std::string host;
  for (const auto& [network, address] : container.addresses) {
    if (host.empty()) host = address;
    if (network == "host") host = "127.0.0.1";
  }
  if (host.empty()) return std::nullopt;
  const std::string user = variable(container, "POSTGRES_USER");
  const std::string port = variable(container, "PGPORT");
  PostgresParameters parameters{{"host", host},
                                {"port", port.empty() ? "5432" : port},
                                {"user", user.empty() ? "postgres" : user}};
  if (!password.empty()) parameters["password"] = password;
  return parameters;
}

void take_database_row(DatabaseSeen& seen, const std::vector<std::vector<std::string>>& rows) {
  if (rows.size() != 1 || rows.front().size() != 4) {
    seen.refusal = PostgresRefusal::failed_query;
    seen.words = "its answer is not the one that was asked for";
    return;
  }
  const auto& row = rows.front();
  seen.connections = number_of(row[0]);
  seen.limit = number_of(row[1]);
  seen.clock = Time(Duration(number_of(row[2])));
  if (!row[3].empty()) seen.names = split(row[3], between_names);
}

DatabaseSeen observe_database(Server& server, const Stack& stack,
                              const docker::Container* container, Duration patience,
                              DatabaseMemory* memory) {
  if (has_database_outside(stack.policy) && container == nullptr)
    return outside(server, stack, patience, memory);
  const std::string& service = stack.policy.database_service;
  if (container == nullptr) return unreachable(service, "its service has no container");
  const auto parameters = database_parameters(*container, password_of(server.host, *container));
  if (!parameters || container->state == "exited")
    return unreachable(service, "its container does not run");
  DatabaseSeen seen{.place = service};
  look(seen, server, stack, *parameters, patience, memory);
  return seen;
}

}  // namespace ballast
