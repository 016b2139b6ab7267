#include "notify/pinger.h"

#include "base/error.h"
#include "notify/channel_delivery.h"

namespace ballast {

std::string Pinger::ping(std::string_view job, PingKind kind, std::string_view run,
                         const std::string& body) {
  if (settings_.url_file.empty()) return {};
  try {
    const ChannelSettings place{.name = "ping", .severities = {}, .url_file = settings_.url_file};
    const std::string url = read_channel_secrets(host_, paths_, place).url;
    const std::string ca_file = settings_.ca_file.empty() ? "" : paths_.at(settings_.ca_file);
    const Answered answered =
        judge(send_as(host_, ca_file, ping_request(url, job, kind, run, body)), host_.clock.now());
    return answered.trouble;
  } catch (const Error& error) {
    return error.message();
  }
}

}  // namespace ballast
