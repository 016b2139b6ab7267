#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/operation_output.h"
#include "cli/shared_options.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto actions = std::to_array<std::string_view>({"show", "validate"});

constexpr auto positionals = std::to_array<Positional>({
    {.name = "action", .description = "show or validate", .choices = actions},
    optional_stack_positional,
});
constexpr auto options = std::to_array<Option>({json_option});

struct Validated {
  std::string stack;
  std::vector<CheckResult> results;
  std::optional<Error> error;
  bool good() const { return !error && all_pass(results); }
};

// Here a broken file is the answer, and the next stack is still to be asked.
Validated validate(Invocation& invocation, const std::string& stack) {
  try {
    return {.stack = stack,
            .results = invocation.features().validate_config(stack).results,
            .error = std::nullopt};
  } catch (const Error& error) {
    if (error.kind() != Kind::usage && error.kind() != Kind::refused) throw;
    return {.stack = stack, .results = {}, .error = error};
  }
}

Json validated_json(const Validated& validated) {
  return {{"stack", validated.stack},
          {"valid", validated.good()},
          {"checks", results_json(validated.results)},
          {"error", validated.error ? error_json(*validated.error).at("error") : Json(nullptr)}};
}

Json report_json(const std::vector<Validated>& all, int status) {
  Json stacks = Json::array();
  for (const Validated& validated : all) stacks.push_back(validated_json(validated));
  return {{"schema", "ballast.config-validate/1"}, {"stacks", stacks}, {"exit", status}};
}

void show_validated(Output& output, const Validated& validated) {
  const auto word = validated.good() ? output.paint(Colour::green, "valid")
                                     : output.paint(Colour::red, "not valid");
  output.line(fmt::format("{}: {}", validated.stack, word));
  if (validated.error)
    for (const std::string& line : split_lines(validated.error->text()))
      output.line("  " + printable(line));
  output.text(checks_text(output, validated.results));
}

int run_validate(Invocation& invocation, const std::string& stack) {
  std::vector<Validated> all;
  const auto stacks = stack.empty() ? invocation.features().stack_names() : std::vector{stack};
  for (const std::string& name : stacks) all.push_back(validate(invocation, name));
  const int status = std::ranges::all_of(all, &Validated::good) ? 0 : exit_status(Kind::usage);
  if (invocation.output.style().json)
    invocation.output.json(report_json(all, status));
  else if (all.empty())
    invocation.output.remark("no stacks to validate");
  else
    for (const Validated& validated : all) show_validated(invocation.output, validated);
  return status;
}

std::string value_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

void add_rows(Table& table, const Json& node, const std::string& prefix) {
  for (const auto& [key, value] : node.items()) {
    if (value.is_object())
      add_rows(table, value, prefix + key + ".");
    else
      table.row({prefix + key, value_text(value)});
  }
}

int run_show(Invocation& invocation, const std::string& stack) {
  if (stack.empty())
    throw Error(Kind::usage, "no stack was given", "usage: ballast config show <stack> [--json]");
  const auto report = invocation.features().validate_config(stack);
  if (invocation.output.style().json) {
    invocation.output.json({{"schema", "ballast.config/1"},
                            {"stack", report.stack},
                            {"path", report.path},
                            {"policy", report.policy},
                            {"exit", 0}});
    return 0;
  }
  Table table({"", ""});
  add_rows(table, report.policy, "");
  table.print(invocation.output);
  return 0;
}

}  // namespace

constinit const Signature config_signature{"config", positionals, options};

int run_config(Invocation& invocation) {
  const auto action = require_choice(positionals.front(), invocation.arguments.text("action"));
  const auto stack = stack_of(invocation.arguments);
  return action == "show" ? run_show(invocation, stack) : run_validate(invocation, stack);
}

}  // namespace ballast
