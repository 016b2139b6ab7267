// Any program: the message as one JSON object on its stdin, exit status 0 for delivered.
#include <fmt/format.h>

#include "base/json.h"
#include "notify/channel.h"
#include "notify/words.h"

namespace ballast {

namespace {

// For a command that does not end at once when it is asked to: nobody waits longer for it.
constexpr Duration grace = std::chrono::seconds(1);

std::vector<std::string> limited(const std::vector<std::string>& argv, Duration deadline) {
  const double seconds = static_cast<double>(deadline.count()) / 1000.0;
  std::vector<std::string> words{"timeout", "--signal=KILL", fmt::format("{}", seconds)};
  words.insert(words.end(), argv.begin(), argv.end());
  return words;
}

}  // namespace

std::optional<Outgoing> channels::command(const Envelope& envelope) {
  Json json = message_json(envelope.message);
  json["schema"] = "ballast.notification/1";
  json["severity"] = severity_text(envelope.message.severity());
  json["status"] = envelope.message.firing() ? "firing" : "resolved";
  json["title"] = subject_of(envelope.message);
  json["text"] = plain_text(envelope.message);
  Command command;
  command.argv = limited(envelope.settings.argv, envelope.settings.deadline);
  command.input = json_text(json) + "\n";
  command.deadline = envelope.settings.deadline + grace;
  command.output_limit = 64u << 10;
  command.dies_with_us = true;
  return command;
}

}  // namespace ballast
