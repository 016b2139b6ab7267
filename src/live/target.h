// Where a release is asked: the address that users' traffic takes, never from inside the container.
#pragma once

#include "check/check.h"
#include "live/stack.h"

namespace ballast {

// Published port, or the policy's `url` and `host` where a router stands in front; the container's
// own address only as a last resort, and said so in `how`.
Target page_target(const Stack& stack, const docker::Container& container);
// With where its websocket traffic goes, which may take a look into the container.
Target live_target(Server& server, const Stack& stack, const docker::Container& container);
// A candidate has no published ports: its own address on the stack's network, from the host.
Target candidate_target(Server& server, const Stack& stack, const docker::Container& container);

// A throw-away copy is asked from inside its own network, on loopback.
Target copy_target(Server& server, const Stack& stack, const docker::Container& container);

// What a check of this release is told; its target, databases and image are for who knows them.
CheckContext context_of(Server& server, const Stack& stack, const std::string& tag);

// Odoo listens on its second port only with workers; read from the container's command line, else
// from its configuration file. nullopt when neither tells.
std::optional<int> configured_workers(Server& server, const docker::Container& container);

}  // namespace ballast
