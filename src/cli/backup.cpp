#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/backup_zip.h"
#include "cli/commands.h"
#include "cli/prune.h"
#include "cli/shared_options.h"
#include "cli/table.h"
#include "model/names.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({
    {.name = "stack",
     .description =
         "name of the stack's folder; or list, send, show, verify, prune, export or import, then "
         "the stack",
     .completes = Completes::stacks},
    {.name = "kind",
     .description = "manual (default), daily, weekly-full or pre-deploy; after a word: the stack",
     .required = false},
    {.name = "set",
     .description = "after show, verify or export: the set, the beginning of its name, or latest; "
                    "after import: the file",
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
    {.name = "--dry-run",
     .value = "",
     .description = "with prune: say what would go, remove nothing"},
    {.name = "--odoo-zip",
     .value = "FILE",
     .description = "with export: the archive to write, for Odoo's own database manager",
     .completes = Completes::directories},
    {.name = "--as",
     .value = "NAME",
     .description = "with import: the name of the database (default: the archive tells it)"},
    {.name = "--live",
     .value = "",
     .description = "with import: as it is, its mail and jobs run at once"},
    {.name = "--remote", .value = "", .description = "with list: the sets on the off-site remote"},
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
      lost.push_back(
          {{"attachment", damage.attachment}, {"what", damage.what}, {"kept", damage.kept}});
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
          {"remarks", set.remarks},
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
      output.line(fmt::format("  {} in production: {} of {}{}", database.damage[i].what,
                              printable(database.damage[i].attachment), printable(database.name),
                              database.damage[i].kept ? ", kept from an earlier backup" : ""));
    if (database.damage.size() > shown)
      output.line(fmt::format("  and {} more of {}: ballast backup show {} {} --json",
                              database.damage.size() - shown, printable(database.name), set.stack,
                              set.id));
  }
}

void show_pool_damage(Output& output, const BackupResult& result) {
  for (const PoolDamage& damage : result.pool_damage)
    output.line(fmt::format(
        "  damaged in the pool: {}, {}", damage.attachment.text(),
        damage.replaced ? "replaced by the copy that production has"
                        : fmt::format("production has it no more; see which sets lack it: ballast "
                                      "backup verify {} --all",
                                      result.set.stack)));
}

Json pool_damage_json(const BackupResult& result) {
  Json list = Json::array();
  for (const PoolDamage& damage : result.pool_damage)
    list.push_back({{"attachment", damage.attachment.text()}, {"replaced", damage.replaced}});
  return list;
}

Json sent_json(const Sent& sent) {
  Json sets = Json::array();
  for (const Sent::Set& set : sent.sets) sets.push_back({{"id", set.id}, {"files", set.files}});
  return {{"remote", sent.remote},
          {"sets", sets},
          {"trouble", sent.trouble ? Json(sent.trouble->message()) : Json()}};
}

// A backup that did not reach the remote is one all the same; how it ends is the worse of the two.
int status_of(const BackupResult& result, bool strict) {
  const bool is_lossy = strict && losses_of(result.set) > 0;
  if (result.sent && result.sent->trouble)
    return exit_status(not_sent(*result.sent, result.set).kind());
  if (!result.set.is_complete() || is_lossy) return exit_status(Kind::incomplete);
  const bool is_mended = std::ranges::all_of(result.pool_damage, &PoolDamage::replaced);
  return is_mended ? 0 : exit_status(Kind::verification);
}

void print_result(Output& output, const BackupResult& result, int status) {
  Json json = set_json(result.set, result.folder);
  json["schema"] = "ballast.backup-result/1";
  json["pool_damage"] = pool_damage_json(result);
  json["offsite"] = result.sent ? sent_json(*result.sent) : Json();
  json["exit"] = status;
  output.json(json);
}

void show_result(Output& output, const BackupResult& result) {
  output.line(
      fmt::format("{} {}: {}, {}, {}, {} ({})", result.set.stack, result.set.id,
                  result.set.is_complete() ? output.paint(Colour::green, "complete")
                                           : output.paint(Colour::red, "incomplete"),
                  counted(static_cast<long long>(result.set.databases.size()), "database"),
                  counted(static_cast<long long>(result.set.attachment_count()), "attachment"),
                  human_bytes(result.set.bytes()), human_duration(result.elapsed)));
  for (const std::string& reason : result.set.reasons) output.line("  " + printable(reason));
  for (const std::string& remark : result.set.remarks) output.line("  " + printable(remark));
  show_losses(output, result.set);
  show_pool_damage(output, result);
  if (result.sent && result.sent->trouble) output.error(not_sent(*result.sent, result.set));
}

