// The tag that is set is the tag that is read, no other byte changes, and the way back is exact.
#include "model/env_file.h"

#include "base/error.h"
#include "require.h"

namespace ballast {
namespace {

constexpr std::string_view name = "ODOO_TAG";
constexpr std::string_view next_tag = "sha-0123456";

void check_tag(const EnvFile& env) {
  const std::string tag = env.tag(name);
  require(env.value(name) == tag);
  const EnvFile changed(".env", env.with_tag(name, next_tag));
  require(changed.tag(name) == next_tag);
  require(changed.with_tag(name, next_tag) == changed.text());
  require(changed.with_tag(name, tag) == env.text());
  require(changed.values().size() == env.values().size());
}

void check(std::string_view text) {
  const EnvFile env(".env", std::string(text));
  require(env.text() == text);
  check_tag(env);
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ballast::check(ballast::fuzz_text(data, size));
  } catch (const ballast::Error& error) {
    ballast::require(error.kind() == ballast::Kind::refused && !error.message().empty());
  }
  return 0;
}
