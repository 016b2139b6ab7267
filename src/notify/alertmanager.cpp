#include "notify/alertmanager.h"

#include <algorithm>

#include "notify/http_parts.h"
#include "notify/labels.h"

namespace ballast {

namespace {

// What was resolved long ago, and could not be told then, is over now, not in the future.
Time end_of(const Alert& alert, const Message& message, Time now) {
  if (alert.news == News::resolved) return std::min(alert.until.value_or(message.at), now);
  return now + message.lasts.value_or(alertmanager_lasting);
}

void add_alerts(Json& list, const Message& message, Time now) {
  for (const Alert& alert : message.alerts)
    list.push_back({{"labels", labels_of(alert, message.host)},
                    {"annotations", annotations_of(alert, message)},
                    {"startsAt", json_time(std::min(alert.since, now))},
                    {"endsAt", json_time(end_of(alert, message, now))},
                    {"generatorURL", ""}});
}

HttpRequest request_of(const Envelope& envelope, const Json& list) {
  std::string url = url_of(envelope);
  while (url.ends_with('/')) url.pop_back();
  return json_post(envelope, url + "/api/v2/alerts", list);
}

}  // namespace

std::optional<Outgoing> channels::alertmanager(const Envelope& envelope) {
  Json list = Json::array();
  add_alerts(list, envelope.message, envelope.now);
  return request_of(envelope, list);
}

std::optional<HttpRequest> alertmanager_refreshing(const ChannelSettings& settings,
                                                   const ChannelSecrets& secrets,
                                                   std::span<const Message> firing, Time now) {
  if (firing.empty()) return std::nullopt;
  Json list = Json::array();
  for (const Message& message : firing) add_alerts(list, message, now);
  return request_of({settings, secrets, firing.front(), now}, list);
}

}  // namespace ballast
