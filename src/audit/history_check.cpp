#include "audit/history_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "audit/line_difference.h"
#include "audit/table_check.h"
#include "base/text.h"
#include "model/history.h"

namespace ballast {

namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view place = "history.log";
constexpr std::string_view line_hint =
    "keep a copy of history.log as it is, and ask who had root then; the line as it should be can "
    "be put back by hand";
constexpr std::string_view older_hint =
    "compare them with a copy of history.log from when the chain began";
constexpr std::string_view behind_hint =
    "after a crash `ballast recover` appends them; without one they were cut off";

// history.log as it was when it entered the chain.
struct Older {
  std::size_t bytes = 0;
  std::size_t lines = 0;
  bool is_whole = false;  // it begins with those still
};

std::optional<Older> older_part(const Audited& journal, const std::string& file) {
  const auto record = std::ranges::find_if(journal.records, [](const AuditRecord& one) {
    return one.kind == "history" && text_at(one.content, "event") == history_file_event;
  });
  if (record == journal.records.end()) return std::nullopt;
  const auto bytes = static_cast<std::size_t>(number_at(record->content, "bytes"));
  const auto lines = static_cast<std::size_t>(number_at(record->content, "lines"));
  const bool is_whole =
      file.size() >= bytes && history_file_content(file.substr(0, bytes)) == record->content;
  return Older{.bytes = bytes, .lines = lines, .is_whole = is_whole};
}

// Where the lines of ours begin when the older ones are not what they were.
std::size_t first_of_ours(const Lines& there, const Lines& ours, std::size_t older) {
  const std::set<std::string> known(ours.begin(), ours.end());
  const auto found =
      std::ranges::find_if(there, [&](const std::string& line) { return known.contains(line); });
  return found != there.end() ? static_cast<std::size_t>(found - there.begin())
                              : std::min(older, there.size());
}

class HistoryCheck {
 public:
  HistoryCheck(Lines there, Lines expected, std::size_t before)
      : there_(std::move(there)), expected_(std::move(expected)), before_(before) {}

  // `lags`: nothing but the end is missing.
  HistoryChecked run(bool lags) {
    auto differences = line_differences(there_, expected_);
    find_moved(differences);
    const std::string_view hint = lags ? behind_hint : line_hint;
    for (const LineDifference& one : differences) judge(one, hint);
    if (findings_.empty() && lags)
      add(Tampering::changed, there_.size() - 1,
          fmt::format("{} has no line break at its end", name(there_.size() - 1)), {}, {}, hint);
    return {.is_known = true, .findings = std::move(findings_), .lags_only = lags};
  }

 private:
  std::string name(std::size_t line) const { return fmt::format("line {}", before_ + line + 1); }

  void add(Tampering what, std::size_t line, std::string text, std::string says, std::string should,
           std::string_view hint) {
    findings_.push_back({.what = what,
                         .place = std::string(place),
                         .subject = name(line),
                         .text = std::move(text),
                         .says = printable(says),
                         .should = printable(should),
                         .hint = std::string(hint)});
  }

  // A line that is missing in one place and too many in another was moved.
  void find_moved(std::vector<LineDifference>& differences) {
    std::multimap<std::string, LineDifference*> missing;
    for (LineDifference& one : differences)
      if (one.expected) missing.emplace(expected_[*one.expected], &one);
    for (LineDifference& one : differences) {
      const auto found = one.there ? missing.find(there_[*one.there]) : missing.end();
      if (found == missing.end()) continue;
      add_moved(*one.there, *found->second->expected);
      one.there.reset();
      found->second->expected.reset();
      missing.erase(found);
    }
  }

  void add_moved(std::size_t line, std::size_t expected) {
    add(Tampering::reordered, line,
        fmt::format("{} should be {}: lines were moved, or one was removed and a later command "
                    "appended it again",
                    name(line), name(expected)),
        there_[line], {}, line_hint);
  }

  void judge(const LineDifference& one, std::string_view hint) {
    if (one.there && one.expected)
      add(Tampering::changed, *one.there, fmt::format("{} was changed", name(*one.there)),
          there_[*one.there], expected_[*one.expected], hint);
    else if (one.there)
      add(Tampering::inserted, *one.there,
          fmt::format("{} was inserted: ballast did not write it", name(*one.there)),
          there_[*one.there], {}, hint);
    else if (one.expected)
      add(Tampering::removed, *one.expected, fmt::format("{} was removed", name(*one.expected)), {},
          expected_[*one.expected], hint);
  }

  const Lines there_;
  const Lines expected_;
  const std::size_t before_;
  AuditFindings findings_;
};

AuditFinding older_changed(const Older& older) {
  return {.what = Tampering::changed,
          .place = std::string(place),
          .subject = fmt::format("lines 1 to {}", older.lines),
          .text = fmt::format("of the first {}, which are from before the chain, something was "
                              "changed, removed or inserted",
                              counted(static_cast<long long>(older.lines), "line")),
          .says = {},
          .should = {},
          .hint = std::string(older_hint)};
}

}  // namespace

HistoryChecked check_history(const Audited& journal, const std::string& file) {
  const auto older = older_part(journal, file);
  if (!older) return {};
  const Lines rows = history_lines(journal);
  if (older->is_whole) {
    const std::string before = file.substr(0, older->bytes);
    const std::string expected = before + missing_history(before, rows);
    if (file == expected) return {.is_known = true, .findings = {}};
    return HistoryCheck(split_lines(file), split_lines(expected), 0)
        .run(expected.starts_with(file));
  }
  const Lines ours = split_lines(missing_history({}, rows));
  const Lines there = split_lines(file);
  const std::size_t first = first_of_ours(there, ours, older->lines);
  HistoryChecked checked =
      HistoryCheck({there.begin() + static_cast<std::ptrdiff_t>(first), there.end()}, ours, first)
          .run(false);
  checked.findings.insert(checked.findings.begin(), older_changed(*older));
  return checked;
}

}  // namespace ballast
