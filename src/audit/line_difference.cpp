#include "audit/line_difference.h"

#include <algorithm>

namespace ballast {

namespace {

using Lines = std::vector<std::string>;

// Beyond it, lines are compared place by place: so much was changed that no better is needed.
constexpr std::size_t largest_table = 16'000'000;

struct Range {
  std::size_t there_begin = 0;
  std::size_t there_end = 0;
  std::size_t expected_begin = 0;
  std::size_t expected_end = 0;

  std::size_t there() const { return there_end - there_begin; }
  std::size_t expected() const { return expected_end - expected_begin; }
};

Range without_common_ends(const Lines& there, const Lines& expected) {
  Range range{.there_end = there.size(), .expected_end = expected.size()};
  while (range.there() > 0 && range.expected() > 0 &&
         there[range.there_begin] == expected[range.expected_begin]) {
    ++range.there_begin;
    ++range.expected_begin;
  }
  while (range.there() > 0 && range.expected() > 0 &&
         there[range.there_end - 1] == expected[range.expected_end - 1]) {
    --range.there_end;
    --range.expected_end;
  }
  return range;
}

// By the longest common subsequence: `length` is that of what is left from here on.
class Comparison {
 public:
  Comparison(const Lines& there, const Lines& expected, const Range& range)
      : there_(there), expected_(expected), range_(range), width_(range.expected() + 1) {
    length_.resize((range.there() + 1) * width_);
    for (std::size_t row = range.there(); row-- > 0;)
      for (std::size_t column = range.expected(); column-- > 0;)
        at(row, column) = same(row, column) ? at(row + 1, column + 1) + 1
                                            : std::max(at(row + 1, column), at(row, column + 1));
  }

  std::vector<LineDifference> differences() {
    std::vector<LineDifference> found;
    std::size_t row = 0;
    std::size_t column = 0;
    while (row < range_.there() || column < range_.expected()) {
      const bool has_both = row < range_.there() && column < range_.expected();
      if (has_both && same(row, column)) {
        ++row;
        ++column;
      } else if (has_both && at(row + 1, column + 1) == at(row, column)) {
        found.push_back({range_.there_begin + row++, range_.expected_begin + column++});
      } else if (column == range_.expected() ||
                 (has_both && at(row + 1, column) >= at(row, column + 1))) {
        found.push_back({range_.there_begin + row++, std::nullopt});
      } else {
        found.push_back({std::nullopt, range_.expected_begin + column++});
      }
    }
    return found;
  }

 private:
  unsigned& at(std::size_t row, std::size_t column) { return length_[row * width_ + column]; }
  bool same(std::size_t row, std::size_t column) const {
    return there_[range_.there_begin + row] == expected_[range_.expected_begin + column];
  }

  const Lines& there_;
  const Lines& expected_;
  const Range range_;
  const std::size_t width_;
  std::vector<unsigned> length_;
};

std::vector<LineDifference> place_by_place(const Range& range) {
  std::vector<LineDifference> found;
  for (std::size_t index = 0; index < std::max(range.there(), range.expected()); ++index) {
    LineDifference one;
    if (index < range.there()) one.there = range.there_begin + index;
    if (index < range.expected()) one.expected = range.expected_begin + index;
    found.push_back(one);
  }
  return found;
}

}  // namespace

std::vector<LineDifference> line_differences(const Lines& there, const Lines& expected) {
  const Range range = without_common_ends(there, expected);
  if ((range.there() + 1) * (range.expected() + 1) > largest_table) return place_by_place(range);
  return Comparison(there, expected, range).differences();
}

}  // namespace ballast
