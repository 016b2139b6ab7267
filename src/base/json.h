// JSON, insertion order kept, so that what is printed reads in the order in which it was written.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

using Json = nlohmann::ordered_json;

// nullopt when the text is not JSON.
std::optional<Json> parse_json(std::string_view text);
// One line; bytes that are not UTF-8 are replaced, never thrown over.
std::string json_text(const Json& json);
// The same on many lines, two blanks a level, with "\n" at the end: for files that people read too.
std::string pretty_json(const Json& json);
// Lenient reading: the default when the key is absent, null or of another type.
std::string text_at(const Json& json, std::string_view key, std::string fallback = {});
long long number_at(const Json& json, std::string_view key, long long fallback = 0);
bool flag_at(const Json& json, std::string_view key, bool fallback = false);
const Json& member(const Json& json, std::string_view key);  // a null when absent
// The texts of a list; what is not a text is passed over.
std::vector<std::string> texts_in(const Json& list);

}  // namespace ballast
