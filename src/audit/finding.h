// What the audit chain tells, and what does not agree with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/audit.h"

namespace ballast {

enum class Tampering { changed, removed, inserted, reordered, cut, recomputed };

struct AuditFinding {
  Tampering what = Tampering::changed;
  std::string place;    // "chain", "operations", "releases", "history", "history.log", "head"
  std::string subject;  // "record 12", "operation 20261125T022707Z-3f9a", "line 7"
  std::string text;     // what is wrong, in words
  std::string says;     // what stands there; empty: nothing
  std::string should;   // what should stand there, as far as it is known
  std::string hint;     // what to do next
};

using AuditFindings = std::vector<AuditFinding>;

std::string_view word_of(Tampering what);

// A published head that the chain still leads to.
struct HeadFound {
  AuditHead head;
  long long later = 0;  // records that came after it
};

struct AuditReport {
  std::size_t records = 0;
  std::optional<AuditHead> head;
  std::vector<HeadFound> heads;
  AuditFindings findings;
  bool knows_history = false;  // what history.log held has entered the chain
  bool lags_only = false;      // history.log only lacks the newest lines
};

}  // namespace ballast
