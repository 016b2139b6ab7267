// Which databases are rehearsed at the same time, given what there is of disk and memory. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/machine.h"
#include "model/policy.h"

namespace ballast {

struct CopyWanted {
  std::string database;
  std::uint64_t size = 0;  // bytes on the server that it was taken from
};

struct RehearsalPlan {
  // Copies that are there at the same time, one group after the other.
  std::vector<std::vector<std::string>> groups;
  std::vector<std::string> too_large;  // not even alone
};

// What one copy may take: as much again for what the upgrade writes.
std::uint64_t room_for_copy(const CopyWanted& wanted);
RehearsalPlan plan_rehearsal(const std::vector<CopyWanted>& wanted, std::uint64_t room);

// Error(refused): less than the policy's gate, or not known.
void require_memory(const std::optional<Memory>& memory, const Policy& policy);

}  // namespace ballast
