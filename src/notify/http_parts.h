// What several channels put into their requests. Pure.
#pragma once

#include <string>

#include "base/json.h"
#include "notify/channel.h"

namespace ballast {

// Of the settings, or the secret one.
std::string url_of(const Envelope& envelope);
// With the login of the settings, if any.
HttpRequest json_post(const Envelope& envelope, std::string url, const Json& body);

}  // namespace ballast
