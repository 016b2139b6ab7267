// The keys of the server's settings: which channel takes which, what each must have.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/policy_values.h"
#include "model/settings.h"

namespace ballast {

struct ChannelKey {
  std::string_view name;  // "url-file"
  void (*read)(ChannelSettings&, const PolicyValue&);
};

struct ChannelForm {
  std::string_view name;      // "slack"
  std::string_view optional;  // names of keys, blanks between
  std::string_view required;  // the same; `a|b`: one of the two
};

std::span<const ChannelForm> channel_forms();  // sorted by name
std::span<const ChannelKey> channel_keys();    // sorted by name

// Optional and required ones.
std::vector<std::string> keys_of(const ChannelForm& form);

}  // namespace ballast
