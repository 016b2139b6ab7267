#include "check/checks.h"

namespace ballast::checks {

Answers engine(const CheckContext& context) {
  const std::optional<Error> trouble = context.engine.trouble();
  if (!trouble) return {passes("answers")};
  return {fails(trouble->message(), trouble->hint())};
}

}  // namespace ballast::checks
