#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "upgrade/needs.h"

namespace ballast {

namespace {

constexpr std::size_t most_modules = 4;
constexpr std::size_t most_names = 8;
constexpr std::size_t most_printed_lines = 20;

using Texts = std::vector<std::string>;

std::string some_of(Texts texts, std::size_t most) {
  for (std::string& text : texts) text = printable(text);
  if (texts.size() > most) {
    const std::size_t more = texts.size() - most;
    texts.resize(most);
    texts.push_back(fmt::format("{} more", more));
  }
  return join(texts, ", ");
}

std::string short_text(const ModuleNeed& need) {
  if (need.because.starts_with("version "))
    return fmt::format("{} {}", need.name,
                       need.because.substr(std::string_view("version ").size()));
  return fmt::format("{} ({})", need.name, need.because);
}

std::string long_text(const ModuleNeed& need) {
  return fmt::format("{} ({})", need.name, need.because);
}

std::string line_of(const DatabaseNeed& need) {
  Texts parts;
  Texts modules;
  for (const ModuleNeed& module : need.modules) modules.push_back(long_text(module));
  parts.push_back(modules.empty() ? "nothing to do" : some_of(modules, modules.size()));
  if (!need.dependents.empty())
    parts.push_back("upgraded along: " + some_of(need.dependents, most_names));
  if (!need.absent.empty())
    parts.push_back("installed, but not in the image: " + some_of(need.absent, most_names));
  return fmt::format("{}: {}", printable(need.database), join(parts, "; "));
}

// In place of what was found.
Texts lines_of_work(const Needs& needs) {
  if (needs.decided_by != "--upgrade") return {};
  if (needs.work.empty()) return {"--upgrade none: nothing is upgraded"};
  Texts lines;
  for (const UpgradeWork& work : needs.work)
    lines.push_back(work.database.empty()
                        ? std::string("--upgrade: migrated whatever was found")
                        : fmt::format("--upgrade: {} in {}", some_of(work.modules, most_names),
                                      printable(work.database)));
  return lines;
}

std::string summary_of_databases(const Needs& needs) {
  std::vector<std::pair<std::string, Texts>> groups;  // what is needed, and where
  for (const DatabaseNeed& need : needs.databases) {
    const std::string text = need_text(need);
    auto found = std::ranges::find(groups, text, &std::pair<std::string, Texts>::first);
    if (found == groups.end()) found = groups.insert(groups.end(), {text, {}});
    found->second.push_back(need.database);
  }
  Texts parts;
  for (const auto& [text, names] : groups)
    parts.push_back(fmt::format("{}: {}", some_of(names, most_names), text));
  return join(parts, "; ");
}

std::string summary_of_findings(const Needs& needs) {
  if (needs.fresh) return "nothing runs yet: there is nothing to change";
  if (!needs.unknown.empty()) return "what is due is not known: " + needs.unknown;
  if (!needs.databases.empty()) return summary_of_databases(needs);
  return needs.detects ? "the data is to be migrated" : "nothing to do";
}

}  // namespace

std::string need_text(const DatabaseNeed& need) {
  Texts modules;
  for (const ModuleNeed& module : need.modules) modules.push_back(short_text(module));
  return modules.empty() ? "nothing to do" : some_of(modules, most_modules);
}

std::string needs_summary(const Needs& needs) {
  const std::string found = summary_of_findings(needs);
  if (needs.decided_by == "--upgrade")
    return found + (needs.due() ? "; --upgrade says what is done" : "; --upgrade none");
  if (needs.anything() && !needs.due())
    return found + "; not done: the policy says `upgrade: never`";
  return found;
}

std::vector<std::string> needs_lines(const Needs& needs) {
  Texts lines;
  if (!needs.unknown.empty()) lines.push_back("what is due is not known: " + needs.unknown);
  for (const DatabaseNeed& need : needs.databases) lines.push_back(line_of(need));
  const Texts printed = split_lines(needs.detected);
  for (std::size_t number = 0; number < std::min(printed.size(), most_printed_lines); ++number)
    lines.push_back("migrate.detect: " + printable(printed[number]));
  if (printed.size() > most_printed_lines)
    lines.push_back(
        fmt::format("migrate.detect: {} more lines", printed.size() - most_printed_lines));
  std::ranges::move(lines_of_work(needs), std::back_inserter(lines));
  return lines;
}

}  // namespace ballast
