#include "tools/engine_errors.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t shown_bytes = 600;

const char* hint_for(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::no_socket:
    case HttpFailure::refused: return "start it: systemctl start docker";
    case HttpFailure::permission:
      return "run ballast as root (sudo), or as a member of the group docker";
    default: return "look at it: systemctl status docker; journalctl -u docker";
  }
}

}  // namespace

bool is_good(const HttpResponse& response) {
  return response.status >= 200 && response.status < 300;
}

std::string engine_words(const HttpResponse& response) {
  const Json json = parse_json(response.body).value_or(Json());
  const std::string said = text_at(json, "message", std::string(trim(response.body)));
  return said.empty() ? fmt::format("status {}", response.status)
                      : shortened(printable(said), shown_bytes);
}

Error no_answer(const HttpResponse& response, const std::string& socket) {
  const bool is_absent = response.failure == HttpFailure::no_socket;
  return Error(Kind::refused,
               fmt::format("the Docker Engine does not answer at {}: {}", socket,
                           is_absent ? "no such socket" : response.failure_text),
               hint_for(response.failure));
}

Error engine_refuses(const HttpResponse& response, const std::string& what) {
  return Error(Kind::failed,
               fmt::format("the Docker Engine refuses {}: {}", what, engine_words(response)));
}

}  // namespace ballast
