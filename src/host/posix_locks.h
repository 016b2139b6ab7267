#pragma once

#include "host/locks.h"

namespace ballast {

class PosixLocks : public Locks {
 public:
  std::variant<std::unique_ptr<Lock>, Holder> acquire(const std::string& path,
                                                      const Holder& self) override;
  std::optional<Holder> held(const std::string& path) override;
  std::vector<long long> holders(const std::string& path) override;
};

}  // namespace ballast
