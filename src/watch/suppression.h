// What Ballast's own operations cause, so that nobody is woken for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alarm/mute.h"
#include "host/locks.h"

namespace ballast {

// What is at work on a stack; nullopt: nothing that lives.
std::optional<OwnWork> own_work(const std::optional<Holder>& operation, const std::string& stack,
                                Time now);

// "deploy by ken for 2 min"
std::string work_text(const Holder& holder, Time now);

// The same when what is at work explains that alert; else nullopt.
std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       const AlertName& alert, Time now);

}  // namespace ballast
