#include "tools/postgres_clients.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/secrets.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view connect_timeout = "PGCONNECT_TIMEOUT=5";
constexpr std::size_t longest_output = 256u << 20;
// Linux takes 128 KiB as one string of an environment, and two million bytes as all of it.
constexpr std::size_t longest_variable = 100'000;
constexpr std::size_t longest_input = 1'800'000;
constexpr std::string_view input_variable = "BALLAST_INPUT_";

// None ends within a letter: the engine is asked in JSON.
std::vector<std::string_view> pieces_of(std::string_view input) {
  constexpr auto goes_on = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
  };
  std::vector<std::string_view> pieces;
  while (!input.empty()) {
    std::size_t size = std::min(input.size(), longest_variable);
    while (size < input.size() && size > 1 && goes_on(input[size])) --size;
    pieces.push_back(input.substr(0, size));
    input.remove_prefix(size);
  }
  return pieces;
}

// Prints the pieces one after the other; printf is the shell's own, and so bound to no length.
std::string feeding_script(std::size_t pieces) {
  std::string script = "{ printf '%s'";
  for (std::size_t number = 0; number < pieces; ++number)
    script += fmt::format(" \"${}{}\"", input_variable, number);
  return script + "; echo; } | \"$0\" \"$@\"";
}

std::string user_of(const docker::Container& container) {
  const auto found = container.environment.find("POSTGRES_USER");
  return found == container.environment.end() || found->second.empty() ? "postgres" : found->second;
}

std::string masked(const std::string& text, const ServerAddress& address) {
  Secrets secrets;
  secrets.add(address.value("PGPASSWORD"));
  return secrets.mask(text);
}

Error not_installed(const std::string& program) {
  return Error(Kind::refused,
               fmt::format("{} is not installed on this host: a database server outside the stack "
                           "is reached with it",
                           program),
               "apt-get install postgresql-client");
}

void require_ended(const Command& command, const Outcome& outcome) {
  const std::string& program = command.argv.front();
  if (outcome.not_found) throw not_installed(program);
  if (outcome.interrupted) throw Error(Kind::interrupted, "interrupted while " + program + " ran");
  if (outcome.timed_out || outcome.signal != 0)
    throw Error(Kind::failed, fmt::format("{}: {}", program, outcome.reason()));
  if (outcome.truncated)
    throw Error(Kind::failed,
                fmt::format("{} says more than {}", program, human_bytes(longest_output)));
}

Command host_command(const PostgresClients::Call& call, const ServerAddress& address) {
  Command command;
  command.argv = call.argv;
  command.environment = client_environment(address, call.environment);
  command.deadline = call.deadline;
  command.output_limit = longest_output;
  command.dies_with_us = true;
  return command;
}

PostgresClients::Result run_to_end(Processes& processes, const Command& command) {
  Outcome outcome = processes.run(command);
  require_ended(command, outcome);
  return {.status = outcome.status,
          .output = std::move(outcome.output),
          .errors = std::move(outcome.errors)};
}

}  // namespace

ContainerClients::ContainerClients(Engine& engine, const docker::Container& container)
    : engine_(engine),
      container_(container.id),
      environment_(container.environment),
      user_(user_of(container)) {}

PostgresClients::Result ContainerClients::run(const Call& call) {
  return engine_.exec(container_, call.argv, connected(call.environment), call.deadline);
}

PostgresClients::Result ContainerClients::stream(const Call& call, const Sink& output) {
  return engine_.exec_streaming(container_, call.argv, connected(call.environment), call.deadline,
                                output);
}

// The engine's exec has a stdin only for who takes over its connection, and secrets do not belong
// into argv.
PostgresClients::Result ContainerClients::feed(const Call& call, const std::string& input) {
  if (input.size() > longest_input)
    throw Error(Kind::failed,
                fmt::format("{} takes {} in a container, and is to read {}", call.argv.front(),
                            human_bytes(longest_input), human_bytes(input.size())),
                "give it to the server by hand");
  Call fed = call;
  const auto pieces = pieces_of(input);
  for (std::size_t number = 0; number < pieces.size(); ++number)
    fed.environment.push_back(fmt::format("{}{}={}", input_variable, number, pieces[number]));
  fed.argv = {"sh", "-c", feeding_script(pieces.size())};
  fed.argv.insert(fed.argv.end(), call.argv.begin(), call.argv.end());
  return run(fed);
}

std::vector<std::string> ContainerClients::connected(
    const std::vector<std::string>& environment) const {
  std::vector<std::string> variables{std::string(connect_timeout), "PGUSER=" + user_};
  if (const std::string path = path_of_clients(environment_); !path.empty())
    variables.push_back("PATH=" + path);
  variables.insert(variables.end(), environment.begin(), environment.end());
  return variables;
}

// PGPASSWORD where the container was given one: POSTGRES_PASSWORD, or the file that
// POSTGRES_PASSWORD_FILE names.
std::vector<std::string> ContainerClients::network_environment() {
  std::vector<std::string> variables = connected({"PGHOST=127.0.0.1"});
  if (const auto port = environment_.find("PGPORT"); port != environment_.end())
    variables.push_back("PGPORT=" + port->second);
  if (const auto file = environment_.find("POSTGRES_PASSWORD_FILE"); file != environment_.end()) {
    const auto read = engine_.exec(container_, {"cat", file->second}, {}, std::chrono::seconds(10));
    if (read.status == 0) variables.push_back("PGPASSWORD=" + std::string(trim(read.output)));
  } else if (const auto given = environment_.find("POSTGRES_PASSWORD");
             given != environment_.end()) {
    variables.push_back("PGPASSWORD=" + given->second);
  }
  return variables;
}

