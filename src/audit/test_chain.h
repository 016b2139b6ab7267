// For tests: a journal and a history.log that agree with their chain, to be tampered with.
#pragma once

#include <string>
#include <vector>

#include "journal/journal.h"
#include "model/history.h"

namespace ballast {

class TestChain {
 public:
  TestChain() {
    const std::string none = audit_digest({}).text();
    append("beginning",
           {{"schema", 0}, {"operations", none}, {"releases", none}, {"history", none}});
    append("history", history_file_content(""));
  }

  const AuditRecord& append(const std::string& kind, Json content) {
    auto& records = journal.records;
    const auto head = records.empty()
                          ? std::nullopt
                          : std::optional(AuditHead{records.back().number, records.back().hash});
    records.push_back(next_audit_record(head, {.kind = kind,
                                               .stack = "shop",
                                               .who = "ken",
                                               .content = std::move(content),
                                               .at = Time(Duration(1'795'573'627'000))}));
    return records.back();
  }

  // One that begins, ends, and leaves a line and a release.
  void operate(const std::string& id, const std::string& tag) {
    Json row{{"id", id}, {"kind", "deploy"}, {"request", {{"tag", tag}}}};
    append("operation", event("begun", row));
    const Json end{{"id", id},         {"state", "finished"}, {"ended", 7},
                   {"exit_status", 0}, {"message", "done"},   {"steps", "0 sha256:x"}};
    const auto number = static_cast<long long>(journal.history.size()) + 1;
    Json line{{"number", number}, {"timestamp", "2026-11-25"}, {"stack", "shop"},
              {"version", tag},   {"environment", "prod"},     {"status", "success"},
              {"operator", "ken"}};
    append("history", event("line", line));
    Json release{{"number", number}, {"id", id}, {"tag", tag}, {"outcome", "good"}};
    append("operation", event("release", release));
    append("operation", event("ended", end));
    row.update(end);
    journal.operations.push_back(std::move(row));
    journal.releases.push_back(std::move(release));
    history += "2026-11-25 | shop | " + tag + " | prod | success | ken\n";
    journal.history.push_back(std::move(line));
  }

  // As root would who knows how it is done: every hash from there on is made anew.
  void recompute(std::size_t from) {
    auto& records = journal.records;
    for (std::size_t index = from; index < records.size(); ++index) {
      records[index].number = static_cast<long long>(index) + 1;
      if (index > 0) records[index].previous = records[index - 1].hash;
      records[index].hash = audit_hash(records[index]);
    }
  }
  // The numbers without a gap again, the hashes as they were.
  void renumber() {
    long long number = 0;
    for (AuditRecord& record : journal.records) record.number = ++number;
  }
  AuditHead head() const { return {journal.records.back().number, journal.records.back().hash}; }

  Audited journal;
  std::string history;

 private:
  static Json event(const std::string& name, const Json& row) {
    Json content{{"event", name}};
    content.update(row);
    return content;
  }
};

}  // namespace ballast
