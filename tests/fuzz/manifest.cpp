// A manifest is taken or refused with words; what is taken and written again reads as the same. The
// checksum at its end is mended first, since hardly any other bytes would get past it.
#include "base/error.h"
#include "base/text.h"
#include "model/backup_set.h"
#include "require.h"

namespace ballast {
namespace {

void check(std::string_view text) {
  try {
    const BackupSet set = parse_backup_set("manifest.json", text);
    require(parse_backup_set("manifest.json", print_backup_set(set)) == set);
  } catch (const Error& error) {
    require(error.kind() == Kind::failed || error.kind() == Kind::refused);
    require(printable(error.message()) == error.message());
  }
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ballast::fuzz_text(data, size);
  ballast::check(text);
  ballast::check(ballast::sealed_manifest(text));
  return 0;
}
