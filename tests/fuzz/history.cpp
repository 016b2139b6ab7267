// What is read of a line and written again reads as the same.
#include "model/history.h"

#include "require.h"

namespace ballast {
namespace {

void check(std::string_view line) {
  const auto entry = parse_history_line(line);
  if (!entry) return;
  const auto again = parse_history_line(entry->line());
  require(again.has_value());
  require(again->line() == entry->line());
  require(again->time == entry->time && again->stack == entry->stack);
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ballast::check(ballast::fuzz_text(data, size));
  return 0;
}
