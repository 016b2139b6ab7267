#include "base/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace ballast {

namespace {

constexpr std::size_t context = 3;
// Beyond that the whole middle counts as changed.
constexpr std::size_t most_cells = 16u << 20;

using Lines = std::vector<std::string_view>;

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
  Lengths(const Lines& before, const Lines& after)
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

std::vector<Edit> edits_between(const Lines& before, const Lines& after) {
  std::vector<Edit> edits;
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

}  // namespace ballast
