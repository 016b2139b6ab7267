#include "audit/table_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view row_hint =
    "keep a copy of the journal as it is, and ask who had root then; what it should say stands in "
    "the chain: ballast audit list";
constexpr std::string_view older_hint =
    "compare it with a copy of the journal from when the chain began: the first record";
constexpr std::size_t longest_value = 400;

// What a row should be, by its key: the members that the chain names, and the newest record of it.
struct Expected {
  Json row = Json::object();
  long long record = 0;
};
using Table = std::map<Json, Expected>;

struct Tables {
  Table operations;
  Table releases;
  Table history;
  Json beginning;
};

void take(Table& table, std::string_view key, const AuditRecord& record) {
  Expected& expected = table[member(record.content, key)];
  for (const auto& [name, value] : record.content.items())
    if (name != "event") expected.row[name] = value;
  expected.record = record.number;
}

// Until its end is told.
void begin(Table& operations, const AuditRecord& record) {
  operations[member(record.content, "id")].row = {{"state", "running"},
                                                  {"ended", nullptr},
                                                  {"exit_status", 0},
                                                  {"message", ""},
                                                  {"steps", nullptr}};
  take(operations, "id", record);
}

Tables expected_tables(const std::vector<AuditRecord>& records) {
  Tables tables;
  for (const AuditRecord& record : records) {
    const std::string event = text_at(record.content, "event");
    if (!record.content.is_object()) continue;
    if (record.kind == "beginning")
      tables.beginning = record.content;
    else if (record.kind == "history" && event == "line")
      take(tables.history, "number", record);
    else if (record.kind == "operation" && event == "release")
      take(tables.releases, "number", record);
    else if (record.kind == "operation" && event == "begun")
      begin(tables.operations, record);
    else if (record.kind == "operation")
      take(tables.operations, "id", record);
  }
  return tables;
}

std::string value_text(const Json& value) {
  return shortened(printable(value.is_string() ? value.get<std::string>() : json_text(value)),
                   longest_value);
}

// One of the journal's tables.
struct TableName {
  std::string_view table;  // "operations"
  std::string_view row;    // "operation"
  std::string_view key;    // the column that names a row
};

constexpr TableName operations_name{"operations", "operation", "id"};
constexpr TableName releases_name{"releases", "release", "number"};
constexpr TableName history_name{"history", "history row", "number"};

class TableCheck {
 public:
  TableCheck(const TableName& name, const std::vector<Json>& rows, const Table& expected)
      : name_(name), rows_(rows), expected_(expected) {}

  AuditFindings run(const Json& beginning) {
    std::vector<Json> older;
    std::map<Json, const Json*> there;
    for (const Json& row : rows_) {
      const Json& key = member(row, name_.key);
      there.emplace(key, &row);
      const auto found = expected_.find(key);
      if (found == expected_.end())
        older.push_back(row);
      else
        compare(row, found->second);
    }
    for (const auto& [key, expected] : expected_)
      if (!there.contains(key)) add_removed(key, expected);
    check_older(older, parse_audit_digest(text_at(beginning, name_.table)));
    return std::move(findings_);
  }

 private:
  std::string subject_of(const Json& key) const {
    return fmt::format("{} {}", name_.row, value_text(key));
  }

  void add(Tampering what, std::string subject, std::string text, std::string says,
           std::string should, std::string_view hint = row_hint) {
    findings_.push_back({.what = what,
                         .place = std::string(name_.table),
                         .subject = std::move(subject),
                         .text = std::move(text),
                         .says = std::move(says),
                         .should = std::move(should),
                         .hint = std::string(hint)});
  }

  void compare(const Json& row, const Expected& expected) {
    const std::string subject = subject_of(member(row, name_.key));
    for (const auto& [column, should] : expected.row.items()) {
      const Json& says = member(row, column);
      if (says == should) continue;
      add(Tampering::changed, subject,
          fmt::format("`{}` of {} was changed: record {} of the chain says otherwise", column,
                      subject, expected.record),
          value_text(says), value_text(should));
    }
  }

  void add_removed(const Json& key, const Expected& expected) {
    const std::string subject = subject_of(key);
    add(Tampering::removed, subject,
        fmt::format("{} was removed: record {} of the chain tells of it", subject, expected.record),
        {}, value_text(expected.row));
  }

  void add_inserted(const Json& row) {
    const std::string subject = subject_of(member(row, name_.key));
    add(Tampering::inserted, subject,
        fmt::format("{} was inserted, or its records were cut off: no record of the chain tells of "
                    "it",
                    subject),
        value_text(row), {});
  }

  // Rows of which no record tells stood there before the chain: then its first record has their
  // digest.
  void check_older(const std::vector<Json>& older, const std::optional<AuditDigest>& digest) {
    if (!digest) return;
    const AuditDigest now = audit_digest(older);
    if (now == *digest) return;
    if (digest->count == 0) {
      for (const Json& row : older) add_inserted(row);
      return;
    }
    const Tampering what = now.count < digest->count   ? Tampering::removed
                           : now.count > digest->count ? Tampering::inserted
                                                       : Tampering::changed;
    add(what, fmt::format("{} from before the chain", name_.table),
        fmt::format(
            "the {} from before the chain are not those that it took over: something was {}",
            name_.table, word_of(what)),
        now.text(), digest->text(), older_hint);
  }

  const TableName& name_;
  const std::vector<Json>& rows_;
  const Table& expected_;
  AuditFindings findings_;
};

std::string line_of(const Json& row) {
  constexpr auto columns = std::to_array<std::string_view>(
      {"timestamp", "stack", "version", "environment", "status", "operator"});
  std::vector<std::string> fields;
  for (const std::string_view column : columns) fields.push_back(text_at(row, column));
  return join(fields, " | ");
}

}  // namespace

AuditFindings check_tables(const Audited& journal) {
  const Tables tables = expected_tables(journal.records);
  AuditFindings all;
  const auto check = [&](const TableName& name, const std::vector<Json>& rows,
                         const Table& expected) {
    std::ranges::move(TableCheck(name, rows, expected).run(tables.beginning),
                      std::back_inserter(all));
  };
  check(operations_name, journal.operations, tables.operations);
  check(releases_name, journal.releases, tables.releases);
  check(history_name, journal.history, tables.history);
  return all;
}

std::vector<std::string> history_lines(const Audited& journal) {
  std::map<long long, std::string> lines;
  for (const Json& row : journal.history) lines[number_at(row, "number")] = line_of(row);
  const Tables tables = expected_tables(journal.records);
  const auto digest = parse_audit_digest(text_at(tables.beginning, "history"));
  if (digest && digest->count == 0) lines.clear();
  for (const auto& [key, expected] : tables.history)
    lines[number_at(expected.row, "number")] = line_of(expected.row);
  std::vector<std::string> all;
  for (auto& [number, line] : lines) all.push_back(std::move(line));
  return all;
}

}  // namespace ballast
