// Addresses and networks of IPv4 and IPv6, as OpenSSH and administrators write them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ballast {

// One of IPv4 that came in the dress of IPv6 (::ffff:192.0.2.1) is one of IPv4.
struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // the first four of IPv4

  bool operator==(const IpAddress&) const = default;
};

struct Network {
  IpAddress address;
  unsigned bits = 0;  // of the prefix

  bool operator==(const Network&) const = default;
  bool holds(const IpAddress& other) const;
};

// A zone (`fe80::1%eth0`) is left out. nullopt when it is no address.
std::optional<IpAddress> parse_address(std::string_view text);
// "192.0.2.0/24", "2001:db8::/32"; an address alone is a network of one. nullopt also when there is
// something behind the prefix, as in 192.0.2.7/24.
std::optional<Network> parse_network(std::string_view text);

}  // namespace ballast
