// What root finds out of a caller by itself: from the kernel, and from what sshd handed to the
// process.
#pragma once

#include <string>

#include "gate/identity.h"
#include "host/disk.h"
#include "host/local_server.h"

namespace ballast {

// Of the process at the other end of the gate's socket.
GateCall call_from(Disk& disk, const Caller& caller, std::string named_key, std::string command);

// Of the process that ran sudo, which became this one: `pid` is our own, `user` who ran it; 0: root
// did without sudo. The key is named by the command line of the one that ran it.
GateCall call_through_sudo(Disk& disk, long long pid, unsigned user, std::string named_key,
                           std::string command);

}  // namespace ballast
