#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    {.name = "stack",
     .description = "name of the stack's folder; or list, show or verify, then the stack",
     .completes = Completes::stacks},
    {.name = "kind",
     .description = "manual (default), daily, weekly-full or pre-deploy; after a word: the stack",
     .required = false},
    {.name = "set",
     .description = "after show or verify: the set, the beginning of its name, or latest",
     .required = false},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--tag", .value = "NOTE", .description = "a note that is kept with the set"},
    {.name = "--database",
     .value = "NAME",
     .description = "this database only; may be given again",
     .repeatable = true},
    {.name = "--strict",
     .value = "",
     .description = "exit 7 too when production itself has lost attachments"},
    {.name = "--all", .value = "", .description = "with verify: every set"},
    operator_option,
    wait_option,
    json_option,
});

std::string second_of(const Arguments& arguments, std::string_view action) {
  std::string stack = arguments.text("kind");
  if (stack.empty())
    throw Error(Kind::usage, "no stack was given",
                fmt::format("usage: ballast backup {} <stack>", action));
  require_stack_name(stack);
  return stack;
}

std::size_t losses_of(const BackupSet& set) {
  std::size_t count = 0;
  for (const SetDatabase& database : set.databases) count += database.damage.size();
  return count;
}

Json set_json(const BackupSet& set, const std::string& folder) {
  Json databases = Json::array();
  for (const SetDatabase& database : set.databases) {
    Json lost = Json::array();
    for (const Damage& damage : database.damage)
      lost.push_back({{"attachment", damage.attachment}, {"what", damage.what}});
    databases.push_back({{"name", database.name},
                         {"size", database.size},
                         {"rows", database.rows},
                         {"attachments", database.attachment_count},
                         {"lost_in_production", lost}});
  }
  return {{"id", set.id},
          {"stack", set.stack},
          {"kind", text_of(set.kind)},
          {"note", text_or_null(set.note)},
          {"operator", set.operator_name},
          {"folder", folder},
          {"started", iso_local(set.started)},
          {"ended", iso_local(set.ended)},
          {"complete", set.is_complete()},
          {"reasons", set.reasons},
          {"tag", set.release.tag},
          {"bytes", set.bytes()},
          {"databases", databases}};
}

BackupRequest request_of(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const std::string kind = arguments.has("kind") ? arguments.text("kind") : "manual";
  const auto known = parse_backup_kind(kind);
  if (!known)
    throw Error(Kind::usage, fmt::format("no kind of backup `{}`", printable(kind)),
                "kinds: daily, weekly-full, manual, pre-deploy");
  return {.stack = stack_of(arguments),
          .wanted = {.kind = *known,
                     .note = arguments.text("--tag"),
                     .operator_name = operator_of(invocation),
                     .databases = arguments.values("--database")},
          .strict = arguments.has("--strict"),
          .wait = wait_of(arguments)};
}

void show_losses(Output& output, const BackupSet& set) {
  constexpr std::size_t shown = 10;
  for (const SetDatabase& database : set.databases) {
    for (std::size_t i = 0; i < std::min(database.damage.size(), shown); ++i)
      output.line(fmt::format("  {} in production: {} of {}", database.damage[i].what,
                              printable(database.damage[i].attachment), printable(database.name)));
    if (database.damage.size() > shown)
      output.line(fmt::format("  and {} more of {}: ballast backup show {} {} --json",
                              database.damage.size() - shown, printable(database.name), set.stack,
                              set.id));
  }
}

int run_make(Invocation& invocation) {
  const BackupRequest request = request_of(invocation);
  const BackupResult result = invocation.features().backup(*invocation.progress(), request);
  const bool is_lossy = request.strict && losses_of(result.set) > 0;
  const bool is_good = result.set.is_complete() && !is_lossy;
  const int status = is_good ? 0 : exit_status(Kind::incomplete);
  Output& output = invocation.output;
  if (output.style().json) {
    Json json = set_json(result.set, result.folder);
    json["schema"] = "ballast.backup-result/1";
    json["exit"] = status;
    output.json(json);
    return status;
  }
  output.line(
      fmt::format("{} {}: {}, {}, {}, {} ({})", result.set.stack, result.set.id,
                  result.set.is_complete() ? output.paint(Colour::green, "complete")
                                           : output.paint(Colour::red, "incomplete"),
                  counted(static_cast<long long>(result.set.databases.size()), "database"),
                  counted(static_cast<long long>(result.set.attachment_count()), "attachment"),
                  human_bytes(result.set.bytes()), human_duration(result.elapsed)));
  for (const std::string& reason : result.set.reasons) output.line("  " + printable(reason));
  show_losses(output, result.set);
  return status;
}

Json listed_json(const StoredSet& stored, const std::vector<DrillReport>& drills) {
  if (!stored.trouble.empty()) return {{"id", stored.id}, {"trouble", stored.trouble}};
  Json json = set_json(stored.set, stored.folder);
  const auto drill = newest_drill(drills, stored.id);
  json["drill"] = drill ? drill_json(*drill) : Json();
  return json;
}

