// The certificate that a server shows, whether or not it is believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace ballast {

struct CertificateSeen {
  std::optional<Time> expires;  // nullopt: it was not seen
  std::string trouble;          // why not
};

// A handshake and no request. `connect_to`: "address:port" instead of the URL's host, or empty.
CertificateSeen see_certificate(const std::string& url, const std::string& connect_to,
                                Duration deadline);

// "Nov 25 02:27:07 2027 GMT"
std::optional<Time> parse_certificate_time(std::string_view text);

}  // namespace ballast
