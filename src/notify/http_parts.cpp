#include "notify/http_parts.h"

#include <utility>

#include "base/base64.h"

namespace ballast {

std::string url_of(const Envelope& envelope) {
  return envelope.settings.url.empty() ? envelope.secrets.url : envelope.settings.url;
}

HttpRequest json_post(const Envelope& envelope, std::string url, const Json& body) {
  HttpRequest request{.method = "POST",
                      .url = std::move(url),
                      .headers = {{"Content-Type", "application/json"}},
                      .body = json_text(body),
                      .deadline = envelope.settings.deadline};
  if (!envelope.settings.user.empty())
    request.headers.emplace_back("Authorization", "Basic " + base64(envelope.settings.user + ":" +
                                                                    envelope.secrets.password));
  return request;
}

}  // namespace ballast
