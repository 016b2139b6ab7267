#include "notify/ping.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration patience = std::chrono::seconds(10);
constexpr std::size_t longest_body = 10'000;  // the service itself cuts at 100 kB

std::string_view path_of(PingKind kind) {
  switch (kind) {
    case PingKind::start: return "/start";
    case PingKind::fail: return "/fail";
    case PingKind::success: break;
  }
  return "";
}

// A run has an id there of the form of a UUID; always the same one for the same run.
std::string run_id(std::string_view run) {
  const std::string hex = sha1_hex(run);
  return fmt::format("{}-{}-5{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

}  // namespace

std::string ping_slug(std::string_view job) {
  std::string slug;
  for (const char letter : lower(job)) {
    const bool fits =
        (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
    if (fits)
      slug += letter;
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  }
  while (slug.ends_with('-')) slug.pop_back();
  return slug;
}

HttpRequest ping_request(const std::string& base, std::string_view job, PingKind kind,
                         std::string_view run, const std::string& body) {
  std::string place = base;
  while (place.ends_with('/')) place.pop_back();
  const std::string id = run.empty() ? "" : "&rid=" + run_id(run);
  return {.method = "POST",
          .url = fmt::format("{}/{}{}?create=1{}", place, ping_slug(job), path_of(kind), id),
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = shortened(body, longest_body),
          .deadline = patience};
}

}  // namespace ballast
