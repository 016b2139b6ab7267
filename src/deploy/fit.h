// Whether the databases are still as a good release left them: then its image alone can come back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "live/work.h"
#include "upgrade/fingerprint.h"

namespace ballast {

struct Fit {
  enum class Answer { same, different, unknown } answer = Answer::unknown;
  std::string because;                   // why it is not known
  std::vector<std::string> differences;  // "shop: res_users: column colour gone, theme new"
  std::vector<std::string> remarks;      // on databases that cannot be compared
};

// Pure. `before`: as the release left them.
Fit fit_between(const Fingerprints& before, const Fingerprints& now);

// As kept beside the copies of a release's files. nullopt: it kept none. Error when they cannot be
// read.
std::optional<Fingerprints> recorded_fingerprints(Server& server, const std::string& copies);

// Asks the databases; when they do not answer, it goes by what the release that runs had recorded.
Fit fit_of(Work& work, const std::string& copies);

// Without asking a database. Never an Error: what cannot be read is unknown.
Fit recorded_fit(Server& server, const std::string& copies, const std::string& running);

}  // namespace ballast
