// Alerts and messages as they were written down; what cannot be read is nothing.
#pragma once

#include <optional>

#include "model/alert.h"

namespace ballast {

std::optional<Message> kept_message(const Json& json);
std::optional<Alert> kept_alert(const Json& json);

}  // namespace ballast
