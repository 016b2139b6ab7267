// Values that must never be shown. Everything that Ballast prints of a container's logs, of an
// environment or of another program's output goes through mask().
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ballast {

// True for names such as POSTGRES_PASSWORD, API_TOKEN, SECRET_KEY, DATABASE_URL, *_PASSWD,
// *_CREDENTIALS.
bool names_a_secret(std::string_view variable);

class Secrets {
 public:
  // Values under four bytes, and "true"/"false"/plain small numbers, are not worth hiding and would
  // mangle texts.
  void add(std::string_view value);
  // Adds the value when the name says that it is a secret; of a URL with user:password@ adds the
  // password.
  void add_variable(std::string_view name, std::string_view value);
  // Every occurrence becomes ***, the longest values first.
  std::string mask(std::string text) const;
  bool empty() const { return values_.empty(); }

 private:
  struct LongestFirst {
    bool operator()(const std::string& left, const std::string& right) const;
  };
  std::set<std::string, LongestFirst> values_;
};

}  // namespace ballast
