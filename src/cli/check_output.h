// The three forms in which a round over the alerts is shown.
#pragma once

#include <string>

#include "base/error.h"
#include "base/json.h"
#include "cli/output.h"
#include "watch/round.h"

namespace ballast {

// A table of all, then what to do about each that is not as it should be.
void show_round(Output& output, const RoundReport& report);

// Schema ballast.check/1.
Json round_json(const RoundReport& report, int status);

// As the monitoring plugins guidelines have it: "BALLAST CRITICAL - shop: … | figure=…".
std::string plugin_line(const RoundReport& report);
std::string plugin_line(const std::string& stack, const Error& error);
inline constexpr int plugin_unknown = 3;
int plugin_status(const RoundReport& report);  // 0 ok, 1 warning, 2 critical, 3 unknown

}  // namespace ballast
