#include "tools/container_files.h"

#include <fmt/format.h>

#include "base/error.h"

namespace ballast {

namespace {

constexpr std::size_t longest_file = 1u << 20;

}  // namespace

std::string root_on_host(Host& host, const docker::Container& container) {
  if (!container.running() || container.process == 0) return {};
  try {
    const std::string process = fmt::format("/proc/{}", container.process);
    const auto groups = host.disk.read(process + "/cgroup");
    const bool is_its_own = groups && groups->find(container.id) != std::string::npos;
    return is_its_own ? process + "/root" : std::string();
  } catch (const Error&) {
    return {};
  }
}

std::optional<std::string> read_on_host(Host& host, const docker::Container& container,
                                        const std::string& path) {
  const std::string root = root_on_host(host, container);
  if (root.empty() || !path.starts_with('/')) return std::nullopt;
  try {
    return host.trees.read_part({root, path.substr(1)}, 0, longest_file);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace ballast
