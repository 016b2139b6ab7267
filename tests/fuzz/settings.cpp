// Any settings of the server are read or refused by an Error(usage); a channel that is read has all
// that it must have, and no secret of its own; metrics for other machines are meant.
#include "model/settings.h"

#include "base/error.h"
#include "model/settings_keys.h"
#include "require.h"

namespace ballast {
namespace {

void check(std::string_view text) {
  const Settings settings = read_settings("b.yaml", std::string(text));
  const WatchSettings& watch = settings.watch;
  require(watch.interval >= std::chrono::seconds(1) && watch.interval <= std::chrono::minutes(1));
  require(watch.metrics_beyond || is_of_this_machine(watch.metrics_listen));
  require(watch.metrics_file.empty() || watch.metrics_file.starts_with('/'));
  for (const ChannelSettings& channel : settings.channels) {
    require(!channel.severities.empty());
    require(channel.user.empty() == channel.password_file.empty());
    require(channel.url.find('@') == std::string::npos);
    require(channel.name != "slack" || !channel.url_file.empty());
    require(channel.name != "command" || channel.argv.front().starts_with('/'));
  }
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
