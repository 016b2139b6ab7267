// What was done by hand, or is not as it was deployed.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "host/logged_in.h"

namespace ballast {

struct DriftFinding {
  std::string what;              // "restarted", "env", "files": see docs/formats.md
  std::string subject;           // a service, or a file of the stack
  std::string text;              // "web: docker exec: sh -c …", for people; no secrets in it
  Time at{};                     // when it was done, or was found
  bool changes_release = false;  // what runs is not what was released any more
  bool replaces = false;         // a container of the service
  bool concerns_files = false;   // of the release's container: whether is to be looked at
  std::string key;               // what is found again is not told again; empty: a deed
};

// Who was there at that moment: of one deed nobody knows more.
std::string author_text(const std::vector<LoggedIn>& users);  // "ken (pts/0 from 192.0.2.7)"
Json author_json(const std::vector<LoggedIn>& users);

// As the audit chain holds it.
Json finding_json(const DriftFinding& finding, const std::vector<LoggedIn>& users);

}  // namespace ballast
