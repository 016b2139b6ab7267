#include "audit/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "audit/chain_check.h"
#include "audit/history_check.h"
#include "audit/table_check.h"

namespace ballast {

namespace {

constexpr std::uint64_t history_limit = 1u << 30;
// An operation that goes on has its line in the journal a moment before it is in history.log.
constexpr int attempts = 10;
constexpr Duration pause = std::chrono::milliseconds(300);

Journal open_journal(const Paths& paths) {
  if (auto journal = Journal::open_for_reading(paths.journal())) return *std::move(journal);
  throw Error(Kind::failed, fmt::format("there is no journal {} yet", paths.journal()),
              "the first deploy, backup or silence makes it; one that was there has been removed");
}

}  // namespace

AuditReport audit_report(const Audited& journal, const std::string& history,
                         std::span<const AuditHead> heads) {
  const auto& records = journal.records;
  AuditReport report{.records = records.size(), .findings = check_chain(records)};
  if (!records.empty())
    report.head = AuditHead{.number = records.back().number, .hash = records.back().hash};
  for (const AuditHead& head : heads) {
    if (const auto found = find_head(records, head))
      report.heads.push_back(*found);
    else
      report.findings.push_back(head_not_found(records, head));
  }
  std::ranges::move(check_tables(journal), std::back_inserter(report.findings));
  HistoryChecked lines = check_history(journal, history);
  report.knows_history = lines.is_known;
  report.lags_only = report.findings.empty() && lines.lags_only;
  std::ranges::move(lines.findings, std::back_inserter(report.findings));
  return report;
}

// The file first: then the journal has every line of it.
AuditReport verify_audit(Host& host, const Paths& paths, std::span<const AuditHead> heads) {
  AuditReport report;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (attempt > 0) host.clock.sleep(pause);
    const std::string history = host.disk.read(paths.history(), history_limit).value_or("");
    report = audit_report(open_journal(paths).audited(), history, heads);
    if (!report.lags_only) break;
  }
  return report;
}

std::vector<AuditRecord> audit_records(const Paths& paths) {
  return open_journal(paths).audit_records();
}

}  // namespace ballast
