#include "host/service_manager.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <charconv>

#include "base/text.h"
#include "host/descriptor.h"
#include "host/local_socket.h"

namespace ballast {

namespace {

constexpr std::size_t longest_status = 200;
constexpr std::size_t longest_socket = 107;

std::optional<long long> number_of(Machine& machine, const std::string& variable) {
  const std::string text = machine.variable(variable).value_or("");
  long long number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

// A child of a service inherits its environment, but it is not the one that is watched.
bool is_meant(Machine& machine) {
  return !machine.variable("WATCHDOG_PID") ||
         number_of(machine, "WATCHDOG_PID") == machine.process();
}

std::optional<Duration> interval_for(Machine& machine) {
  const auto microseconds = number_of(machine, "WATCHDOG_USEC");
  if (!microseconds || *microseconds <= 0 || !is_meant(machine)) return std::nullopt;
  return std::chrono::floor<Duration>(std::chrono::microseconds(*microseconds));
}

std::string socket_for(Machine& machine) {
  std::string socket = machine.variable("NOTIFY_SOCKET").value_or("");
  const bool is_one = socket.starts_with('/') || socket.starts_with('@');
  return is_one && socket.size() <= longest_socket ? socket : std::string();
}

}  // namespace

ServiceManager::ServiceManager(Machine& machine)
    : socket_(socket_for(machine)), interval_(interval_for(machine)) {}

void ServiceManager::ready() const { tell("READY=1"); }
void ServiceManager::watchdog() const { tell("WATCHDOG=1"); }
void ServiceManager::stopping() const { tell("STOPPING=1"); }

void ServiceManager::status(std::string_view text) const {
  tell(fmt::format("STATUS={}", printable(shortened(text, longest_status))));
}

void ServiceManager::tell(const std::string& words) const {
  if (!is_there()) return;
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const SocketAddress address = unix_address(socket_);
  sendto(socket.get(), words.data(), words.size(), MSG_NOSIGNAL | MSG_DONTWAIT, address.get(),
         address.size);
}

}  // namespace ballast
