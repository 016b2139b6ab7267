#include "cli/status_past.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr std::size_t usual_columns = 80;
constexpr std::size_t indent = 2;
constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_plot = 10;

double lowest_of(const SeriesPast& series) {
  return std::ranges::min_element(series.points, {}, &MeasuredPoint::mean)->mean;
}

double highest_of(const SeriesPast& series) {
  return std::ranges::max_element(series.points, {}, &MeasuredPoint::most)->most;
}

// One digit after the point, and none where it would be 0.
std::string number_text(double value) {
  const double tenths = std::round(value * 10) / 10;
  return tenths == std::floor(tenths) ? fmt::format("{:.0f}", tenths)
                                      : fmt::format("{:.1f}", tenths);
}

std::string value_text(double value, const std::string& unit) {
  if (unit == "B") return human_bytes(static_cast<unsigned long long>(std::max(value, 0.0)));
  if (unit == "s")
    return human_duration(std::chrono::round<Duration>(std::chrono::duration<double>(value)));
  return unit.empty() ? number_text(value) : number_text(value) + " " + unit;
}

// What stands before the plot.
using Texts = std::array<std::string, 4>;

Texts texts_of(const SeriesPast& series) {
  const std::string& unit = series.name.unit;
  return {series.name.series, value_text(series.points.back().mean, unit),
          value_text(lowest_of(series), unit), value_text(highest_of(series), unit)};
}

constexpr std::array<const char*, 4> titles{"SERIES", "LAST", "MIN", "MAX"};

std::size_t plot_width(Output& output, const std::vector<Texts>& rows) {
  const int wide = output.columns();
  const std::size_t whole = wide > 0 ? static_cast<std::size_t>(wide) : usual_columns;
  std::size_t taken = indent;
  for (std::size_t column = 0; column < titles.size(); ++column) {
    std::size_t width = width_of(titles[column]);
    for (const Texts& row : rows) width = std::max(width, width_of(printable(row[column])));
    taken += width + gap;
  }
  return std::max(narrowest_plot, whole > taken ? whole - taken : 0);
}

void show_series(Output& output, const PastReport& report, const StackPast& stack, bool blocks) {
  std::vector<Texts> rows;
  for (const SeriesPast& series : stack.series) rows.push_back(texts_of(series));
  const std::size_t width = plot_width(output, rows);
  Table table({titles[0], titles[1], titles[2], titles[3], ""}, indent);
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const SeriesPast& series = stack.series[index];
    const PlotFrame frame{.since = report.since,
                          .until = report.until,
                          .lowest = lowest_of(series),
                          .highest = highest_of(series),
                          .width = width,
                          .blocks = blocks};
    const Texts& texts = rows[index];
    table.row({texts[0], texts[1], texts[2], texts[3], plot_of(series, frame)});
  }
  table.print(output);
}

void show_stack(Output& output, const PastReport& report, const StackPast& stack, bool blocks) {
  const std::string name = output.paint(Colour::bold, stack.stack);
  const std::string since = iso_local(report.since);
  if (!stack.series.empty()) {
    output.line(fmt::format("{}: measured since {}", name, since));
    return show_series(output, report, stack, blocks);
  }
  output.line(stack.is_measured ? fmt::format("{}: nothing was measured since {}", name, since)
                                : fmt::format("{}: nothing was measured yet", name));
  output.line("hint: the daemon measures: systemctl enable --now ballast; or: ballast watch");
}

Json point_json(const MeasuredPoint& point) {
  return {{"at", iso_utc(point.at)}, {"mean", point.mean}, {"max", point.most}};
}

Json series_json(const SeriesPast& series) {
  Json points = Json::array();
  for (const MeasuredPoint& point : series.points) points.push_back(point_json(point));
  return {{"name", series.name.series},
          {"unit", text_or_null(series.name.unit)},
          {"step", std::chrono::round<std::chrono::seconds>(series.step).count()},
          {"points", points}};
}

Json stack_json(const StackPast& stack) {
  Json list = Json::array();
  for (const SeriesPast& series : stack.series) list.push_back(series_json(series));
  return {{"name", stack.stack}, {"measured", stack.is_measured}, {"series", list}};
}

}  // namespace

Json past_json(const PastReport& report) {
  Json stacks = Json::array();
  for (const StackPast& stack : report.stacks) stacks.push_back(stack_json(stack));
  return {{"schema", "ballast.measured/1"},
          {"since", iso_utc(report.since)},
          {"until", iso_utc(report.until)},
          {"stacks", stacks},
          {"exit", 0}};
}

void show_past(Output& output, const PastReport& report, bool blocks) {
  for (const StackPast& stack : report.stacks) {
    if (&stack != &report.stacks.front()) output.line("");
    show_stack(output, report, stack, blocks);
  }
}

}  // namespace ballast
