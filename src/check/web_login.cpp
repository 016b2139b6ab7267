#include <fmt/format.h>

#include "check/checks.h"
#include "check/probe.h"

namespace ballast::checks {

namespace {

constexpr const char* choice_hint =
    "no database, or more than one, fits this address: set `dbfilter` in odoo.conf (`^%d$` takes "
    "the first part of the host name), or `host:` in ballast.yaml";

bool odoo_chose_none(const HttpResponse& response) {
  return response.status == 303 || response.status == 404 || !is_login(response);
}

std::string hint_for(const CheckContext& context, const HttpResponse& response) {
  std::string log = log_hint(*context.target);
  if (!response.answered()) return log;
  if (odoo_chose_none(response)) return choice_hint;
  return response.status >= 500 ? "the code may not fit this database: " + log : log;
}

CheckResult judged(const CheckContext& context, const HttpResponse& response,
                   const std::string& database) {
  const std::string hint = hint_for(context, response);
  if (response.answered() && !is_login(response))
    return fails(
        fmt::format("ended at {}: {}", path_of(response.effective_url), answer_text(response)),
        hint, database);
  return expect_ok(response, web_address(context, database), hint, database);
}

CheckResult not_asked(const CheckContext& context, const std::string& database) {
  return unsure("not asked, as the one before gave no answer in time", log_hint(*context.target),
                database);
}

}  // namespace

Answers web_login(const CheckContext& context) {
  if (auto instead = without_database(context)) return {*instead};
  auto databases = context.databases;
  if (databases.empty()) databases.emplace_back();  // a server of its own, which is not looked into
  Answers answers;
  bool hangs = false;
  for (const std::string& database : databases) {
    if (hangs) {
      answers.push_back(not_asked(context, database));
      continue;
    }
    Visitor visitor(context);
    const HttpResponse response = get_login(visitor, context, database);
    hangs = response.failure == HttpFailure::timed_out;
    answers.push_back(judged(context, response, database));
  }
  return answers;
}

}  // namespace ballast::checks
