// What Ballast's own operations cause, so that nobody is woken for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alarm/mute.h"
#include "host/locks.h"
#include "watch/observed.h"

namespace ballast {

// What a deploy may take longer than others because it upgrades databases: rehearsed, and done.
Duration longest_upgrade(const Observed& observed);

// What is at work on a stack; nullopt: nothing that lives. `upgrades`: as above.
std::optional<OwnWork> own_work(const std::optional<Holder>& operation, const std::string& stack,
                                Time now, Duration upgrades = {});

// "deploy by ken for 2 min"
std::string work_text(const Holder& holder, Time now);

// The same when what is at work explains that alert; else nullopt.
std::optional<std::string> explanation(const std::optional<Holder>& operation,
                                       const AlertName& alert, Time now, Duration upgrades = {});

}  // namespace ballast
