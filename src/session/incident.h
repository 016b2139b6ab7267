// The page of a session, for the meeting after it: Markdown, secrets masked. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/secrets.h"
#include "model/break_glass.h"
#include "session/comparison.h"

namespace ballast {

struct Incident {
  const BreakGlass& session;
  const std::vector<Recording>& recordings;
  const SessionChanges& comparison;
  const Patches& patches;
  const Secrets& secrets;
  std::string host;
};

std::string incident_page(const Incident& incident);
// The same page, with what is still to do as it is now.
std::string with_to_do(const std::string& page, const BreakGlass& session);

// "`psql -c …` in web", "a shell on the host"
std::string words_of(const Recording& recording);
// "pull request", "review", …
std::string_view follow_up_title(std::string_view name);

}  // namespace ballast
