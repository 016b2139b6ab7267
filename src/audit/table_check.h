// The rows of the journal against what the chain says of them. Pure.
#pragma once

#include "audit/finding.h"
#include "journal/journal.h"

namespace ballast {

AuditFindings check_tables(const Audited& journal);

// The lines that history.log should have got, in order: as the chain has them, and from before the
// chain as the journal has them.
std::vector<std::string> history_lines(const Audited& journal);

}  // namespace ballast
