#include "check/carried_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "check/answer.h"
#include "model/privileges.h"

namespace ballast {

namespace {

constexpr std::string_view accepted_mark = "accepted: ";

}  // namespace

std::vector<std::string> accept_kinds() {
  std::vector<std::string> names{"changed-by-hand", "policy"};
  for (const PrivilegeKind& kind : privilege_kinds()) names.emplace_back(kind.name);
  std::ranges::sort(names);
  return names;
}

CheckResult judged(const CarriedFiles& files, const ToAccept& finding) {
  const Privilege named{std::string(finding.kind), finding.value, {}};
  if (is_accepted(named, files.accepted))
    return passes(fmt::format("{}{}", accepted_mark, finding.measured), named.text());
  return fails(
      finding.measured,
      fmt::format("{}; where it is meant: --accept {}", finding.hint, shell_quoted(named.text())),
      named.text());
}

bool was_accepted(const CheckResult& result) {
  return result.verdict == Verdict::pass && result.measured.starts_with(accepted_mark);
}

const CarriedFiles& required_files(const CheckContext& context) {
  if (context.carried != nullptr) return *context.carried;
  throw Error(Kind::failed, "the files of the image were not read");
}

}  // namespace ballast
