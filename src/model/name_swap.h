// What a restore brings in, and what it replaces, for as long as both stand beside each other. A
// name of a database or of a folder; the two sides change places by renames, and may change back.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace ballast {

struct NameSwap {
  std::string incoming;  // what is to become `live`; empty: nothing, `live` only goes away
  std::string live;
  std::string parked;  // what `live` becomes, if there is one

  bool operator==(const NameSwap&) const = default;
};

Json name_swap_json(const NameSwap& swap);
NameSwap name_swap_from_json(const Json& json);

// "<name>__restore_<operation>", "<name>__before_<operation>", "<name>__fallback_<operation>", at
// most 63 bytes: PostgreSQL cuts longer names off without a word. A name that is too long keeps its
// beginning and a part of its digest. `operation` is in lower case, as PostgreSQL's own tools write
// names.
std::string incoming_name(std::string_view name, std::string_view operation);
std::string parked_name(std::string_view name, std::string_view operation);
std::string fallback_name(std::string_view name, std::string_view operation);

}  // namespace ballast
