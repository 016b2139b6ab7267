// Alertmanager's API v2. An alert there is over when nobody says any more that it is not: what
// fires is sent again before its `endsAt`, which is in the future while it lasts.
#pragma once

#include <span>

#include "notify/channel.h"

namespace ballast {

// How often the daemon sends again all that is firing, and how long each sending counts.
inline constexpr Duration alertmanager_refresh = std::chrono::minutes(1);
inline constexpr Duration alertmanager_lasting = std::chrono::minutes(5);

// All that is firing in one request; nullopt when nothing is.
std::optional<HttpRequest> alertmanager_refreshing(const ChannelSettings& settings,
                                                   const ChannelSecrets& secrets,
                                                   std::span<const Message> firing, Time now);

}  // namespace ballast
