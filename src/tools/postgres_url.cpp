#include "tools/postgres_url.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr const char* example =
    "write one line: postgres://USER:PASSWORD@HOST:5432/postgres (an `@`, `/` or `%` of the "
    "password as %40, %2F, %25), or host=… user=… password='…'";

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

// libpq's own words repeat what it could not read, which may be the password.
Options parse(const std::string& path, const std::string& line) {
  char* words = nullptr;
  Options options(PQconninfoParse(line.c_str(), &words));
  PQfreemem(words);
  if (options) return options;
  throw Error(
      Kind::usage,
      fmt::format("{} does not hold the address of a database server: libpq cannot read it", path),
      example);
}

std::string only_line(const std::string& path, std::string_view text) {
  std::string line(trim(text));
  if (line.empty()) throw Error(Kind::usage, path + " is empty", example);
  const bool has_more = std::ranges::any_of(
      line, [](char letter) { return static_cast<unsigned char>(letter) < ' '; });
  if (has_more) throw Error(Kind::usage, path + " holds more than one line", example);
  return line;
}

[[noreturn]] void refuse_option(const std::string& path, const std::string& name) {
  throw Error(Kind::usage,
              fmt::format("{}: `{}` cannot be handed to PostgreSQL's programs: it has no variable "
                          "in their environment",
                          path, name),
              "leave it out");
}

}  // namespace

std::string ServerAddress::value(const std::string& variable) const {
  const auto found = variables.find(variable);
  return found == variables.end() ? std::string() : found->second;
}

std::string ServerAddress::port() const {
  const std::string given = value("PGPORT");
  return given.empty() ? "5432" : given;
}

std::string ServerAddress::place() const {
  const std::string named = value("PGHOST");
  const std::string host = printable(named.empty() ? value("PGHOSTADDR") : named);
  if (host.empty() && !value("PGSERVICE").empty())
    return "the service " + printable(value("PGSERVICE"));
  if (host.empty()) return fmt::format("this host's own socket, port {}", port());
  if (host.starts_with('/')) return fmt::format("the socket in {}, port {}", host, port());
  const bool is_bare_v6 = host.find(':') != std::string::npos;
  return is_bare_v6 ? fmt::format("[{}]:{}", host, port()) : fmt::format("{}:{}", host, port());
}

ServerAddress parse_server_address(const std::string& path, std::string_view text) {
  const Options options = parse(path, only_line(path, text));
  ServerAddress address;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || *option->val == '\0') continue;
    if (option->envvar == nullptr) refuse_option(path, option->keyword);
    if (std::string_view(option->keyword) == "dbname")
      address.database = option->val;
    else
      address.variables[option->envvar] = option->val;
  }
  return address;
}

}  // namespace ballast
