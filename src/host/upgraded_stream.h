// A question over HTTP to a Unix socket whose answer is a stream of bytes both ways, as the engine
// gives it for what runs under a terminal.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/time.h"
#include "host/descriptor.h"

namespace ballast {

struct Upgraded {
  int status = 0;     // of HTTP
  std::string body;   // where it refuses
  Descriptor stream;  // never blocks; none where it refuses
};

// nullopt when nobody listens there. Error(failed) when it may not be asked, or does not answer in
// time.
std::optional<Upgraded> upgrade_local(const std::string& unix_socket, const std::string& path,
                                      const Json& body, Duration deadline);

}  // namespace ballast
