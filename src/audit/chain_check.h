// The chain by itself: every record has the hash of what stands in it, and follows the one before.
// Pure.
#pragma once

#include <vector>

#include "audit/finding.h"

namespace ballast {

// `records` by number, as they stand there.
AuditFindings check_chain(const std::vector<AuditRecord>& records);

// Where a head that was published stands in the chain: the record, or why there is none.
std::optional<HeadFound> find_head(const std::vector<AuditRecord>& records, const AuditHead& head);
AuditFinding head_not_found(const std::vector<AuditRecord>& records, const AuditHead& head);

// "operation begun, shop, by ken, 2026-11-25T11:27:07+09:00"
std::string record_text(const AuditRecord& record);

}  // namespace ballast
