#include "live/target.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "tools/container_files.h"

namespace ballast {

namespace {

std::optional<int> as_number(std::string_view text) {
  int number = 0;
  text = trim(text);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int> workers_of_command(const std::vector<std::string>& command) {
  constexpr std::string_view option = "--workers";
  for (std::size_t index = 0; index < command.size(); ++index) {
    std::string_view word = command[index];
    if (!word.starts_with(option)) continue;
    word.remove_prefix(option.size());
    if (word.starts_with('=')) return as_number(word.substr(1));
    if (word.empty() && index + 1 < command.size()) return as_number(command[index + 1]);
  }
  return std::nullopt;
}

std::optional<int> workers_of_configuration(std::string_view text) {
  for (const std::string& line : split_lines(text)) {
    const auto equals = line.find('=');
    if (equals != std::string::npos && trim(line.substr(0, equals)) == "workers")
      return as_number(line.substr(equals + 1));
  }
  return 0;  // Odoo's default
}

std::string configuration_path(const docker::Container& container) {
  const auto named = container.environment.find("ODOO_RC");
  return named == container.environment.end() ? "/etc/odoo/odoo.conf" : named->second;
}

std::string bracketed(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

// 0.0.0.0 and :: mean every address: the loopback one is asked, IPv4 first.
std::string reachable(const std::string& host_ip) {
  if (host_ip.empty() || host_ip == "0.0.0.0") return "127.0.0.1";
  return host_ip == "::" ? "::1" : host_ip;
}

const docker::PublishedPort* published(const docker::Container& container, int port) {
  const docker::PublishedPort* best = nullptr;
  for (const docker::PublishedPort& candidate : container.ports) {
    if (candidate.container_port != port || candidate.protocol != "tcp") continue;
    if (best == nullptr || best->host_ip.find(':') != std::string::npos) best = &candidate;
  }
  return best;
}

std::string own_address(const docker::Container& container) {
  for (const auto& [network, address] : container.addresses)
    if (!address.empty()) return bracketed(address);
  return {};
}

std::string published_authority(const docker::PublishedPort& port) {
  return fmt::format("{}:{}", bracketed(reachable(port.host_ip)), port.host_port);
}

// Nothing of a candidate is published: its port is the one that the compose file publishes.
int web_port(const Stack& stack, const docker::Container& container) {
  if (stack.policy.traffic.port != 0) return stack.policy.traffic.port;
  if (!container.ports.empty()) return container.ports.front().container_port;
  const auto& declared = stack.release_service().ports;
  if (declared.empty()) return 0;
  return as_number(expand_variables(declared.front().target, stack.env.values())).value_or(0);
}

// Empty: no second port is to be expected.
std::string chat_authority(Server& server, const Stack& stack, const docker::Container& container,
                           bool own) {
  const int port = stack.policy.traffic.chat_port;
  if (port == 0 || configured_workers(server, container).value_or(1) == 0) return {};
  if (const auto* found = published(container, port); found != nullptr && !own)
    return published_authority(*found);
  const std::string address = own_address(container);
  return address.empty() ? std::string() : fmt::format("{}:{}", address, port);
}

void set_own_address(Target& target, const Stack& stack, const docker::Container& container,
                     std::string_view how) {
  const std::string address = own_address(container);
  const int port = web_port(stack, container);
  if (address.empty() || port == 0) return;
  target.url = fmt::format("http://{}:{}", address, port);
  target.how = fmt::format("{} {}:{}", how, address, port);
}

void set_router(Target& target, const Policy::Traffic& traffic) {
  target.url = traffic.url;
  target.chat_url = traffic.chat_url;
  target.how =
      traffic.host.empty() ? traffic.url : fmt::format("{} as {}", traffic.url, traffic.host);
}

}  // namespace

std::optional<int> configured_workers(Server& server, const docker::Container& container) {
  for (const auto& words : {container.command, container.entrypoint})
    if (const auto workers = workers_of_command(words)) return workers;
  if (!container.running()) return std::nullopt;
  const std::string path = configuration_path(container);
  if (const auto text = read_on_host(server.host, container, path))
    return workers_of_configuration(*text);
  try {
    const auto result =
        server.engine.exec(container.id, {"cat", path}, {}, std::chrono::seconds(5));
    if (result.status != 0) return std::nullopt;
    return workers_of_configuration(result.output);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Target page_target(const Stack& stack, const docker::Container& container) {
  Target target{.container = container, .host_header = stack.policy.traffic.host};
  const int port = web_port(stack, container);
  if (!stack.policy.traffic.url.empty()) {
    set_router(target, stack.policy.traffic);
  } else if (const auto* found = published(container, port)) {
    target.url = "http://" + published_authority(*found);
    target.how = fmt::format("published port {}", published_authority(*found));
  } else {
    set_own_address(target, stack, container, "the container's own address (no port is published)");
  }
  return target;
}

Target live_target(Server& server, const Stack& stack, const docker::Container& container) {
  Target target = page_target(stack, container);
  if (!stack.policy.traffic.url.empty()) return target;
  if (const auto chat = chat_authority(server, stack, container, false); !chat.empty())
    target.chat_url = "http://" + chat;
  return target;
}

Target copy_target(Server& server, const Stack& stack, const docker::Container& container) {
  constexpr std::string_view loopback = "http://127.0.0.1";
  Target target{
      .container = container, .candidate = true, .host_header = stack.policy.traffic.host};
  const int port = web_port(stack, container);
  if (port == 0) return target;
  target.url = fmt::format("{}:{}", loopback, port);
  target.how = fmt::format("127.0.0.1:{} of its own network", port);
  const int chat_port = stack.policy.traffic.chat_port;
  if (chat_port != 0 && configured_workers(server, container).value_or(1) != 0)
    target.chat_url = fmt::format("{}:{}", loopback, chat_port);
  return target;
}

Target candidate_target(Server& server, const Stack& stack, const docker::Container& container) {
  Target target{
      .container = container, .candidate = true, .host_header = stack.policy.traffic.host};
  set_own_address(target, stack, container, "the candidate's own address");
  if (const auto chat = chat_authority(server, stack, container, true); !chat.empty())
    target.chat_url = "http://" + chat;
  return target;
}

CheckContext context_of(Server& server, const Stack& stack, const std::string& tag) {
  return CheckContext{.host = server.host,
                      .engine = server.engine,
                      .paths = server.paths,
                      .stack = stack.name,
                      .directory = stack.directory,
                      .policy = stack.policy,
                      .compose = stack.compose,
                      .env = &stack.env,
                      .compose_path = stack.compose_path,
                      .project = stack.project,
                      .tag = tag,
                      .repository = stack.image_for(tag).repository,
                      .image = {},
                      .seen_image_id = {},
                      .seen_repo_digest = {},
                      .read_compose = {},
                      .target = {},
                      .target_is_followed = false,
                      .databases = {},
                      .databases_trouble = {},
                      .image_addons = {},
                      .operation = {}};
}

}  // namespace ballast