HostClients::HostClients(Processes& processes, ServerAddress address, std::string url_file)
    : processes_(processes),
      address_(std::move(address)),
      place_(address_.place()),
      url_file_(std::move(url_file)) {}

PostgresClients::Result HostClients::run(const Call& call) {
  return finish(host_command(call, address_));
}

PostgresClients::Result HostClients::stream(const Call& call, const Sink& output) {
  Command command = host_command(call, address_);
  command.on_output = output;
  return finish(command);
}

PostgresClients::Result HostClients::feed(const Call& call, const std::string& input) {
  Command command = host_command(call, address_);
  command.input = input;
  return finish(command);
}

std::vector<std::string> HostClients::network_environment() {
  std::vector<std::string> variables;
  for (const auto& [name, value] : client_environment(address_, {}))
    variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

PostgresClients::Result HostClients::finish(const Command& command) {
  Result result = run_to_end(processes_, command);
  result.errors = masked(result.errors, address_);
  require_connected(result);
  return result;
}

void HostClients::require_connected(const Result& result) const {
  if (result.status == 0) return;
  std::string words = connection_trouble(result.errors);
  if (words.empty() || has_no_room(words)) return;
  constexpr std::string_view refusal = "FATAL:  ";
  if (!words.starts_with(refusal))
    throw Error(
        Kind::refused, fmt::format("the database server at {} does not answer: {}", place_, words),
        fmt::format("is it up, and does it let this host in? where it is stands in {}", url_file_));
  throw Error(Kind::refused,
              fmt::format("the database server at {} refuses the connection: {}", place_,
                          words.substr(refusal.size())),
              fmt::format("correct {}", url_file_));
}

PostgresClients::Result run_on_host(Processes& processes, const PostgresClients::Call& call) {
  return run_to_end(processes, host_command(call, {}));
}

PostgresClients::Result stream_on_host(Processes& processes, const PostgresClients::Call& call,
                                       const PostgresClients::Sink& output) {
  Command command = host_command(call, {});
  command.on_output = output;
  return run_to_end(processes, command);
}

void require_good(const PostgresClients::Result& result, const std::string& what) {
  if (result.status == 0) return;
  const std::string said = printable(trim(result.errors.empty() ? result.output : result.errors));
  throw Error(Kind::failed,
              fmt::format("{} ended with exit status {}{}{}", what, result.status,
                          said.empty() ? "" : ": ", shortened(said, 600)),
              advice_on(said));
}

std::string advice_on(std::string_view said) {
  const auto says = [&](std::string_view words) {
    return said.find(words) != std::string_view::npos;
  };
  const bool by_the_server = says("ERROR:  ") || says("FATAL:  ");
  if (!by_the_server) return {};
  if (says("No space left on device"))
    return "free some space where the database server keeps its files: df -h; ballast prune";
  if (says("permission denied") || says("must be owner") || says("must be superuser"))
    return "the role lacks a right: a backup needs one that may read everything, a restore a "
           "superuser (ALTER ROLE name SUPERUSER, by another one)";
  return {};
}

std::string connection_trouble(std::string_view errors) {
  for (const std::string& line : split_lines(errors)) {
    if (const auto at = line.find("could not translate host name"); at != std::string::npos)
      return printable(line.substr(at));
    constexpr std::string_view failed = " failed: ";
    const auto at = line.find(failed);
    const auto connection = line.find("connection to server ");
    if (connection != std::string::npos && at != std::string::npos && connection < at)
      return printable(trim(line.substr(at + failed.size())));
  }
  return {};
}

std::string path_of_clients(const std::map<std::string, std::string>& environment) {
  const auto version = environment.find("PG_MAJOR");
  const auto path = environment.find("PATH");
  const bool is_known = version != environment.end() && path != environment.end() &&
                        !version->second.empty() &&
                        version->second.find_first_not_of("0123456789.") == std::string::npos;
  if (!is_known) return {};
  return fmt::format("/usr/lib/postgresql/{}/bin:{}", version->second, path->second);
}

bool has_no_room(std::string_view errors) {
  constexpr std::array<std::string_view, 3> words{"too many clients already",
                                                  "remaining connection slots are reserved",
                                                  "too many connections for "};
  return std::ranges::any_of(
      words, [&](std::string_view said) { return errors.find(said) != std::string_view::npos; });
}

std::map<std::string, std::string> client_environment(const ServerAddress& address,
                                                      const std::vector<std::string>& wanted) {
  std::map<std::string, std::string> variables = address.variables;
  variables.try_emplace("PGCONNECT_TIMEOUT", "5");
  for (const std::string& assignment : wanted) {
    const auto equals = assignment.find('=');
    const std::string name = assignment.substr(0, equals);
    const std::string value = assignment.substr(equals + 1);
    const bool adds = name == "PGOPTIONS" && !address.value(name).empty();
    variables[name] = adds ? address.value(name) + " " + value : value;
  }
  return variables;
}

}  // namespace ballast