Cell drill_cell(const std::optional<DrillReport>& drill, Time now) {
  if (!drill) return Cell("never");
  const std::string when = human_age(std::chrono::duration_cast<Duration>(now - drill->at));
  return drill->passed ? Cell("passed " + when) : Cell("failed " + when, Colour::red);
}

int run_list(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "list");
  const auto sets = invocation.features().backups(stack);
  const auto drills = invocation.features().drills(stack);
  Output& output = invocation.output;
  if (output.style().json) {
    Json list = Json::array();
    for (const StoredSet& stored : sets) list.push_back(listed_json(stored, drills));
    output.json(
        {{"schema", "ballast.backup-list/1"}, {"stack", stack}, {"sets", list}, {"exit", 0}});
    return 0;
  }
  if (sets.empty()) {
    output.remark(fmt::format("no backups of {}", stack));
    return 0;
  }
  Table table({"set", "kind", "state", "databases", "attachments", "size", "drill", "tag", "note"});
  for (const StoredSet& stored : sets) {
    if (!stored.trouble.empty()) {
      table.row(
          {stored.id, "?", Cell("unreadable", Colour::red), "", "", "", "", "", stored.trouble});
      continue;
    }
    table.row({stored.id, std::string(text_of(stored.set.kind)),
               stored.set.is_complete() ? Cell("complete") : Cell("incomplete", Colour::red),
               std::to_string(stored.set.databases.size()),
               std::to_string(stored.set.attachment_count()), human_bytes(stored.set.bytes()),
               drill_cell(newest_drill(drills, stored.id), invocation.host.clock.now()),
               stored.set.release.tag, stored.set.note});
  }
  table.print(output);
  return 0;
}

int run_show(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "show");
  const std::string word =
      invocation.arguments.has("set") ? invocation.arguments.text("set") : "latest";
  const StoredSet stored = invocation.features().backup_named(stack, word);
  Output& output = invocation.output;
  if (output.style().json) {
    Json json = set_json(stored.set, stored.folder);
    json["schema"] = "ballast.backup-show/1";
    json["exit"] = 0;
    output.json(json);
    return 0;
  }
  output.line(fmt::format("{} {}, {}, {}", stored.set.stack, stored.id, text_of(stored.set.kind),
                          stored.set.is_complete() ? "complete" : "incomplete"));
  output.line(fmt::format("  in {}", stored.folder));
  output.line(fmt::format("  of {}, by {}, release {}", iso_local(stored.set.started),
                          stored.set.operator_name, stored.set.release.tag));
  Table table({"database", "size", "attachments", "rows"}, 2);
  for (const SetDatabase& database : stored.set.databases) {
    std::string rows;
    for (const auto& [name, count] : database.rows)
      rows += fmt::format("{}{} {}", rows.empty() ? "" : ", ", name, count);
    table.row({database.name, human_bytes(database.size), std::to_string(database.attachment_count),
               rows});
  }
  if (!table.empty()) table.print(output);
  for (const std::string& reason : stored.set.reasons)
    output.line("  incomplete: " + printable(reason));
  show_losses(output, stored.set);
  return 0;
}

Json verified_json(const SetVerified& verified) {
  return {{"id", verified.id},           {"good", verified.good()}, {"damage", verified.damage},
          {"unknown", verified.unknown}, {"files", verified.files}, {"bytes", verified.bytes}};
}

void show_verified(Output& output, const std::string& stack, const SetVerified& verified) {
  const std::string word = !verified.damage.empty() ? output.paint(Colour::red, "damaged")
                           : verified.good()        ? output.paint(Colour::green, "good")
                                                    : output.paint(Colour::yellow, "unknown");
  output.line(fmt::format("{} {}: {}, {} read, {} ({})", stack, verified.id, word,
                          counted(static_cast<long long>(verified.files), "file"),
                          human_bytes(verified.bytes), human_duration(verified.elapsed)));
  for (const std::string& damage : verified.damage) output.line("  " + printable(damage));
  for (const std::string& unknown : verified.unknown) output.line("  " + printable(unknown));
}

int run_verify_sets(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "verify");
  const auto verified = invocation.features().verify_backups(*invocation.progress(), stack,
                                                             invocation.arguments.text("set"),
                                                             invocation.arguments.has("--all"));
  const bool is_good = std::ranges::all_of(verified, &SetVerified::good);
  const int status = is_good ? 0 : exit_status(Kind::verification);
  if (invocation.output.style().json) {
    Json list = Json::array();
    for (const SetVerified& one : verified) list.push_back(verified_json(one));
    invocation.output.json({{"schema", "ballast.backup-verify/1"},
                            {"stack", stack},
                            {"sets", list},
                            {"exit", status}});
    return status;
  }
  if (verified.empty()) invocation.output.remark(fmt::format("no backups of {}", stack));
  for (const SetVerified& one : verified) show_verified(invocation.output, stack, one);
  return status;
}

}  // namespace

constinit const Signature backup_signature{"backup", positionals, options};

int run_backup(Invocation& invocation) {
  const std::string word = invocation.arguments.text("stack");
  if (word == "list") return run_list(invocation);
  if (word == "show") return run_show(invocation);
  if (word == "verify") return run_verify_sets(invocation);
  return run_make(invocation);
}

}  // namespace ballast
