#include "model/kept_alert.h"

#include "base/error.h"

namespace ballast {

std::optional<Message> kept_message(const Json& json) {
  try {
    return parse_message("a message", json);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// An alert alone is read as the one of a message.
std::optional<Alert> kept_alert(const Json& json) {
  const auto message = kept_message({{"id", "kept"}, {"alerts", Json::array({json})}});
  return message ? std::optional(message->lead()) : std::nullopt;
}

}  // namespace ballast
