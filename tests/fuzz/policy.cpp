// Any ballast.yaml is read or refused by an Error(usage); what is printed reads back as the same.
#include "model/policy.h"

#include "base/error.h"
#include "require.h"

namespace ballast {
namespace {

const ComposeFile& compose() {
  static const ComposeFile file = parse_compose("docker-compose.yml",
                                                "services:\n"
                                                "  web:\n"
                                                "    image: acme/odoo:${ODOO_TAG}\n"
                                                "    volumes: ['data:/var/lib/odoo']\n"
                                                "  proxy: {image: 'nginx:${NGINX}'}\n"
                                                "  db: {image: 'postgres:15'}\n");
  return file;
}

void check(std::string_view text) {
  const Policy policy = read_policy(compose(), "ballast.yaml", std::string(text)).policy;
  require(!tag_matches(policy, "latest") && !tag_matches(policy, ""));
  tag_matches(policy, "sha-0123456");
  const std::string printed = print_policy(policy);
  const Policy back = read_policy(compose(), "ballast.yaml", printed).policy;
  require(print_policy(back) == printed);
  require(policy_json(back) == policy_json(policy));
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
