// Sockets of this machine: named, made, found. Private to this room.
#pragma once

#include <sys/socket.h>

#include <string>

#include "host/descriptor.h"

namespace ballast {

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

// "@name" is one without a file. Error(failed) when the path is too long for the kernel.
SocketAddress unix_address(const std::string& path);

// Both listen and never wait. Error(failed) that says who may have the place.
Descriptor listen_at_path(const std::string& path);  // a stale socket gives way
Descriptor listen_at_address(const std::string& address);

// With the port that the kernel chose: "127.0.0.1:9478", "[::1]:9478".
std::string bound_address(const Descriptor& socket);

}  // namespace ballast
