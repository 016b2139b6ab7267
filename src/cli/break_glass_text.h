// How break-glass sessions are shown.
#pragma once

#include "cli/features.h"
#include "cli/output.h"

namespace ballast {

Json session_json(const SessionReport& report, Time now);
void print_sessions(Output& output, const std::vector<SessionReport>& sessions, Time now);
void print_session(Output& output, const SessionReport& report, Time now);
// What was found changed; nothing where nothing was compared.
void print_changes(Output& output, const Json& changes);
void print_to_do(Output& output, const BreakGlass& session);

}  // namespace ballast
