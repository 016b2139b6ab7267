#include "model/name_swap.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t longest_name = 63;
constexpr std::size_t digits_of_digest = 8;

bool is_inside_a_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string with_suffix(std::string_view name, const std::string& suffix) {
  if (name.size() + suffix.size() <= longest_name) return std::string(name) + suffix;
  const std::string digest = "~" + sha256_hex(name).substr(0, digits_of_digest);
  std::size_t kept = longest_name - suffix.size() - digest.size();
  while (kept > 0 && is_inside_a_letter(name[kept])) --kept;
  return std::string(name.substr(0, kept)) + digest + suffix;
}

}  // namespace

Json name_swap_json(const NameSwap& swap) {
  return {{"incoming", swap.incoming}, {"live", swap.live}, {"parked", swap.parked}};
}

NameSwap name_swap_from_json(const Json& json) {
  return {.incoming = text_at(json, "incoming"),
          .live = text_at(json, "live"),
          .parked = text_at(json, "parked")};
}

std::string incoming_name(std::string_view name, std::string_view operation) {
  return with_suffix(name, "__restore_" + lower(operation));
}

std::string parked_name(std::string_view name, std::string_view operation) {
  return with_suffix(name, "__before_" + lower(operation));
}

std::string fallback_name(std::string_view name, std::string_view operation) {
  return with_suffix(name, "__fallback_" + lower(operation));
}

}  // namespace ballast
