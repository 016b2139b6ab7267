#include "host/brief_lock.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "base/error.h"

namespace ballast {

namespace {

constexpr Duration pause = std::chrono::milliseconds(20);

}  // namespace

std::unique_ptr<Lock> hold_briefly(Host& host, const std::string& path,
                                   const std::string& operation, Duration longest_wait) {
  const Monotonic deadline = host.clock.monotonic() + longest_wait;
  const Holder self{.operation = operation,
                    .operator_name = host.machine.login_name(),
                    .pid = host.machine.process(),
                    .since = host.clock.now(),
                    .alive = true};
  while (true) {
    auto got = host.locks.acquire(path, self);
    if (auto* lock = std::get_if<std::unique_ptr<Lock>>(&got)) return std::move(*lock);
    if (host.clock.monotonic() >= deadline)
      throw Error(Kind::locked,
                  fmt::format("{} is held by process {}", path, std::get<Holder>(got).pid));
    host.clock.sleep(pause);
  }
}

}  // namespace ballast
