#include <fmt/format.h>

#include "base/text.h"
#include "check/carried_files.h"
#include "check/checks.h"

namespace ballast::checks {

Answers files_label(const CheckContext& context) {
  const std::string& label = required_files(context).label;
  const std::string name(docker::label_stack);
  if (label == context.stack) return {passes("the image is made for this stack", name)};
  return {fails(label.empty() ? "the image has no such label"
                              : fmt::format("the image is made for the stack {}", printable(label)),
                fmt::format("build it with `LABEL {}={}`", name, context.stack), name)};
}

}  // namespace ballast::checks
