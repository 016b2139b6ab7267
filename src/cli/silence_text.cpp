#include "cli/silence_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "model/alerts.h"

namespace ballast {

std::string silenced_text(const AlertSilence& silence) {
  const AlertKind* kind = find_alert(silence.rule);
  const std::string alert = kind != nullptr ? std::string(kind->title) : silence.rule;
  return fmt::format(
      "{} of {}", alert.empty() ? "every alert" : printable(alert),
      silence.stack.empty() ? "every stack and the server" : printable(silence.stack));
}

}  // namespace ballast
