#include <fmt/format.h>

#include "check/checks.h"
#include "check/probe.h"
#include "check/websocket_key.h"

namespace ballast::checks {

namespace {

constexpr std::size_t key_digits = 32;

HttpRequest handshake(const Visitor& visitor, const Address& address, const std::string& key) {
  HttpRequest request = visitor.request(address, "/websocket");
  request.stop_after_headers = true;
  request.headers.emplace_back("Connection", "Upgrade");
  request.headers.emplace_back("Upgrade", "websocket");
  request.headers.emplace_back("Origin", address.origin());
  request.headers.emplace_back("Sec-WebSocket-Version", "13");
  request.headers.emplace_back("Sec-WebSocket-Key", key);
  return request;
}

bool accepts(const HttpResponse& response, const std::string& key) {
  const auto accept = response.headers.find("sec-websocket-accept");
  return accept != response.headers.end() && accept->second == websocket_accept(key);
}

std::string upgrade_hint(const CheckContext& context) {
  return fmt::format(
      "a proxy must pass `Upgrade` and `Connection` on and send /websocket to the "
      "chat port; {}",
      log_hint(*context.target));
}

CheckResult judged(const CheckContext& context, const HttpResponse& response,
                   const Address& address, const std::string& key) {
  if (!response.answered()) return unanswered(response, address, log_hint(*context.target));
  if (response.status != 101) return fails(answer_text(response), upgrade_hint(context));
  if (!accepts(response, key))
    return fails(answer_text(response) + ", with a wrong Sec-WebSocket-Accept",
                 upgrade_hint(context));
  return passes(answer_text(response));
}

}  // namespace

Answers websocket_handshake(const CheckContext& context) {
  if (auto instead = without_database(context)) return {*instead};
  const Address address = chat_address(context, first_database(context));
  const std::string key = websocket_key(context.host.machine.random_hex(key_digits));
  Visitor visitor = visitor_of(context);
  return {judged(context, visitor.send(handshake(visitor, address, key)), address, key)};
}

}  // namespace ballast::checks
