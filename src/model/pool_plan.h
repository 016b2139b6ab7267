// Which files of a stack's pool may go: those that no set names and that are old enough.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "model/attachments.h"

namespace ballast {

// A backup that is running names its files only when it ends; this long it has for it.
inline constexpr Duration default_pool_safety = std::chrono::hours(48);

// 32 bytes, since a pool has millions of them.
struct PoolFile {
  AttachmentName name;
  std::uint32_t modified = 0;  // when it entered the pool, or was found there: seconds since 1970
  std::uint64_t size = 0;
};

// Takes the sets' lists one after the other, or in pieces, so that only the pool itself is held in
// memory (or one of its 256 folders).
class PoolPlan {
 public:
  // `files` sorted by name, each once; they must outlive the plan.
  explicit PoolPlan(std::span<const PoolFile> files);

  // What a set names. Sorted names are found in one pass; any other order is only slower. Returns
  // those that the pool lacks.
  std::vector<AttachmentName> keep(std::span<const AttachmentName> names);

  // In the pool's order. A file dated after `now` stays.
  std::vector<PoolFile> removable(Time now, Duration safety = default_pool_safety) const;

 private:
  std::size_t find(const AttachmentName& name) const;

  std::span<const PoolFile> files_;
  std::vector<bool> named_;
  std::size_t position_ = 0;  // behind what was found last
};

}  // namespace ballast
