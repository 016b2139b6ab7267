#include "watch/past.h"

#include "live/stack.h"

namespace ballast {

namespace {

std::optional<MeasurementHistory> history_of(Server& server, const std::string& stack) {
  try {
    return read_measurements(server.host.disk, server.paths.measurements(stack));
  } catch (const Error& error) {
    if (!error.message().ends_with("permission denied")) throw;
    throw Error(error.kind(), error.message(), "run ballast as root (sudo)");
  }
}

StackPast past_of_one(Server& server, const std::string& stack, Time since, Time until) {
  StackPast past{.stack = stack, .is_measured = false, .series = {}};
  const auto history = history_of(server, stack);
  if (!history) return past;
  past.is_measured = true;
  for (const measurement::SeriesName& name : history->series())
    if (SeriesPast series = history->read(name, since, until); !series.points.empty())
      past.series.push_back(std::move(series));
  return past;
}

}  // namespace

std::vector<StackPast> past_of(Server& server, const std::string& stack, Time since, Time until) {
  if (!stack.empty()) {
    require_known_stack(server, stack);
    return {past_of_one(server, stack, since, until)};
  }
  std::vector<StackPast> all;
  for (const std::string& name : stack_names(server))
    all.push_back(past_of_one(server, name, since, until));
  return all;
}

}  // namespace ballast
