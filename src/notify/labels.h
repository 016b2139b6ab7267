// Alertmanager's words for an alert, for its own API and for webhooks of its kind. Pure.
#pragma once

#include <string>

#include "base/json.h"
#include "model/alert.h"

namespace ballast {

// Its identity there. The severity is one of them: routes ask for it.
Json labels_of(const Alert& alert, const std::string& host);
Json annotations_of(const Alert& alert, const Message& message);
std::string fingerprint_of(const Alert& alert, const std::string& host);  // 16 hex digits
std::string json_time(Time time);  // RFC 3339 with milliseconds: 2026-11-25T02:27:07.123Z

}  // namespace ballast
