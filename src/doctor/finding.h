// What one weakness shows of itself at one place.
#pragma once

#include <string>
#include <vector>

namespace ballast::doctor {

struct Finding {
  std::string subject;  // "/srv/stacks/shop/docker-compose.yml:12", "web"
  std::string what;
  std::string mend;         // the command to type or the lines to write; may be several lines
  bool is_unknown = false;  // it could not be looked at; `what` says why
};
using Findings = std::vector<Finding>;

inline Finding not_known(std::string subject, std::string why, std::string mend = {}) {
  return {.subject = std::move(subject),
          .what = std::move(why),
          .mend = std::move(mend),
          .is_unknown = true};
}

}  // namespace ballast::doctor
