#include "cli/backup_zip.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/shared_options.h"

namespace ballast {

namespace {

constexpr std::size_t shown_losses = 10;

std::string whole_path(Invocation& invocation, const std::string& path) {
  if (path.starts_with('/')) return path;
  return invocation.host.machine.working_directory() + "/" + path;
}

std::string one_database(const Arguments& arguments) {
  const auto names = arguments.values("--database");
  if (names.size() > 1)
    throw Error(Kind::usage, "an archive holds one database", "give --database once");
  return names.empty() ? "" : names.front();
}

ExportRequest export_request(Invocation& invocation, const std::string& stack) {
  const Arguments& arguments = invocation.arguments;
  if (!arguments.has("--odoo-zip"))
    throw Error(Kind::usage, "no file to write was given",
                fmt::format("usage: ballast backup export {} [SET] --odoo-zip FILE", stack));
  return {.stack = stack,
          .set = arguments.has("set") ? arguments.text("set") : "latest",
          .database = one_database(arguments),
          .file = whole_path(invocation, arguments.text("--odoo-zip")),
          .operator_name = operator_of(invocation),
          .wait = wait_of(arguments)};
}

Json export_json(const ExportResult& result, const std::string& stack) {
  return {{"schema", "ballast.backup-export/1"},
          {"operation", result.operation},
          {"stack", stack},
          {"set", result.set},
          {"database", result.database},
          {"file", result.file},
          {"bytes", result.written.size},
          {"sha256", result.written.sha256},
          {"version", result.series},
          {"modules", result.modules},
          {"attachments", result.attachments},
          {"lost_in_production", result.lost},
          {"seconds", static_cast<double>(result.elapsed.count()) / 1000},
          {"exit", 0}};
}

ImportRequest import_request(Invocation& invocation, const std::string& stack) {
  const Arguments& arguments = invocation.arguments;
  if (!arguments.has("set"))
    throw Error(Kind::usage, "no file to import was given",
                fmt::format("usage: ballast backup import {} FILE [--as NAME]", stack));
  return {.stack = stack,
          .file = whole_path(invocation, arguments.text("set")),
          .as = arguments.text("--as"),
          .live = arguments.has("--live"),
          .operator_name = operator_of(invocation),
          .wait = wait_of(arguments)};
}

Json import_json(const ImportResult& result, const std::string& stack, int status) {
  Json lost = Json::array();
  for (const Damage& damage : result.damage)
    lost.push_back({{"attachment", damage.attachment}, {"what", damage.what}});
  return {{"schema", "ballast.backup-import/1"},
          {"operation", result.operation},
          {"stack", stack},
          {"file", result.file},
          {"database", result.database},
          {"neutralised", result.neutralised},
          {"attachments", result.attachments},
          {"lost_in_production", lost},
          {"seconds", static_cast<double>(result.elapsed.count()) / 1000},
          {"exit", status}};
}

void show_imported(Output& output, const ImportResult& result, const std::string& stack) {
  output.line(fmt::format("{}: {} is there, {}, {} ({})", stack, printable(result.database),
                          result.neutralised ? "neutralised" : "with its mail and jobs",
                          counted(static_cast<long long>(result.attachments), "attachment"),
                          human_duration(result.elapsed)));
  for (std::size_t i = 0; i < std::min(result.damage.size(), shown_losses); ++i)
    output.line(fmt::format("  {} in the archive: {}", result.damage[i].what,
                            printable(result.damage[i].attachment)));
  if (result.damage.size() > shown_losses)
    output.line(fmt::format("  and {} more", result.damage.size() - shown_losses));
}

}  // namespace

int run_export(Invocation& invocation, const std::string& stack) {
  const ExportRequest request = export_request(invocation, stack);
  const ExportResult result =
      invocation.features().export_odoo_zip(*invocation.progress(), request);
  Output& output = invocation.output;
  if (output.style().json) {
    output.json(export_json(result, stack));
    return 0;
  }
  output.line(fmt::format("{}: {} of {} is in {}, Odoo {}, {}, {} ({})", stack,
                          printable(result.database), result.set, printable(result.file),
                          result.series,
                          counted(static_cast<long long>(result.attachments), "attachment"),
                          human_bytes(result.written.size), human_duration(result.elapsed)));
  if (result.lost > 0)
    output.line(fmt::format("  without {} that production had lost: ballast backup show {} {}",
                            counted(static_cast<long long>(result.lost), "attachment"), stack,
                            result.set));
  return 0;
}

int run_import(Invocation& invocation, const std::string& stack) {
  const bool strict = invocation.arguments.has("--strict");
  const ImportResult result = invocation.features().import_odoo_zip(
      *invocation.progress(), import_request(invocation, stack));
  const int status = strict && !result.damage.empty() ? exit_status(Kind::incomplete) : 0;
  if (invocation.output.style().json)
    invocation.output.json(import_json(result, stack, status));
  else
    show_imported(invocation.output, result, stack);
  return status;
}

}  // namespace ballast
