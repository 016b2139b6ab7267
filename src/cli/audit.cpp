#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto actions = std::to_array<std::string_view>({"export", "list", "verify"});
constexpr auto kinds = std::to_array<std::string_view>(
    {"beginning", "drift", "gate", "history", "install", "operation", "session", "silence"});

constexpr auto positionals = std::to_array<Positional>({
    {.name = "action", .description = "verify, list or export", .choices = actions},
});

constexpr auto options = std::to_array<Option>({
    {.name = "--head",
     .value = "HEAD",
     .description = "with verify: a head that was published; may be given again",
     .repeatable = true},
    {.name = "--stack",
     .value = "STACK",
     .description = "with list: only records of this stack",
     .completes = Completes::stacks},
    {.name = "--kind",
     .value = "KIND",
     .description = "with list: only beginning, drift, gate, history, install, operation, session "
                    "or silence"},
    since_option,
    limit_option,
    json_option,
});

void refuse_words_of_list(const Arguments& arguments, std::string_view action) {
  for (const char* word : {"--stack", "--kind", "--since", "--limit"})
    if (arguments.has(word))
      throw Error(Kind::usage, fmt::format("{} does not go with {}", word, action),
                  fmt::format("usage: ballast audit {}", action));
}

void refuse_heads(const Arguments& arguments, std::string_view action) {
  if (arguments.has("--head"))
    throw Error(Kind::usage, fmt::format("--head does not go with {}", action),
                "usage: ballast audit verify --head HEAD");
}

Json head_json(const std::optional<AuditHead>& head) { return head ? audit_json(*head) : Json(); }

// --- verify ---

std::vector<AuditHead> heads_of(const Arguments& arguments) {
  std::vector<AuditHead> heads;
  for (const std::string& word : arguments.values("--head")) {
    const auto head = parse_audit_head(word);
    if (!head)
      throw Error(Kind::usage, fmt::format("--head `{}` is not a head", printable(word)),
                  "all of it, as it stands in a notification or in a set's manifest: a number, a "
                  "colon and 64 hex digits, or the digits alone");
    heads.push_back(*head);
  }
  return heads;
}

Json finding_json(const AuditFinding& finding) {
  return {{"kind", word_of(finding.what)},
          {"place", finding.place},
          {"subject", finding.subject},
          {"text", finding.text},
          {"says", text_or_null(finding.says)},
          {"should", text_or_null(finding.should)},
          {"hint", finding.hint}};
}

Json report_json(const AuditReport& report, int status) {
  Json heads = Json::array();
  for (const HeadFound& found : report.heads) {
    Json head = audit_json(found.head);
    head["later"] = found.later;
    heads.push_back(head);
  }
  Json findings = Json::array();
  for (const AuditFinding& finding : report.findings) findings.push_back(finding_json(finding));
  return {{"schema", "ballast.audit-verify/1"},
          {"records", report.records},
          {"head", head_json(report.head)},
          {"heads", heads},
          {"history_log", report.knows_history},
          {"findings", findings},
          {"exit", status}};
}

std::string records_text(std::size_t count) {
  return counted(static_cast<long long>(count), "record");
}

void show_finding(Output& output, const AuditFinding& finding) {
  output.line(fmt::format("{} in {}: {}", output.paint(Colour::red, word_of(finding.what)),
                          finding.place, printable(finding.text)));
  if (!finding.says.empty()) output.line("  it says       " + printable(finding.says));
  if (!finding.should.empty()) output.line("  it should say " + printable(finding.should));
}

// What is to do is said once for all findings of which it is true.
void show_hints(Output& output, const AuditFindings& findings) {
  std::vector<std::string> told;
  for (const AuditFinding& finding : findings) {
    if (std::ranges::find(told, finding.hint) != told.end()) continue;
    told.push_back(finding.hint);
    output.line(fmt::format("to do ({}): {}", finding.place, finding.hint));
  }
}

void show(Output& output, const AuditReport& report) {
  output.line(fmt::format("{}, the head is {}", records_text(report.records),
                          report.head ? report.head->text() : "none"));
  for (const HeadFound& found : report.heads)
    output.line(fmt::format("record {} has the hash that was published; {} came after it",
                            found.head.number,
                            records_text(static_cast<std::size_t>(found.later))));
  if (!report.knows_history)
    output.remark(
        "history.log is not yet in the chain: the next deploy, or `ballast recover`, takes it in");
  for (const AuditFinding& finding : report.findings) show_finding(output, finding);
  if (report.findings.empty())
    output.line(output.paint(Colour::green, "nothing was changed, removed, inserted or reordered"));
  show_hints(output, report.findings);
  if (report.findings.empty() && report.heads.empty())
    output.remark(
        "whether the newest were cut off or all was computed anew only a published head "
        "tells: --head HEAD");
}

