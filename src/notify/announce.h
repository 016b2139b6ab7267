// What a command tells while it is at work.
#pragma once

#include <string>
#include <vector>

#include "host/host.h"
#include "model/alert.h"
#include "model/paths.h"
#include "notify/delivery.h"

namespace ballast {

// Tries once to send what waits, and is back in about three seconds, whatever hangs. What went
// wrong, in words.
std::vector<std::string> deliver_once(Notifier& notifier);

// Queued for every channel that takes its severity, for all of them where none does; and sent at
// once. Never throws: what went wrong is returned, in words.
std::vector<std::string> announce(Host& host, const Paths& paths, Message message);

}  // namespace ballast
