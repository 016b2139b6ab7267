#include "doctor/odoo_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace ballast::doctor {

namespace {

std::vector<OdooOption> options_in(const std::string& place, std::string_view text) {
  std::vector<OdooOption> options;
  int line = 0;
  for (const std::string& whole : split_lines(text)) {
    ++line;
    const auto equals = whole.find('=');
    if (equals == std::string::npos || whole.starts_with(';') || whole.starts_with('#')) continue;
    options.push_back({.subject = fmt::format("{}:{}", place, line),
                       .name = std::string(trim(whole.substr(0, equals))),
                       .value = std::string(trim(whole.substr(equals + 1)))});
  }
  return options;
}

// "--limit-memory-hard=1" is the option limit_memory_hard; "--no-database-list" is list_db off.
std::vector<OdooOption> options_of(const std::vector<std::string>& command) {
  std::vector<OdooOption> options;
  for (std::size_t index = 0; index < command.size(); ++index) {
    const std::string& word = command[index];
    if (!word.starts_with("--")) continue;
    const auto equals = word.find('=');
    std::string name =
        replace_all(word.substr(2, equals == std::string::npos ? equals : equals - 2), "-", "_");
    std::string value = equals != std::string::npos  ? word.substr(equals + 1)
                        : index + 1 < command.size() ? command[index + 1]
                                                     : "";
    if (name == "no_database_list") {
      name = "list_db";
      value = "False";
    }
    options.push_back({.subject = "the command line", .name = name, .value = value});
  }
  return options;
}

const OdooOption* last_of(const std::vector<OdooOption>& options, std::string_view name) {
  const auto found = std::find_if(options.rbegin(), options.rend(),
                                  [&](const OdooOption& option) { return option.name == name; });
  return found == options.rend() ? nullptr : &*found;
}

}  // namespace

OdooConf::OdooConf(std::string place, std::string_view text,
                   const std::vector<std::string>& command)
    : place_(std::move(place)), options_(options_in(place_, text)), words_(options_of(command)) {}

const OdooOption* OdooConf::find(std::string_view name) const {
  const OdooOption* word = last_of(words_, name);
  return word != nullptr ? word : last_of(options_, name);
}

bool OdooConf::is_off(std::string_view name) const {
  const OdooOption* option = find(name);
  if (option == nullptr) return false;
  const std::string value = lower(option->value);
  return value == "false" || value == "0" || value == "no" || value == "off";
}

std::uint64_t OdooConf::number(std::string_view name, std::uint64_t fallback) const {
  const OdooOption* option = find(name);
  if (option == nullptr) return fallback;
  std::uint64_t value = 0;
  const std::string& text = option->value;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size() ? value : fallback;
}

}  // namespace ballast::doctor
