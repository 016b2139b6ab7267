#include "drift/finding.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

std::string author_text(const std::vector<LoggedIn>& users) {
  std::vector<std::string> texts;
  for (const LoggedIn& one : users)
    texts.push_back(printable(
        one.address.empty() ? fmt::format("{} ({})", one.user, one.terminal)
                            : fmt::format("{} ({} from {})", one.user, one.terminal, one.address)));
  return texts.empty() ? "nobody is logged in" : "logged in: " + join(texts, ", ");
}

Json author_json(const std::vector<LoggedIn>& users) {
  Json list = Json::array();
  for (const LoggedIn& one : users)
    list.push_back({{"user", one.user},
                    {"terminal", one.terminal},
                    {"address", one.address.empty() ? Json() : Json(one.address)},
                    {"since", iso_utc(one.since)}});
  return list;
}

Json finding_json(const DriftFinding& finding, const std::vector<LoggedIn>& users) {
  return {{"what", finding.what},
          {"subject", finding.subject},
          {"text", finding.text},
          {"at", iso_utc(finding.at)},
          {"changes_release", finding.changes_release},
          {"logged_in", author_json(users)}};
}

}  // namespace ballast
