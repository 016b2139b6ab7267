#include "host/local_socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "host/folder.h"
#include "host/posix_disk.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

constexpr int callers_in_line = 64;
constexpr int no_waiting = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Error cannot_listen(const std::string& place, int number, std::string hint = {}) {
  return {Kind::failed, fmt::format("cannot listen on {}: {}", place, error_text(number)),
          std::move(hint)};
}

Descriptor make_socket(int family, const std::string& place) {
  Descriptor made(socket(family, no_waiting, 0));
  if (!made) throw cannot_listen(place, errno);
  return made;
}

void listen_on(const Descriptor& socket, const std::string& place) {
  if (listen(socket.get(), callers_in_line) != 0) throw cannot_listen(place, errno);
}

// --- with a file ---

void require_socket(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || S_ISSOCK(status.st_mode)) return;
  throw Error(Kind::failed, fmt::format("{} is in the way: it is no socket", path),
              "see what it is, then move it away: ls -l " + shell_quoted(path));
}

// A socket stays behind when its owner is killed; then nobody is there who could accept.
bool is_answered(const std::string& path, const SocketAddress& address) {
  const Descriptor probe = make_socket(AF_UNIX, path);
  return connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN;
}

void make_room(const std::string& path, const SocketAddress& address) {
  require_socket(path);
  if (is_answered(path, address))
    throw Error(Kind::failed, fmt::format("cannot listen on {}: somebody answers there", path),
                "see who it is, and stop it first: ss -xlp src " + shell_quoted(path));
  unlink(path.c_str());
}

// --- with an address ---

struct Words {
  std::string host;
  std::string port;
};

Error wrong_address(const std::string& address) {
  return {Kind::usage, fmt::format("`{}` is not an address with a port", printable(address)),
          "write it in digits, like 127.0.0.1:9478 or [::1]:9478"};
}

std::optional<Words> split_address(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) return std::nullopt;
  std::string host = address.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string::npos)) return std::nullopt;
  return Words{.host = host, .port = address.substr(colon + 1)};
}

AddressList numeric_address(const std::string& address) {
  const auto words = split_address(address);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (!words || getaddrinfo(words->host.c_str(), words->port.c_str(), &wanted, &found) != 0)
    throw wrong_address(address);
  return {found, &freeaddrinfo};
}

// The umask has taken from the mode what the group was to have.
void give_to_group(const std::string& path, const SocketAccess& access) {
  if (lchown(path.c_str(), static_cast<uid_t>(-1), access.group) != 0 ||
      chmod(path.c_str(), access.mode) != 0)
    throw cannot_listen(path, errno, "run ballast as root (sudo)");
}

}  // namespace

SocketAddress unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw Error(Kind::failed,
                fmt::format("{} is too long for a socket: the kernel takes {} bytes", path,
                            sizeof address.sun_path - 1),
                "choose a root with a shorter path");
  path.copy(address.sun_path, path.size());
  const bool has_file = !path.starts_with('@');
  if (!has_file) address.sun_path[0] = '\0';
  SocketAddress whole;
  std::memcpy(&whole.bytes, &address, sizeof address);
  whole.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (has_file ? 1U : 0U));
  return whole;
}

Descriptor listen_at_path(const std::string& path, const SocketAccess& access) {
  const SocketAddress address = unix_address(path);
  PosixDisk().make_directories(parent_of(path), 0755);
  make_room(path, address);
  Descriptor made = make_socket(AF_UNIX, path);
  fchmod(made.get(),
         access.mode);  // before it has its file: nobody else finds it open for a moment
  if (bind(made.get(), address.get(), address.size) != 0)
    throw cannot_listen(path, errno, errno == EACCES ? "run ballast as root (sudo)" : "");
  if ((access.mode & 0077) != 0) give_to_group(path, access);
  listen_on(made, path);
  return made;
}

Descriptor listen_at_address(const std::string& address) {
  const AddressList found = numeric_address(address);
  Descriptor made = make_socket(found->ai_family, address);
  const int yes = 1;
  setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(made.get(), found->ai_addr, found->ai_addrlen) != 0)
    throw cannot_listen(address, errno,
                        errno == EADDRINUSE ? "see who listens there: ss -tlnp" : "");
  listen_on(made, address);
  return made;
}

Caller caller_of(const Descriptor& connection) {
  ucred credentials{.pid = 0, .uid = static_cast<uid_t>(-1), .gid = static_cast<gid_t>(-1)};
  socklen_t size = sizeof credentials;
  getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size);
  return {.user = credentials.uid, .pid = credentials.pid};
}

std::string bound_address(const Descriptor& socket) {
  SocketAddress address;
  address.size = sizeof address.bytes;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address.bytes), &address.size) != 0 ||
      getnameinfo(address.get(), address.size, host.data(), host.size(), port.data(), port.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    throw system_error("cannot tell the address of a socket", errno);
  const bool is_bracketed = address.bytes.ss_family == AF_INET6;
  return is_bracketed ? fmt::format("[{}]:{}", host.data(), port.data())
                      : fmt::format("{}:{}", host.data(), port.data());
}

}  // namespace ballast
