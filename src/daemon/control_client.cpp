#include "daemon/control_client.h"

#include "base/error.h"
#include "base/text.h"
#include "host/local_client.h"

namespace ballast {

namespace {

constexpr Duration patience = std::chrono::seconds(5);

Error not_understood() {
  return {Kind::failed, "what the daemon answers is not understood",
          "is it of another version? systemctl restart ballast"};
}

// nullopt: there is none.
std::optional<Json> ask(const Paths& paths, std::string_view question) {
  const auto answer = ask_local(paths.control_socket(), question, patience);
  if (!answer) return std::nullopt;
  if (answer->empty())
    throw Error(Kind::failed, "the daemon left without an answer",
                "see whether it goes on: systemctl status ballast");
  const auto json = parse_json(*answer);
  if (!json || text_at(*json, "schema") != control_schema) throw not_understood();
  const Json& error = member(*json, "error");
  if (error.is_object())
    throw Error(Kind::failed, "the daemon refuses: " + printable(text_at(error, "message")),
                printable(text_at(error, "hint")));
  return json;
}

}  // namespace

std::optional<DaemonStatus> ask_daemon(const Paths& paths) {
  const auto answer = ask(paths, "{\"ask\":\"status\"}\n");
  if (!answer) return std::nullopt;
  auto status = parse_daemon_status(*answer);
  if (!status) throw not_understood();
  return status;
}

bool poke_daemon(const Paths& paths) { return ask(paths, "{\"ask\":\"poke\"}\n").has_value(); }

}  // namespace ballast
