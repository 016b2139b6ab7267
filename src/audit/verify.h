// Holds the journal and history.log against the audit chain.
#pragma once

#include <span>

#include "audit/finding.h"
#include "host/host.h"
#include "journal/journal.h"
#include "model/paths.h"

namespace ballast {

// Pure.
AuditReport audit_report(const Audited& journal, const std::string& history,
                         std::span<const AuditHead> heads);

// As they stand there now. Error(failed) when there is no journal, or it cannot be read.
AuditReport verify_audit(Host& host, const Paths& paths, std::span<const AuditHead> heads);
std::vector<AuditRecord> audit_records(const Paths& paths);

}  // namespace ballast
