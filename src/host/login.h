// Who is at work: by the login uid, which the kernel keeps across su and sudo.
#pragma once

#include <string>

#include "host/machine.h"

namespace ballast {

struct Login {
  std::string name;  // "uid 1234" when it has none
  unsigned user = 0;
  bool from_kernel = false;  // false: nobody logged in (cron, a service), it is the process's own

  bool operator==(const Login&) const = default;
};

Login login_of_this_process(Machine& machine);
// Of the text of /proc/self/loginuid. Pure but for the name, and for who runs where it tells
// nobody.
Login login_from(std::string_view text, Machine& machine);

}  // namespace ballast
