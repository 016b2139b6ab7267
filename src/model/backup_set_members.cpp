#include "model/backup_set_members.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "model/set_layout.h"

namespace ballast {

namespace {

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", printable(shortened(text, 80)));
}

}  // namespace

void SetMembers::refuse(std::string_view key, std::string_view problem) const {
  throw Error(Kind::failed, fmt::format("{}: `{}` {}", file_, printable(place(key)), problem),
              "the set is damaged or not made by Ballast: use another one");
}

std::string SetMembers::place(std::string_view key) const {
  return where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key);
}

const Json& SetMembers::at(std::string_view key) const {
  const auto found = json_.find(std::string(key));
  if (found == json_.end()) refuse(key, "is missing");
  return *found;
}

std::string SetMembers::text(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_string()) refuse(key, "is not a text");
  return value.get<std::string>();
}

std::uint64_t SetMembers::number(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_number_unsigned()) refuse(key, "is not a whole number");
  return value.get<std::uint64_t>();
}

std::uint32_t SetMembers::small_number(std::string_view key) const {
  const std::uint64_t value = number(key);
  if (value > std::numeric_limits<std::uint32_t>::max()) refuse(key, "is too large");
  return static_cast<std::uint32_t>(value);
}

bool SetMembers::flag(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_boolean()) refuse(key, "is neither true nor false");
  return value.get<bool>();
}

Time SetMembers::time(std::string_view key) const {
  const std::string value = text(key);
  const auto time = parse_time(value);
  if (!time) refuse(key, fmt::format("is not a time: {}", in_quotes(value)));
  return *time;
}

std::uint32_t SetMembers::mode(std::string_view key) const {
  const std::string value = text(key);
  const bool octal = value.find_first_not_of("01234567") == std::string::npos;
  if (!octal || value.size() != 4) refuse(key, fmt::format("is not a mode: {}", in_quotes(value)));
  return static_cast<std::uint32_t>(std::stoul(value, nullptr, 8));
}

std::string SetMembers::path(std::string_view key) const {
  std::string value = text(key);
  if (!value.empty() && !is_set_path(value))
    refuse(key, fmt::format("does not stay in the set: {}", in_quotes(value)));
  return value;
}

std::vector<std::string> SetMembers::texts(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_array()) refuse(key, "is not a list");
  std::vector<std::string> texts;
  for (const Json& item : value) {
    if (!item.is_string()) refuse(key, "holds something else than texts");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

SetMembers SetMembers::object(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_object()) refuse(key, "is not an object");
  return {file_, value, place(key)};
}

std::vector<SetMembers> SetMembers::objects(std::string_view key) const {
  const Json& value = at(key);
  if (!value.is_array()) refuse(key, "is not a list");
  std::vector<SetMembers> objects;
  for (std::size_t index = 0; index < value.size(); ++index) {
    const std::string name = fmt::format("{}[{}]", key, index);
    if (!value[index].is_object()) refuse(name, "is not an object");
    objects.emplace_back(file_, value[index], place(name));
  }
  return objects;
}

std::vector<std::string> SetMembers::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json_.items()) keys.push_back(key);
  return keys;
}

}  // namespace ballast
