#include "model/network.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t size_of_v4 = 4;
constexpr std::size_t groups_of_v6 = 8;
constexpr std::size_t mapped_front = 12;  // ::ffff:0:0/96

using Bytes = std::vector<std::uint8_t>;

std::optional<unsigned> number_in(std::string_view text, int base, std::size_t longest) {
  unsigned number = 0;
  if (text.empty() || text.size() > longest) return std::nullopt;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Zeros in front are octal to some programs: refused.
std::optional<Bytes> parse_v4(std::string_view text) {
  Bytes bytes;
  for (const std::string& part : split(text, '.')) {
    const auto number = number_in(part, 10, 3);
    if (!number || *number > 255 || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*number));
  }
  return bytes.size() == size_of_v4 ? std::optional(bytes) : std::nullopt;
}

// What stands on one side of a `::`; an address of IPv4 may be the end of all.
std::optional<Bytes> parse_groups(std::string_view text, bool is_end) {
  Bytes bytes;
  if (text.empty()) return bytes;
  const auto parts = split(text, ':');
  for (const std::string& part : parts) {
    if (is_end && &part == &parts.back() && part.find('.') != std::string::npos) {
      const auto tail = parse_v4(part);
      if (!tail) return std::nullopt;
      bytes.insert(bytes.end(), tail->begin(), tail->end());
      continue;
    }
    const auto number = number_in(part, 16, 4);
    if (!number) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*number >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*number & 0xff));
  }
  return bytes;
}

std::optional<Bytes> parse_v6(std::string_view text) {
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    auto bytes = parse_groups(text, true);
    return bytes && bytes->size() == 2 * groups_of_v6 ? bytes : std::nullopt;
  }
  auto front = parse_groups(text.substr(0, gap), false);
  const auto back = parse_groups(text.substr(gap + 2), true);
  if (!front || !back || front->size() + back->size() > 2 * (groups_of_v6 - 1)) return std::nullopt;
  front->resize(2 * groups_of_v6 - back->size());
  front->insert(front->end(), back->begin(), back->end());
  return front;
}

IpAddress address_from(const Bytes& bytes) {
  IpAddress address{.is_v6 = bytes.size() > size_of_v4};
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

bool is_mapped(const Bytes& bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

bool bit_of(const IpAddress& address, unsigned number) {
  return (address.bytes.at(number / 8) >> (7 - number % 8) & 1U) != 0;
}

}  // namespace

bool Network::holds(const IpAddress& other) const {
  if (address.is_v6 != other.is_v6) return false;
  for (unsigned number = 0; number < bits; ++number)
    if (bit_of(address, number) != bit_of(other, number)) return false;
  return true;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  text = text.substr(0, text.find('%'));
  if (text.find(':') == std::string_view::npos) {
    const auto bytes = parse_v4(text);
    return bytes ? std::optional(address_from(*bytes)) : std::nullopt;
  }
  const auto bytes = parse_v6(text);
  if (!bytes) return std::nullopt;
  if (is_mapped(*bytes)) return address_from(Bytes(bytes->begin() + mapped_front, bytes->end()));
  return address_from(*bytes);
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  if (text.find('%') != std::string_view::npos) return std::nullopt;
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned longest = address->is_v6 ? 128 : 32;
  if (slash == std::string_view::npos) return Network{*address, longest};
  const bool is_dressed = !address->is_v6 && text.find(':') != std::string_view::npos;
  const auto bits = number_in(text.substr(slash + 1), 10, 3);
  if (!bits || *bits > longest || is_dressed) return std::nullopt;
  for (unsigned number = *bits; number < longest; ++number)
    if (bit_of(*address, number)) return std::nullopt;
  return Network{*address, *bits};
}

}  // namespace ballast
