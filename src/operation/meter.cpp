#include "operation/meter.h"

#include <utility>

namespace ballast {

Meter::Meter(Progress& progress, std::string what, std::uint64_t total)
    : progress_(progress), what_(std::move(what)), total_(total) {
  progress_.bytes(what_, 0, total_);
}

void Meter::add(std::uint64_t bytes) {
  const std::lock_guard guard(mutex_);
  done_ += bytes;
  progress_.bytes(what_, done_, total_);
}

}  // namespace ballast
