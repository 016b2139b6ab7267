// What was judged of the stacks, as the book of alarms takes it. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "alarm/book.h"
#include "model/settings.h"
#include "watch/round.h"

namespace ballast {

std::vector<Watched> watched_of(const std::string& stack, std::span<const AlertLine> lines);
void follow_settings(std::vector<Watched>& watched, const WatchSettings& settings);

// What is of the server, and not of the stack through which it was seen, is there once: the worst
// of what was found.
std::vector<Watched> server_wide_once(std::vector<Watched> watched);

// The Docker Engine itself: what it does not answer explains what cannot be known of the stacks.
Watched engine_watched(const std::string& trouble);
// A stack whose files cannot be read; empty: they can.
Watched files_watched(const std::string& stack, const std::string& trouble);

}  // namespace ballast