int run_audit_verify(Invocation& invocation) {
  refuse_words_of_list(invocation.arguments, "verify");
  const AuditReport report = invocation.features().verify_audit(heads_of(invocation.arguments));
  const int status = report.findings.empty() ? 0 : exit_status(Kind::verification);
  if (status != 0)
    invocation.note_trouble(fmt::format("the audit chain: {}", report.findings.front().text));
  if (invocation.output.style().json)
    invocation.output.json(report_json(report, status));
  else
    show(invocation.output, report);
  return status;
}

// --- list, export ---

Json records_json(const std::vector<AuditRecord>& records, const std::optional<AuditHead>& head) {
  Json list = Json::array();
  for (const AuditRecord& record : records) list.push_back(audit_json(record));
  return {{"schema", "ballast.audit/1"}, {"head", head_json(head)}, {"records", list}, {"exit", 0}};
}

std::optional<AuditHead> head_of(const std::vector<AuditRecord>& records) {
  if (records.empty()) return std::nullopt;
  return AuditHead{.number = records.back().number, .hash = records.back().hash};
}

int run_audit_export(Invocation& invocation) {
  refuse_words_of_list(invocation.arguments, "export");
  refuse_heads(invocation.arguments, "export");
  const auto records = invocation.features().audit_records();
  invocation.output.json(records_json(records, head_of(records)));
  return 0;
}

std::string kind_of(const Arguments& arguments) {
  const std::string kind = arguments.text("--kind");
  if (kind.empty() || std::ranges::find(kinds, kind) != kinds.end()) return kind;
  const auto near = nearest(kind, {kinds.begin(), kinds.end()});
  throw Error(Kind::usage, fmt::format("no kind of record `{}`", printable(kind)),
              near ? fmt::format("did you mean `{}`?", *near)
                   : "kinds: " + join({kinds.begin(), kinds.end()}, ", "));
}

std::vector<AuditRecord> wanted_of(Invocation& invocation, std::vector<AuditRecord> records) {
  const Arguments& arguments = invocation.arguments;
  const std::string kind = kind_of(arguments);
  const std::string stack = arguments.text("--stack");
  const auto since = since_of(invocation);
  const std::size_t limit = limit_of(arguments);
  std::erase_if(records, [&](const AuditRecord& record) {
    return (!kind.empty() && record.kind != kind) || (!stack.empty() && record.stack != stack) ||
           (since && record.at < *since);
  });
  if (limit != 0 && records.size() > limit)
    records.erase(records.begin(), records.end() - static_cast<std::ptrdiff_t>(limit));
  return records;
}

// What is told in columns of its own, or says nothing to a person.
bool is_left_out(std::string_view name) {
  constexpr auto names = std::to_array<std::string_view>(
      {"event", "stack", "operator", "plan", "process", "boot", "steps", "copies", "number"});
  return std::ranges::find(names, name) != names.end();
}

std::string content_text(const Json& content) {
  if (!content.is_object()) return json_text(content);
  std::string text = text_at(content, "event");
  for (const auto& [name, value] : content.items()) {
    if (is_left_out(name) || value.is_null() || value == Json("")) continue;
    if (!text.empty()) text += " ";
    text +=
        fmt::format("{}={}", name,
                    value.is_string() ? shell_quoted(value.get<std::string>()) : json_text(value));
  }
  return text;
}

void show(Output& output, const std::vector<AuditRecord>& records) {
  if (records.empty()) output.note("nothing is recorded that matches");
  Table table({"NUMBER", "TIME", "KIND", "STACK", "WHO", "WHAT"});
  for (const AuditRecord& record : records)
    table.row({std::to_string(record.number), iso_local(record.at), record.kind, record.stack,
               record.who, content_text(record.content)});
  if (!table.empty()) table.print(output);
}

int run_audit_list(Invocation& invocation) {
  refuse_heads(invocation.arguments, "list");
  const auto records = invocation.features().audit_records();
  const auto wanted = wanted_of(invocation, records);
  if (invocation.output.style().json)
    invocation.output.json(records_json(wanted, head_of(records)));
  else
    show(invocation.output, wanted);
  return 0;
}

}  // namespace

constinit const Signature audit_signature{"audit", positionals, options};

int run_audit(Invocation& invocation) {
  const std::string action =
      require_choice(positionals.front(), invocation.arguments.text("action"));
  if (action == "verify") return run_audit_verify(invocation);
  return action == "list" ? run_audit_list(invocation) : run_audit_export(invocation);
}

}  // namespace ballast
