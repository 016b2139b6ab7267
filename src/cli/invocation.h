// One run of one command: its words, and what it works with.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "cli/arguments.h"
#include "cli/features.h"
#include "cli/output.h"
#include "host/host.h"

namespace ballast {

class Invocation {
 public:
  Invocation(Host& host, Output& output, const Arguments& arguments, const MakeFeatures& make);

  Host& host;
  Output& output;
  const Arguments& arguments;

  // --root, else BALLAST_ROOT, else "/". Error(usage) when it is not an absolute, existing folder.
  std::string root();
  // From now on it is this one, whatever the words and the environment say.
  void stand_on(std::string root) { fixed_root_ = std::move(root); }
  // Made at the first call, so that help and completion work on a server whose settings are wrong.
  Features& features();
  // Drawn on stderr as the terminal and the options want it.
  std::unique_ptr<Progress> progress();

  // What its answer lacks, for those who are told of it: a command may end badly without an error.
  void note_trouble(std::string trouble) { trouble_ = std::move(trouble); }
  const std::string& trouble() const { return trouble_; }

 private:
  const MakeFeatures& make_;
  std::unique_ptr<Features> features_;
  std::string fixed_root_;
  std::string trouble_;
};

}  // namespace ballast
