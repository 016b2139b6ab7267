#include "base/json.h"

#include <limits>
#include <utility>

namespace ballast {

namespace {

// Printing and walking recurse; a text nested deeper than this is an attack on the stack.
constexpr int deepest = 256;

bool fits(const Json& number) {
  return !number.is_number_unsigned() ||
         number.get<unsigned long long>() <=
             static_cast<unsigned long long>(std::numeric_limits<long long>::max());
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > deepest;
    return !too_deep;
  };
  Json json = Json::parse(text, watch_depth, false);
  if (too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

std::string json_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pretty_json(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const Json& member(const Json& json, std::string_view key) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(std::string(key));
  return found == json.end() ? none : *found;
}

std::vector<std::string> texts_in(const Json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const Json& text : list)
    if (text.is_string()) texts.push_back(text.get<std::string>());
  return texts;
}

std::string text_at(const Json& json, std::string_view key, std::string fallback) {
  const Json& value = member(json, key);
  return value.is_string() ? value.get<std::string>() : std::move(fallback);
}

long long number_at(const Json& json, std::string_view key, long long fallback) {
  const Json& value = member(json, key);
  return value.is_number_integer() && fits(value) ? value.get<long long>() : fallback;
}

bool flag_at(const Json& json, std::string_view key, bool fallback) {
  const Json& value = member(json, key);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

}  // namespace ballast
