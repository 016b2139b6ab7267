#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest = 6;

bool starts_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u; }

bool all_empty(const std::vector<Cell>& cells) {
  return std::ranges::all_of(cells, [](const Cell& cell) { return cell.text.empty(); });
}

void trim_end(std::string& text) {
  while (text.ends_with(' ')) text.pop_back();
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  if (width == 0) return {};
  std::size_t end = 0;
  for (std::size_t kept = 0; end < text.size(); ++end)
    if (starts_code_point(text[end]) && ++kept == width) break;
  return std::string(text.substr(0, end)) + "…";
}

Cell::Cell(const std::string& text_, Colour colour_) : text(printable(text_)), colour(colour_) {}

Table::Table(std::vector<std::string> titles, std::size_t indent) : indent_(indent) {
  for (std::string& title : titles) titles_.emplace_back(std::move(title), Colour::dim);
}

void Table::row(std::vector<Cell> cells) {
  cells.resize(titles_.size(), Cell(""));
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
  std::vector<std::size_t> widths;
  for (std::size_t column = 0; column < titles_.size(); ++column) {
    std::size_t width = width_of(titles_[column].text);
    for (const auto& row : rows_) width = std::max(width, width_of(row[column].text));
    widths.push_back(width);
  }
  const std::size_t gaps = indent_ + gap * (widths.size() - 1);
  while (limit > 0 && std::accumulate(widths.begin(), widths.end(), gaps) > limit) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= narrowest) break;
    --*widest;
  }
  return widths;
}

std::string Table::line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths,
                        bool colour) const {
  std::string line(indent_, ' ');
  std::size_t owed =
      0;  // blanks are written only before further text, so that no line ends in them
  for (std::size_t column = 0; column < cells.size(); ++column) {
    const std::string text = cut_to_width(cells[column].text, widths[column]);
    if (!text.empty()) {
      line += std::string(owed, ' ') + (colour ? painted(cells[column].colour, text) : text);
      owed = 0;
    }
    if (widths[column] > 0) owed += widths[column] - width_of(text) + gap;
  }
  trim_end(line);
  return line + "\n";
}

std::string Table::text(std::size_t width, bool colour) const {
  const auto columns = widths(width);
  std::string text = all_empty(titles_) ? "" : line(titles_, columns, colour);
  for (const auto& row : rows_) text += line(row, columns, colour);
  return text;
}

void Table::print(Output& output) const {
  output.text(text(static_cast<std::size_t>(output.columns()), output.colours()));
}

}  // namespace ballast
