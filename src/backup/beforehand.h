// What is looked at before a set is made.
#pragma once

#include <string>

#include "backup/store.h"
#include "live/server.h"

namespace ballast {

// A warning when a set is dated after `id`, the one that begins now; else empty. No set is harmed
// by a wrong clock, but `latest` means the one with the latest date.
std::string clock_warning(const SetStore& store, const std::string& id);

// Error(refused) that says how much is missing: as much is needed as the newest complete set of
// this kind took. New attachments come on top; how many they are is not known yet.
void require_space_for_set(Server& server, const SetStore& store, const std::string& stack,
                           BackupKind kind);

}  // namespace ballast
