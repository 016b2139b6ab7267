#include "live/server.h"

#include "base/text.h"
#include "live/own_execs.h"

namespace ballast {

namespace {

// DOCKER_HOST is honoured where it names a Unix socket: the engine must be on this machine, since
// volumes and published ports are looked at from here.
std::string socket_of(Host& host, const Paths& paths) {
  if (const auto named = host.machine.variable("BALLAST_DOCKER_SOCKET"); named && !named->empty())
    return *named;
  const auto docker_host = host.machine.variable("DOCKER_HOST");
  if (!docker_host || docker_host->empty()) return paths.docker_socket();
  constexpr std::string_view scheme = "unix://";
  if (!docker_host->starts_with(scheme))
    throw Error(Kind::usage, "DOCKER_HOST=" + printable(*docker_host) + " is not a local engine",
                "ballast works on the server itself: unset DOCKER_HOST, or set it to unix:///path");
  return docker_host->substr(scheme.size());
}

}  // namespace

Server::Server(Host& host_, std::string root, std::span<const OperationKind> kinds_)
    : host(host_),
      paths{.root = std::move(root)},
      engine(host_, socket_of(host_, paths)),
      kinds(kinds_) {
  engine.on_exec(
      [&host_, paths_ = paths](const std::string& exec) { announce_exec(host_, paths_, exec); });
}

std::vector<std::string> stack_names(Server& server) {
  std::vector<std::string> names;
  for (const std::string& name : server.host.disk.list(server.paths.stacks())) {
    const auto info = server.host.disk.info(server.paths.stack(name));
    if (info && info->type == FileType::directory && !name.starts_with('.')) names.push_back(name);
  }
  return names;
}

}  // namespace ballast
