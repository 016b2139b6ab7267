#include "base/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t context = 3;
// Beyond that the whole middle counts as changed.
constexpr std::size_t most_cells = 16u << 20;

using Lines = std::vector<std::string_view>;
using Middle = std::span<const std::string_view>;

// Each with its line break, so that a missing one at the end is a difference.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

struct Edit {
  char sign;  // ' ', '-', '+'
  std::string_view line;
};

// lengths[i][j]: of the longest common subsequence of what follows line i and line j.
class Lengths {
 public:
  Lengths(Middle before, Middle after)
      : width_(after.size() + 1), cells_((before.size() + 1) * width_) {
    for (std::size_t i = before.size(); i-- > 0;)
      for (std::size_t j = after.size(); j-- > 0;)
        at(i, j) =
            before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
  }
  std::uint32_t& at(std::size_t i, std::size_t j) { return cells_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> cells_;
};

// Of texts that neither begin nor end with the same line.
void add_edits(Middle before, Middle after, std::vector<Edit>& edits) {
  std::size_t i = 0;
  std::size_t j = 0;
  if ((before.size() + 1) * (after.size() + 1) <= most_cells) {
    Lengths lengths(before, after);
    while (i < before.size() && j < after.size()) {
      if (before[i] == after[j]) {
        edits.push_back({' ', before[i++]});
        ++j;
      } else if (lengths.at(i + 1, j) >= lengths.at(i, j + 1)) {
        edits.push_back({'-', before[i++]});
      } else {
        edits.push_back({'+', after[j++]});
      }
    }
  }
  while (i < before.size()) edits.push_back({'-', before[i++]});
  while (j < after.size()) edits.push_back({'+', after[j++]});
}

std::vector<Edit> edits_between(const Lines& before, const Lines& after) {
  const auto first = std::ranges::mismatch(before, after).in1;
  const auto begin = static_cast<std::size_t>(first - before.begin());
  const std::size_t rest = std::min(before.size(), after.size()) - begin;
  std::size_t same_end = 0;
  while (same_end < rest &&
         before[before.size() - same_end - 1] == after[after.size() - same_end - 1])
    ++same_end;
  const auto middle = [&](const Lines& lines) {
    return Middle(lines).subspan(begin, lines.size() - same_end - begin);
  };
  std::vector<Edit> edits;
  for (const std::string_view line : Middle(before).first(begin)) edits.push_back({' ', line});
  add_edits(middle(before), middle(after), edits);
  for (const std::string_view line : Middle(before).last(same_end)) edits.push_back({' ', line});
  return edits;
}

// Lines gone before an edit, in either text.
struct Position {
  std::size_t before = 0;
  std::size_t after = 0;
  void pass(const Edit& edit) {
    if (edit.sign != '+') ++before;
    if (edit.sign != '-') ++after;
  }
};

std::string range_text(std::size_t start, std::size_t count) {
  const std::size_t shown = count == 0 ? start : start + 1;
  return count == 1 ? fmt::format("{}", shown) : fmt::format("{},{}", shown, count);
}

std::string hunk_text(std::span<const Edit> edits, Position start) {
  Position end = start;
  std::string body;
  for (const Edit& edit : edits) {
    end.pass(edit);
    body += edit.sign;
    body += edit.line;
    if (!edit.line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
  }
  return fmt::format("@@ -{} +{} @@\n{}", range_text(start.before, end.before - start.before),
                     range_text(start.after, end.after - start.after), body);
}

std::size_t next_change(std::span<const Edit> edits, std::size_t from) {
  while (from < edits.size() && edits[from].sign == ' ') ++from;
  return from;
}

// Where the hunk ends whose first change is at `change`: changes that share their surroundings are
// one hunk.
std::size_t hunk_end(std::span<const Edit> edits, std::size_t change) {
  while (true) {
    std::size_t last = change;
    while (last < edits.size() && edits[last].sign != ' ') ++last;
    change = next_change(edits, last);
    if (change == edits.size() || change - last > 2 * context)
      return std::min(last + context, edits.size());
  }
}

std::string label_of(std::string_view side, const std::string& name, bool exists) {
  return exists ? fmt::format("{}/{}", side, name) : "/dev/null";
}

// Where the value begins that a line of a difference gives to a secret: behind `NAME=`, or `NAME:`
// unless that goes on below or names a variable without a default.
std::size_t secret_value(std::string_view line) {
  const std::size_t sign = line.find_first_of("=:");
  if (sign == line.npos || sign == 0 || !names_a_secret(trim(line.substr(1, sign - 1))))
    return line.npos;
  const std::string_view value = trim(line.substr(sign + 1));
  const bool is_variable = value.starts_with("${") && value.find('-') == value.npos;
  if (line[sign] == ':' && (value.empty() || is_variable)) return line.npos;
  return std::min(line.find_first_not_of(" \t", sign + 1), line.size());
}

std::string printable_line(const std::string& line) {
  std::vector<std::string> parts = split(line, '\t');
  for (std::string& part : parts) part = printable(part);
  return join(parts, "\t");
}

}  // namespace

std::string unified_difference(std::string_view before, std::string_view after,
                               std::string_view label_before, std::string_view label_after) {
  if (before == after) return {};
  const std::vector<Edit> edits = edits_between(lines_of(before), lines_of(after));
  std::string text = fmt::format("--- {}\n+++ {}\n", label_before, label_after);
  Position position;
  std::size_t done = 0;
  for (std::size_t change = next_change(edits, 0); change < edits.size();
       change = next_change(edits, done)) {
    const std::size_t start = std::max(done, change - std::min(change, context));
    for (; done < start; ++done) position.pass(edits[done]);
    const std::size_t end = hunk_end(edits, change);
    text += hunk_text(std::span(edits).subspan(start, end - start), position);
    for (; done < end; ++done) position.pass(edits[done]);
  }
  return text;
}

std::string file_difference(const std::string& name, const std::optional<std::string>& before,
                            const std::optional<std::string>& after) {
  return unified_difference(before.value_or(""), after.value_or(""),
                            label_of("a", name, before.has_value()),
                            label_of("b", name, after.has_value()));
}

std::string masked_difference(const std::string& difference, const Secrets& secrets) {
  std::string shown;
  for (const std::string& line : split_lines(difference)) {
    const std::size_t value = secret_value(line);
    const std::string masked =
        value == line.npos ? secrets.mask(line) : line.substr(0, value) + "***";
    shown += printable_line(masked) + '\n';
  }
  return shown;
}

}  // namespace ballast
