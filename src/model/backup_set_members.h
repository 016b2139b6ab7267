// Reading the JSON of a manifest: every member must be there and of its type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace ballast {

// Error(failed) "<file>: `databases[2].size` <problem>".
class SetMembers {
 public:
  SetMembers(const std::string& file, const Json& json, std::string where = {})
      : file_(file), json_(json), where_(std::move(where)) {}

  std::string text(std::string_view key) const;
  std::uint64_t number(std::string_view key) const;
  std::uint32_t small_number(std::string_view key) const;
  bool flag(std::string_view key) const;
  Time time(std::string_view key) const;
  std::uint32_t mode(std::string_view key) const;  // "0755"
  std::string path(std::string_view key) const;    // that stays in the set, or empty
  std::vector<std::string> texts(std::string_view key) const;

  bool has(std::string_view key) const { return json_.contains(key); }  // older sets lack some
  bool is_null(std::string_view key) const { return at(key).is_null(); }
  SetMembers object(std::string_view key) const;
  std::vector<SetMembers> objects(std::string_view key) const;
  std::vector<std::string> keys() const;

  [[noreturn]] void refuse(std::string_view key, std::string_view problem) const;

 private:
  const Json& at(std::string_view key) const;
  std::string place(std::string_view key) const;

  const std::string& file_;
  const Json& json_;
  std::string where_;  // "databases[2]"; empty at the top
};

}  // namespace ballast
