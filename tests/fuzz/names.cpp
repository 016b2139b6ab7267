// What comes in at the door fits where it goes: a tag into .env and an image, a field into the
// history.
#include "model/names.h"

#include "base/error.h"
#include "base/text.h"
#include "model/env_file.h"
#include "model/history.h"
#include "model/reference.h"
#include "require.h"

namespace ballast {
namespace {

bool is_accepted(auto&& action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    require(error.kind() == Kind::usage && printable(error.message()) == error.message());
    return false;
  }
}

void check_tag(std::string_view tag) {
  if (!is_accepted([&] { require_tag(tag); })) return;
  require(!tag.starts_with('-'));
  require(parse_reference("127.0.0.1:5000/acme/odoo:" + std::string(tag)).tag == tag);
  const EnvFile env(".env", EnvFile(".env", "ODOO_TAG=old # x\n").with_tag("ODOO_TAG", tag));
  require(env.tag("ODOO_TAG") == tag);
}

void check_field(std::string_view value) {
  if (!is_accepted([&] { require_field("the operator", value); })) return;
  const auto entry =
      parse_history_line("2026-11-25 | shop | t | prod | success | " + std::string(value));
  require(entry && entry->operator_name == trim(value));
}

void check_stack_name(std::string_view name) {
  if (!is_accepted([&] { require_stack_name(name); })) return;
  require(name.find_first_of("/.") == std::string_view::npos && name.size() <= 63);
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ballast::fuzz_text(data, size);
  ballast::check_tag(text);
  ballast::check_field(text);
  ballast::check_stack_name(text);
  return 0;
}