std::string trouble_of(const BackupResult& result) {
  std::vector<std::string> troubles = result.set.reasons;
  if (const std::size_t losses = losses_of(result.set); losses > 0)
    troubles.push_back(fmt::format("production has lost {}",
                                   counted(static_cast<long long>(losses), "attachment")));
  for (const PoolDamage& damage : result.pool_damage)
    if (!damage.replaced) troubles.push_back("damaged in the pool: " + damage.attachment.text());
  if (result.sent && result.sent->trouble)
    troubles.push_back(not_sent(*result.sent, result.set).message());
  return join(troubles, "; ");
}

int run_make(Invocation& invocation) {
  const BackupRequest request = request_of(invocation);
  const BackupResult result = invocation.features().backup(*invocation.progress(), request);
  const int status = status_of(result, request.strict);
  invocation.note_trouble(trouble_of(result));
  if (invocation.output.style().json)
    print_result(invocation.output, result, status);
  else
    show_result(invocation.output, result);
  invocation.features().damage_is_told(result);
  return status;
}

int run_send(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "send");
  const Sent sent = invocation.features().send_backups(*invocation.progress(),
                                                       {.stack = stack,
                                                        .operator_name = operator_of(invocation),
                                                        .wait = wait_of(invocation.arguments)});
  if (sent.trouble) throw not_sent(sent, stack);
  if (invocation.output.style().json) {
    Json json = sent_json(sent);
    json["schema"] = "ballast.backup-send/1";
    json["stack"] = stack;
    json["exit"] = 0;
    invocation.output.json(json);
    return 0;
  }
  for (const Sent::Set& set : sent.sets)
    invocation.output.line(fmt::format("{} {}: {} to {}", stack, set.id,
                                       counted(static_cast<long long>(set.files), "file"),
                                       sent.remote));
  if (sent.sets.empty())
    invocation.output.remark(fmt::format("{} has every set of {} already", sent.remote, stack));
  return 0;
}

Json listed_json(const StoredSet& stored, const std::vector<DrillReport>& drills,
                 const std::optional<std::vector<OffsiteNote>>& offsite) {
  if (!stored.trouble.empty()) return {{"id", stored.id}, {"trouble", stored.trouble}};
  Json json = set_json(stored.set, stored.folder);
  const auto drill = newest_drill(drills, stored.id);
  json["drill"] = drill ? drill_json(*drill) : Json();
  const auto note = offsite ? note_of(*offsite, stored.id) : std::nullopt;
  json["offsite"] = note ? offsite_json(*note) : Json();
  return json;
}

Cell offsite_cell(const std::optional<OffsiteNote>& note, Time now) {
  if (!note) return {"no", Colour::yellow};
  return human_age(std::chrono::duration_cast<Duration>(now - note->at));
}

Cell drill_cell(const std::optional<DrillReport>& drill, Time now) {
  if (!drill) return Cell("never");
  const std::string when = human_age(std::chrono::duration_cast<Duration>(now - drill->at));
  return drill->passed ? Cell("passed " + when) : Cell("failed " + when, Colour::red);
}

using Offsite = std::optional<std::vector<OffsiteNote>>;

std::vector<std::string> listed_titles(const Offsite& offsite) {
  std::vector<std::string> titles{"set",         "kind", "state", "databases",
                                  "attachments", "size", "drill"};
  if (offsite) titles.emplace_back("off-site");
  titles.insert(titles.end(), {"tag", "note"});
  return titles;
}

std::vector<Cell> listed_row(const StoredSet& stored, const std::vector<DrillReport>& drills,
                             const Offsite& offsite, Time now) {
  const bool unreadable = !stored.trouble.empty();
  std::vector<Cell> cells{stored.id};
  if (unreadable) {
    cells.insert(cells.end(), {"?", Cell("unreadable", Colour::red), "", "", "", ""});
  } else {
    cells.insert(
        cells.end(),
        {std::string(text_of(stored.set.kind)),
         stored.set.is_complete() ? Cell("complete") : Cell("incomplete", Colour::red),
         std::to_string(stored.set.databases.size()), std::to_string(stored.set.attachment_count()),
         human_bytes(stored.set.bytes()), drill_cell(newest_drill(drills, stored.id), now)});
  }
  if (offsite) cells.push_back(offsite_cell(note_of(*offsite, stored.id), now));
  cells.emplace_back(stored.set.release.tag);
  cells.emplace_back(unreadable ? stored.trouble : stored.set.note);
  return cells;
}

