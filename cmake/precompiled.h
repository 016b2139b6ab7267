// What nearly every file includes, read by the compiler once: for builds with BALLAST_PRECOMPILE.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/json.h"

namespace ballast::precompiled {

// What is used of JSON here need not be made of its templates in each file once more.
inline std::string use_of_json(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  Json other{{"a", 1}, {"b", text}, {"c", 2.5}, {"d", true}, {"e", Json::array()}};
  json["x"] = other;
  json[text] = std::vector<std::string>{"a"};
  json.push_back(other);
  for (const auto& [key, value] : other.items()) json[key] = value;
  for (const Json& one : json) other.push_back(one);
  if (json.contains("x") && json.find("x") != json.end()) return json.at("x").get<std::string>();
  return json.dump() + fmt::format("{} {:>5} {:.1f}", text, json.get<long long>(), 2.5);
}

}  // namespace ballast::precompiled
