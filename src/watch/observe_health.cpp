#include <fmt/format.h>

#include "live/target.h"
#include "watch/impatient.h"
#include "watch/observe.h"

namespace ballast {

namespace {

// What asks about databases, or as one of several.
bool needs_databases(const Check& check, const Policy& policy) {
  const auto names_one = [](const std::string& text) {
    return text.find("{database}") != std::string::npos;
  };
  return check.name == "web-login" || check.name == "urls" || names_one(policy.traffic.url) ||
         names_one(policy.traffic.host);
}

std::vector<const Check*> chosen(std::vector<const Check*> checks, const Policy& policy,
                                 bool of_databases) {
  std::erase_if(
      checks, [&](const Check* check) { return needs_databases(*check, policy) != of_databases; });
  return checks;
}

void name_databases(CheckContext& context, const Seen<DatabaseSeen>& database) {
  if (!has_database(context.policy)) return;
  context.databases_trouble = database.trouble;
  if (!database.value) return;
  const DatabaseSeen& seen = *database.value;
  context.databases = seen.odoo;
  context.databases_trouble = seen.answered() ? seen.odoo_trouble : seen.words;
}

std::vector<CheckResult> not_asked(const std::string& why) {
  return {
      {.name = "site", .subject = {}, .verdict = Verdict::unknown, .measured = why, .hint = {}}};
}

// Where nothing can be asked each check would only say the same.
std::string why_not(const Stack& stack, const docker::Container* release) {
  if (release == nullptr)
    return fmt::format("service {} has no container to ask", stack.policy.service);
  if (!release->running() && release->state != "paused")
    return fmt::format("the container of {} does not run", stack.policy.service);
  return {};
}

}  // namespace

std::vector<CheckResult> observe_health(Server& server, const Stack& stack,
                                        const docker::Container* release, AboutDatabases which,
                                        const Seen<DatabaseSeen>& database, Duration patience,
                                        bool side_by_side) {
  const bool about_databases = which == AboutDatabases::yes;
  if (const std::string why = why_not(stack, release); !why.empty())
    return about_databases ? std::vector<CheckResult>() : not_asked(why);
  ImpatientServer impatient(server, patience);
  CheckContext context = context_of(impatient.get(), stack, stack.tag());
  context.target = page_target(stack, *release);
  context.target_is_followed = true;
  if (about_databases) name_databases(context, database);
  return run_checks(chosen(checks_for(Moment::watch, stack.policy), stack.policy, about_databases),
                    context, side_by_side);
}

}  // namespace ballast
