// What the state of a service's container means.
#pragma once

#include "watch/observed.h"

namespace ballast {

// Between two starts, or so young after so many that the next is likely.
bool restarts_in_a_loop(const docker::Container& container, Time now);

// It ended well, and nobody starts it again. `service` has a container.
bool has_done_its_work(const ServiceSeen& service);

}  // namespace ballast
