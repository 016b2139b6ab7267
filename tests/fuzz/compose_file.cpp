// Any text is either read or refused by an Error(usage); what is read can be inferred from and
// expanded.
#include "model/compose_file.h"

#include "base/error.h"
#include "model/policy.h"
#include "require.h"

namespace ballast {
namespace {

void check_service(const ComposeFile& compose, const ComposeService& service) {
  require(compose.service(service.name) != nullptr);
  require(service.line > 0);
  for (const auto& [name, value] : service.environment) expand_variables(value, {{"A", "b"}});
}

void check_variables(const ComposeFile& compose) {
  for (const ComposeVariable& variable : compose.variables) {
    require(!variable.name.empty() && variable.line > 0);
    require(expand_variables("${" + variable.name + "}", {{variable.name, "value"}}) == "value");
  }
}

void check(std::string_view text) {
  const ComposeFile compose = parse_compose("docker-compose.yml", text);
  require(!compose.services.empty());
  for (const ComposeService& service : compose.services) check_service(compose, service);
  check_variables(compose);
  const Policy policy = infer_policy(compose);
  require(compose.service(policy.service) != nullptr && !policy.tag_variable.empty());
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    ballast::check(ballast::fuzz_text(data, size));
  } catch (const ballast::Error& error) {
    ballast::require(error.kind() == ballast::Kind::usage && !error.message().empty());
  }
  return 0;
}
