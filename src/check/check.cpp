#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <iterator>

#include "check/answer.h"
#include "host/parallel.h"

namespace ballast {

namespace {

bool asked_at(const Check& check, Moment moment) {
  return (check.moments & static_cast<unsigned>(moment)) != 0;
}

bool fits(const Check& check, Preset preset) {
  return preset == Preset::odoo ? !check.generic_only : !check.odoo_only;
}

// Those of files that come from elsewhere are not for their own policy to skip.
bool skipped(const Check& check, const Policy& policy) {
  if (asked_at(check, Moment::files_gate)) return false;
  const auto& skip = policy.verify.skip;
  return std::find(skip.begin(), skip.end(), check.name) != skip.end();
}

std::string title_of(const Check& check) {
  return fmt::format("`{}` ({}) could not be answered", check.name, check.title);
}

Answers asked(const Check& check, const CheckContext& context) {
  try {
    return check.run(context);
  } catch (const Error& error) {
    return {unsure(error.message(), error.hint().empty() ? title_of(check) : error.hint())};
  } catch (const std::exception& error) {
    return {unsure(error.what(), title_of(check))};
  }
}

Answers named(const Check& check, const CheckContext& context) {
  Answers answers = asked(check, context);
  for (CheckResult& answer : answers) answer.name = check.name;
  return answers;
}

// `deferred` is what a machine that has no thread left falls back to.
std::launch way_of(bool parallel) { return parallel ? beside_if_possible : std::launch::deferred; }

constexpr std::array<std::pair<Verdict, std::string_view>, 3> verdict_texts{
    {{Verdict::pass, "pass"}, {Verdict::fail, "fail"}, {Verdict::unknown, "unknown"}}};

Verdict verdict_from(std::string_view text) {
  for (const auto& [verdict, name] : verdict_texts)
    if (name == text) return verdict;
  return Verdict::unknown;
}

Json result_json(const CheckResult& result) {
  return {{"name", result.name},
          {"subject", result.subject},
          {"verdict", verdict_text(result.verdict)},
          {"measured", result.measured},
          {"hint", result.hint}};
}

CheckResult result_from_json(const Json& json) {
  return {.name = text_at(json, "name"),
          .subject = text_at(json, "subject"),
          .verdict = verdict_from(text_at(json, "verdict")),
          .measured = text_at(json, "measured"),
          .hint = text_at(json, "hint")};
}

bool passed(const CheckResult& result) { return result.verdict == Verdict::pass; }

}  // namespace

std::vector<const Check*> checks_for(Moment moment, const Policy& policy) {
  std::vector<const Check*> chosen;
  for (const Check& check : all_checks())
    if (asked_at(check, moment) && fits(check, policy.preset) && !skipped(check, policy))
      chosen.push_back(&check);
  return chosen;
}

std::vector<CheckResult> run_checks(const std::vector<const Check*>& checks,
                                    const CheckContext& context, bool parallel) {
  std::vector<std::future<Answers>> asked;
  for (const Check* check : checks)
    asked.push_back(
        std::async(way_of(parallel), [check, &context] { return named(*check, context); }));
  std::vector<CheckResult> results;
  for (auto& answers : asked) std::ranges::move(answers.get(), std::back_inserter(results));
  return results;
}

bool all_pass(const std::vector<CheckResult>& results) {
  return std::all_of(results.begin(), results.end(), passed);
}

std::vector<CheckResult> not_passing(const std::vector<CheckResult>& results) {
  std::vector<CheckResult> failing;
  std::remove_copy_if(results.begin(), results.end(), std::back_inserter(failing), passed);
  return failing;
}

std::string_view verdict_text(Verdict verdict) {
  for (const auto& [known, text] : verdict_texts)
    if (known == verdict) return text;
  return "unknown";
}

Json results_json(const std::vector<CheckResult>& results) {
  Json list = Json::array();
  for (const CheckResult& result : results) list.push_back(result_json(result));
  return list;
}

std::vector<CheckResult> results_from_json(const Json& json) {
  std::vector<CheckResult> results;
  if (!json.is_array()) return results;
  for (const Json& item : json) results.push_back(result_from_json(item));
  return results;
}

}  // namespace ballast
