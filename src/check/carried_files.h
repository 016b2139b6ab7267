// The stack's own files as an image carries them, for the gates that stand before their use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.h"

namespace ballast {

// A file of the stack that is not as the last release left it.
struct ChangedByHand {
  std::string name;     // "docker-compose.yml"
  std::string release;  // the tag of that release
};

// A compose file, and what Compose makes of it with everything beside it; empty: not asked.
struct ComparedFile {
  std::string path;
  std::string text;
  std::string resolved;
};

struct CarriedFiles {
  std::string label;  // docker::label_stack of the image
  ComparedFile before;
  ComparedFile after;
  const Policy& policy_before;         // the one that is to hold is the context's own
  std::optional<std::string> example;  // .env.example
  std::vector<ChangedByHand> by_hand;
  std::vector<std::string> accepted;  // words of --accept
};

// "policy" and "changed-by-hand", and those of privilege_kinds(); sorted.
std::vector<std::string> accept_kinds();

// What refuses, unless --accept names it: "port=web:80", or the whole kind.
struct ToAccept {
  std::string_view kind;
  std::string value;
  std::string measured;
  std::string hint;  // what else to do; the word to accept it is added
};
CheckResult judged(const CarriedFiles& files, const ToAccept& finding);
bool was_accepted(const CheckResult& result);

// Error(failed), which becomes `unknown`, where nothing is carried.
const CarriedFiles& required_files(const CheckContext& context);

}  // namespace ballast
