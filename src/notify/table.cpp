#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "notify/channel.h"

namespace ballast {

namespace {

constexpr auto table = std::to_array<Channel>({
    {"alertmanager", channels::alertmanager},
    {"command", channels::command},
    {"email", channels::email},
    {"pagerduty", channels::pagerduty},
    {"slack", channels::slack},
    {"webhook", channels::webhook},
});
static_assert(std::ranges::is_sorted(table, {}, &Channel::name));

}  // namespace

std::span<const Channel> all_channels() { return table; }

const Channel& channel_named(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Channel::name);
  if (found == table.end()) throw Error(Kind::usage, fmt::format("no channel {}", name));
  return *found;
}

}  // namespace ballast
