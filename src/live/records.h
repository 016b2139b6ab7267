// history.log and last_good_sha follow the journal; older files are taken over as they are.
#pragma once

#include <string>
#include <vector>

#include "journal/journal.h"
#include "live/server.h"
#include "live/stack.h"

namespace ballast {

// Appends to history.log what the journal has and the file lacks (a line that a power cut tore is
// completed), and writes last_good_sha of every stack where it differs from the journal's newest
// good release; what an earlier write of it left goes. The first time, what history.log holds
// enters the audit chain as a digest.
void sync_records(Server& server, Journal& journal);

// What a last_good_sha says that an older tool left; nullopt: there is none. Asks the engine for
// the image.
std::optional<ReleaseRecord> release_to_take_over(Server& server, const Stack& stack);
// It becomes the journal's first good release of the stack.
void take_over_records(Server& server, Journal& journal, const Stack& stack);

// A kill between a temporary file's making and its rename leaves `.<name>.ballast-XXXXXX` behind:
// what was being written in the stack's folder or the release's copies never counted. Only while
// the stack's lock is held.
void remove_torn_writes(Server& server, const std::string& stack);
bool is_torn_write(std::string_view name);

// The moment in UTC, and four hex digits from its milliseconds, so that ids sort by time:
// 20261125T022707Z-3f9a. What is left of them is random.
std::string operation_id(Time time, unsigned random);
std::string new_operation_id(Host& host);

}  // namespace ballast
