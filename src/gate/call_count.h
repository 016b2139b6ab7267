// How often each key called, kept in the journal for as long as a rate may ask.
#pragma once

#include <string>

#include "base/time.h"
#include "journal/journal.h"

namespace ballast {

int calls_within(const Journal& journal, const std::string& key, Time now, Duration within);
void count_call(Journal& journal, const std::string& key, Time now);

}  // namespace ballast
