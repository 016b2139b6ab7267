// flock on files that are never deleted and that name their holder. The descriptor can be inherited
// by children, so that what outlives Ballast still holds the stack.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"

namespace ballast {

// What a lock file says of its holder; one JSON object in the file.
struct Holder {
  std::string operation;  // "deploy"
  std::string operator_name;
  long long pid = 0;
  Time since{};
  bool alive = false;  // the process `pid` still runs; if not, a child of it holds the lock
};

class Lock {
 public:
  virtual ~Lock() = default;  // releases
  virtual int descriptor() const = 0;
};

class Locks {
 public:
  virtual ~Locks() = default;
  // The lock, or who holds it. Parent folders are made. Never waits.
  virtual std::variant<std::unique_ptr<Lock>, Holder> acquire(const std::string& path,
                                                              const Holder& self) = 0;
  // The holder, when somebody holds it.
  virtual std::optional<Holder> held(const std::string& path) = 0;
  // Pids of the processes that hold the file open with a lock, other than this one (from /proc).
  virtual std::vector<long long> holders(const std::string& path) = 0;
};

}  // namespace ballast
