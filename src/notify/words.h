// A message in words: what every channel that people read says of it. Pure.
#pragma once

#include <string>

#include "model/alert.h"

namespace ballast {

// "FIRING Disk Full: shop /srv", "RESOLVED …", "STILL FIRING …", "UNKNOWN …"
std::string subject_of(const Message& message);
// "since 2026-11-25T11:27:07+09:00", "from … to …, for 4 min"
std::string span_of(const Alert& alert);
// All of it, a line each.
std::string plain_text(const Message& message);

}  // namespace ballast
