// Sockets of this machine: named, made, found. Private to this room.
#pragma once

#include <sys/socket.h>

#include <string>

#include "host/descriptor.h"
#include "host/local_server.h"

namespace ballast {

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

// "@name" is one without a file. Error(failed) when the path is too long for the kernel.
SocketAddress unix_address(const std::string& path);

// Who may connect to a socket with a file.
struct SocketAccess {
  unsigned mode = 0600;
  unsigned group = 0;
};

// Both listen and never wait. Error(failed) that says who may have the place.
Descriptor listen_at_path(const std::string& path,
                          const SocketAccess& access = {});  // a stale socket gives way
Descriptor listen_at_address(const std::string& address);

// Who is at the other end of a connection, by the kernel.
Caller caller_of(const Descriptor& connection);

// With the port that the kernel chose: "127.0.0.1:9478", "[::1]:9478".
std::string bound_address(const Descriptor& socket);

}  // namespace ballast
