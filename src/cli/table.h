// Aligned columns, as wide as their text needs and as narrow as the terminal wants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"

namespace ballast {

// Code points of UTF-8; every one counts as one column.
std::size_t width_of(std::string_view text);
// At most `width` code points, the last one "…" when something was cut.
std::string cut_to_width(std::string_view text, std::size_t width);

// A text is a cell, so that a row is written as a list of texts.
struct Cell {
  // NOLINTNEXTLINE(google-explicit-constructor)
  Cell(const std::string& text_, Colour colour_ = Colour::plain);
  // NOLINTNEXTLINE(google-explicit-constructor)
  Cell(const char* text_) : Cell(std::string(text_)) {}
  std::string text;  // made printable
  Colour colour;
};

class Table {
 public:
  explicit Table(std::vector<std::string> titles,
                 std::size_t indent = 0);  // no titles row: empty texts
  void row(std::vector<Cell> cells);
  bool empty() const { return rows_.empty(); }
  // `width` 0: no limit. The widest columns give way first.
  std::string text(std::size_t width, bool colour) const;
  void print(Output& output) const;

 private:
  std::vector<std::size_t> widths(std::size_t limit) const;
  std::string line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                   bool colour) const;
  std::vector<Cell> titles_;
  std::size_t indent_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace ballast
