#include "doctor/examine.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

void add(std::vector<Line>& lines, std::string_view id, const std::string& stack, Findings findings,
         const AcceptedWeaknesses& accepted) {
  const auto reason = accepted.find(std::string(id));
  for (Finding& finding : findings) {
    Line line{.kind = find_weakness(id),
              .stack = stack,
              .state = finding.is_unknown ? State::unknown : State::weak,
              .finding = std::move(finding),
              .reason = {}};
    if (reason != accepted.end()) {
      line.state = State::accepted;
      line.reason = reason->second;
    }
    lines.push_back(std::move(line));
  }
}

// Of what has one subject the order stays: a file is read from its top.
void sort_worst_first(std::vector<Line>& lines) {
  std::ranges::stable_sort(lines, {}, [](const Line& line) {
    return std::tuple(line.state, line.kind->gravity, line.kind->id);
  });
}

void append(std::vector<Line>& lines, std::vector<Line> more) {
  std::ranges::move(more, std::back_inserter(lines));
}

}  // namespace

std::string_view state_text(State state) {
  switch (state) {
    case State::weak: return "weak";
    case State::unknown: return "unknown";
    case State::accepted: return "accepted";
  }
  return "";
}

std::size_t Report::count(State state) const {
  return static_cast<std::size_t>(std::ranges::count(lines, state, &Line::state));
}

bool Report::all_good() const { return count(State::accepted) == lines.size(); }

std::vector<Line> judge_server(const ServerSeen& seen, const AcceptedWeaknesses& accepted) {
  std::vector<Line> lines;
  for (const Weakness& weakness : all_weaknesses())
    if (weakness.of_server != nullptr)
      add(lines, weakness.id, {}, weakness.of_server(seen), accepted);
  sort_worst_first(lines);
  return lines;
}

std::vector<Line> judge_stack(const StackSeen& seen) {
  std::vector<Line> lines;
  for (const Weakness& weakness : all_weaknesses())
    if (weakness.of_stack != nullptr && (seen.on_server || weakness.in_folder))
      add(lines, weakness.id, seen.name, weakness.of_stack(seen), seen.accepted);
  sort_worst_first(lines);
  return lines;
}

Report examine_server(Server& server, const std::string& stack) {
  const std::string path = server.paths.settings();
  const Settings settings = read_settings(path, server.host.disk.read(path));
  const ServerSeen seen = see_server(server, settings);
  Report report{.at = seen.now,
                .folder = {},
                .stacks = stack.empty() ? stack_names(server) : std::vector{stack},
                .lines = judge_server(seen, settings.accepted_weaknesses)};
  for (const std::string& name : report.stacks)
    append(report.lines, judge_stack(see_stack(server, name, seen)));
  return report;
}

Report examine_folder(Host& host, const std::string& folder) {
  const StackSeen seen = see_folder(host, folder);
  return {
      .at = host.clock.now(), .folder = folder, .stacks = {seen.name}, .lines = judge_stack(seen)};
}

}  // namespace ballast::doctor
