// Files that lock people out when they are wrong: asked of the programs that read them.
#pragma once

#include <optional>
#include <string>

#include "host/processes.h"
#include "install/plan.h"

namespace ballast {

class FileProof {
 public:
  FileProof(Processes& processes, const InstallPart& file) : processes_(processes), file_(file) {}

  // What speaks against putting it in place; nullopt: nothing.
  std::optional<std::string> before();
  // What speaks against leaving it there.
  std::optional<std::string> after();
  // Why it could not be asked.
  const std::string& unknown() const { return unknown_; }

 private:
  std::optional<std::string> sshd_complaint();
  Processes& processes_;
  const InstallPart& file_;
  std::string unknown_;
};

}  // namespace ballast
