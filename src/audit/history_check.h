// history.log, line by line, against the chain. Pure.
#pragma once

#include "audit/finding.h"
#include "journal/journal.h"

namespace ballast {

struct HistoryChecked {
  bool is_known = false;  // what the file held has entered the chain
  AuditFindings findings;
  // Nothing but the newest lines is missing: they may just be being written.
  bool lags_only = false;
};

HistoryChecked check_history(const Audited& journal, const std::string& file);

}  // namespace ballast
