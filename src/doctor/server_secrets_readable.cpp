#include <algorithm>
#include <iterator>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings server_secrets_readable(const ServerSeen& server) {
  Findings findings = server.secrets.unreadable;
  std::ranges::move(readable_secrets(server.secrets.found), std::back_inserter(findings));
  return findings;
}

}  // namespace ballast::doctor
