// Counts the bytes of one piece of work and tells them to whoever watches. Many threads may count.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "operation/progress.h"

namespace ballast {

class Meter {
 public:
  // `what`: "copied", "dumped shop"; `total`: 0 when it is not known.
  Meter(Progress& progress, std::string what, std::uint64_t total = 0);

  void add(std::uint64_t bytes);

 private:
  Progress& progress_;
  std::string what_;
  std::uint64_t total_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
};

}  // namespace ballast