int run_list(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "list");
  const bool is_remote = invocation.arguments.has("--remote");
  Features& features = invocation.features();
  const auto sets = is_remote ? features.remote_backups(stack) : features.backups(stack);
  const auto drills = features.drills(stack);
  const auto offsite = is_remote ? std::nullopt : features.offsite(stack);
  Output& output = invocation.output;
  if (output.style().json) {
    Json list = Json::array();
    for (const StoredSet& stored : sets) list.push_back(listed_json(stored, drills, offsite));
    output.json(
        {{"schema", "ballast.backup-list/1"}, {"stack", stack}, {"sets", list}, {"exit", 0}});
    return 0;
  }
  if (sets.empty()) {
    output.remark(fmt::format("no backups of {}{}", stack, is_remote ? " on the remote" : ""));
    return 0;
  }
  Table table(listed_titles(offsite));
  for (const StoredSet& stored : sets)
    table.row(listed_row(stored, drills, offsite, invocation.host.clock.now()));
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
  for (const std::string& remark : stored.set.remarks) output.line("  " + printable(remark));
  show_losses(output, stored.set);
  return 0;
}

Json verified_json(const SetVerified& verified) {
  return {{"id", verified.id},           {"good", verified.good()},     {"damage", verified.damage},
          {"unknown", verified.unknown}, {"exposed", verified.exposed}, {"mended", verified.mended},
          {"removed", verified.removed}, {"files", verified.files},     {"bytes", verified.bytes}};
}

void show_exposed(Output& output, const std::vector<std::string>& exposed) {
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < std::min(exposed.size(), shown); ++i)
    output.line(fmt::format("  {}: others may have read or changed it", printable(exposed[i])));
  if (exposed.size() > shown)
    output.line(fmt::format("  and {} more with another owner or mode: see --json",
                            exposed.size() - shown));
}

void show_verified(Output& output, const std::string& stack, const SetVerified& verified) {
  const std::string word = verified.removed           ? output.paint(Colour::yellow, "gone")
                           : !verified.damage.empty() ? output.paint(Colour::red, "damaged")
                           : verified.good()          ? output.paint(Colour::green, "good")
                                                      : output.paint(Colour::yellow, "unknown");
  output.line(fmt::format("{} {}: {}, {} read, {} ({})", stack, verified.id, word,
                          counted(static_cast<long long>(verified.files), "file"),
                          human_bytes(verified.bytes), human_duration(verified.elapsed)));
  for (const std::string& damage : verified.damage) output.line("  " + printable(damage));
  for (const std::string& unknown : verified.unknown) output.line("  " + printable(unknown));
  show_exposed(output, verified.exposed);
  for (const std::string& mended : verified.mended)
    output.line(fmt::format("  {}: copied anew from production", mended));
  if (!verified.mended.empty())
    output.remark(
        fmt::format("  the disk may be failing. See that all is well now: ballast backup "
                    "verify {} --all",
                    stack));
}

// One of several that went meanwhile counts no more; who asked for that one has no answer.
int status_of(const std::vector<SetVerified>& verified) {
  const auto is_settled = [](const SetVerified& one) { return one.good() || one.removed; };
  if (!std::ranges::all_of(verified, is_settled)) return exit_status(Kind::verification);
  const bool is_answered = verified.empty() || std::ranges::any_of(verified, &SetVerified::good);
  return is_answered ? 0 : exit_status(Kind::failed);
}

int run_verify_sets(Invocation& invocation) {
  const std::string stack = second_of(invocation.arguments, "verify");
  const auto verified = invocation.features().verify_backups(*invocation.progress(), stack,
                                                             invocation.arguments.text("set"),
                                                             invocation.arguments.has("--all"));
  const int status = status_of(verified);
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

int run_prune_sets(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  return prune_and_tell(invocation, {.stack = second_of(arguments, "prune"),
                                     .operator_name = operator_of(invocation),
                                     .only_backups = true,
                                     .dry_run = arguments.has("--dry-run"),
                                     .wait = wait_of(arguments)});
}

}  // namespace

constinit const Signature backup_signature{"backup", positionals, options};

int run_backup(Invocation& invocation) {
  const std::string word = invocation.arguments.text("stack");
  if (word == "list") return run_list(invocation);
  if (word == "send") return run_send(invocation);
  if (word == "show") return run_show(invocation);
  if (word == "verify") return run_verify_sets(invocation);
  if (word == "prune") return run_prune_sets(invocation);
  if (word == "export") return run_export(invocation, second_of(invocation.arguments, word));
  if (word == "import") return run_import(invocation, second_of(invocation.arguments, word));
  return run_make(invocation);
}

}  // namespace ballast
