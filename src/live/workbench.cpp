#include "live/workbench.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "tools/postgres_clients.h"

namespace ballast {

namespace {

constexpr std::size_t boot_digits = 8;

std::string mark_of(const std::string& operation) {
  return fmt::format("{}={}", docker::label_operation, operation);
}

std::string readers_of(const std::string& stack) { return fmt::format("read-{}-", stack); }

// After a reboot another process may have the number.
std::string readers_mark(Server& server, const std::string& stack) {
  return fmt::format("{}{}-", readers_of(stack), server.host.machine.boot().substr(0, boot_digits));
}

bool is_of_dead_reader(Server& server, const std::string& stack, std::string_view mark) {
  const auto dash = mark.rfind('-');
  const std::string_view number = mark.substr(dash == std::string_view::npos ? 0 : dash + 1);
  long long process = 0;
  const auto [end, failure] =
      std::from_chars(number.data(), number.data() + number.size(), process);
  const std::string prefix = readers_of(stack);
  const bool is_ours = mark.starts_with(prefix) && failure == std::errc() &&
                       end == number.data() + number.size() && dash == prefix.size() + boot_digits;
  if (!is_ours) return false;
  return !mark.starts_with(readers_mark(server, stack)) || !server.host.machine.running(process);
}

}  // namespace

Workbench::Workbench(Server& server, const std::string& operation, docker::NewContainer wanted)
    : server_(server) {
  wanted.labels[std::string(docker::label_operation)] = operation;
  wanted.entrypoint = {"sleep"};
  wanted.command = {"infinity"};
  wanted.user = "0";
  id_ = server_.engine.make_container(wanted);
  try {
    server_.engine.start_container(id_);
  } catch (...) {
    server_.engine.remove_container(id_);
    throw;
  }
}

Workbench::~Workbench() {
  try {
    server_.engine.remove_container(id_);
  } catch (const std::exception&) {
    return;  // its label lets recovery find it
  }
}

std::string Workbench::must(const std::vector<std::string>& argv,
                            const std::vector<std::string>& environment, Duration deadline) {
  const auto result = server_.engine.exec(id_, argv, environment, deadline);
  require_good(result, argv.front());
  return result.output;
}

void Workbench::must_stream(const std::vector<std::string>& argv,
                            const std::vector<std::string>& environment, Duration deadline,
                            const Engine::Sink& output) {
  require_good(server_.engine.exec_streaming(id_, argv, environment, deadline, output),
               argv.front());
}

std::string mark_of_reader(Server& server, const std::string& stack) {
  return fmt::format("{}{}", readers_mark(server, stack), server.host.machine.process());
}

std::vector<docker::Container> benches_of_dead_readers(Server& server, const std::string& stack) {
  std::vector<docker::Container> benches;
  for (docker::Container& container :
       server.engine.containers_with_label(std::string(docker::label_operation)))
    if (is_of_dead_reader(server, stack, container.label(docker::label_operation)))
      benches.push_back(std::move(container));
  return benches;
}

void remove_workbenches(Server& server, const std::string& operation) {
  for (const docker::Container& container : server.engine.containers_with_label(mark_of(operation)))
    server.engine.remove_container(container.id);
}

}  // namespace ballast
