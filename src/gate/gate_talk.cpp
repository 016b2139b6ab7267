#include "gate/gate_talk.h"

#include "base/base64.h"
#include "base/json.h"

namespace ballast {

// In base64: what came need not be text.
std::string question_text(const GateQuestion& question) {
  return json_text({{"schema", gate_schema},
                    {"key", base64(question.key)},
                    {"command", base64(question.command)}}) +
         "\n";
}

std::optional<GateQuestion> parse_question(std::string_view line) {
  const auto json = parse_json(line);
  if (!json || text_at(*json, "schema") != gate_schema) return std::nullopt;
  auto key = base64_decoded(text_at(*json, "key"));
  auto command = base64_decoded(text_at(*json, "command"));
  if (!key || !command) return std::nullopt;
  return GateQuestion{.key = *std::move(key), .command = *std::move(command)};
}

std::string saying_text(const GateSaying& saying) {
  Json json;
  switch (saying.kind) {
    case GateSaying::Kind::out: json["out"] = saying.line; break;
    case GateSaying::Kind::error: json["error"] = saying.line; break;
    case GateSaying::Kind::alive: json["alive"] = true; break;
    case GateSaying::Kind::exit: json["exit"] = saying.status; break;
  }
  return json_text(json) + "\n";
}

std::optional<GateSaying> parse_saying(std::string_view line) {
  const auto json = parse_json(line);
  if (!json || !json->is_object()) return std::nullopt;
  if (member(*json, "out").is_string())
    return GateSaying{.kind = GateSaying::Kind::out, .line = text_at(*json, "out")};
  if (member(*json, "error").is_string())
    return GateSaying{.kind = GateSaying::Kind::error, .line = text_at(*json, "error")};
  if (member(*json, "exit").is_number_integer())
    return GateSaying{.kind = GateSaying::Kind::exit,
                      .line = {},
                      .status = static_cast<int>(number_at(*json, "exit"))};
  if (flag_at(*json, "alive")) return GateSaying{};
  return std::nullopt;
}

}  // namespace ballast
