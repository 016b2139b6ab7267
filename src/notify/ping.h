// Pings in the manner of healthchecks.io, for who must notice that nothing happens any more: a job
// that did not run, a daemon that is gone. Pure.
#pragma once

#include <string>
#include <string_view>

#include "host/http.h"

namespace ballast {

enum class PingKind { start, success, fail };

// "https://hc-ping.com/<ping key>" and the job's name: the check is made when it is not there yet.
// `run` is of the operation, so that the start and the end of one run are known to belong together;
// `body` is what people read there, no logs.
HttpRequest ping_request(const std::string& base, std::string_view job, PingKind kind,
                         std::string_view run, const std::string& body = {});

// What may stand in a name there: "shop-backup-daily".
std::string ping_slug(std::string_view job);

}  // namespace ballast
