#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "notify/channel.h"
#include "notify/retry_after.h"

namespace ballast {

namespace {

constexpr std::size_t longest_quote = 200;
constexpr int lasting_refusal = 500;  // of SMTP

bool may_pass(int status) { return status == 408 || status == 429 || status >= 500; }

std::string quoted(const std::string& body) {
  const std::string_view text = trim(body);
  const std::string line(text.substr(0, text.find_first_of("\r\n")));
  return line.empty() ? "" : ": " + printable(shortened(line, longest_quote));
}

std::string redirect_text(const HttpResponse& response) {
  const auto location = response.headers.find("location");
  const std::string where =
      location == response.headers.end() ? "elsewhere" : "to " + masked_url(location->second);
  return fmt::format("{}: a redirect {}, which is not followed: correct the URL", response.status,
                     where);
}

std::optional<Duration> retry_after(const HttpResponse& response, Time now) {
  const auto header = response.headers.find("retry-after");
  if (header == response.headers.end()) return std::nullopt;
  return parse_retry_after(header->second, now);
}

}  // namespace

Answered judge(const HttpResponse& response, Time now) {
  if (!response.answered() && response.status == 0) return {Fate::later, response.failure_text, {}};
  const int status = response.status;
  // What was taken was taken, even if the rest of the answer got lost.
  if (status >= 200 && status < 300) return {Fate::delivered, {}, {}};
  if (status < 400) return {Fate::later, redirect_text(response), {}};
  return {may_pass(status) ? Fate::later : Fate::never,
          fmt::format("{}{}", status, quoted(response.body)), retry_after(response, now)};
}

Answered judge(const MailAnswer& answer) {
  if (answer.sent) return {Fate::delivered, {}, {}};
  return {answer.code >= lasting_refusal ? Fate::never : Fate::later, answer.trouble, {}};
}

// Whoever writes such a command mends it: nothing that it refuses is given up at once.
Answered judge(const Outcome& outcome) {
  if (outcome.ok()) return {Fate::delivered, {}, {}};
  // The words of `timeout`, under which it runs.
  constexpr int not_found = 127;
  constexpr int was_killed = 137;
  if (outcome.status == not_found) return {Fate::later, "no such program", {}};
  if (outcome.signal == 9 || outcome.status == was_killed || outcome.timed_out)
    return {Fate::later, "did not end in time", {}};
  return {Fate::later, outcome.reason() + quoted(outcome.errors), {}};
}

std::string masked_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return "…";
  const auto begin = scheme + 3;
  const std::string_view place = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  const auto at = place.rfind('@');
  return printable(fmt::format("{}://{}/", url.substr(0, scheme),
                               place.substr(at == std::string_view::npos ? 0 : at + 1))) +
         "…";
}

}  // namespace ballast
