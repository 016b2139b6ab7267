// The keys of the server's settings: which channel takes which, what each must have; and the
// daemon's.
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

// Of the daemon.
struct WatchKey {
  std::string_view section;  // "metrics"
  std::string_view name;     // "listen"
  void (*read)(WatchSettings&, const PolicyValue&);
};

std::span<const WatchKey> watch_keys();
// Whether nobody on another machine can ask there; `listen` as it was read.
bool is_of_this_machine(std::string_view listen);

std::span<const ChannelForm> channel_forms();  // sorted by name
std::span<const ChannelKey> channel_keys();    // sorted by name

// Optional and required ones.
std::vector<std::string> keys_of(const ChannelForm& form);

}  // namespace ballast
