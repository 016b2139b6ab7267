#include "model/policy_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <regex>

#include "base/error.h"
#include "base/text.h"
#include "model/remote.h"
#include "model/variables.h"

namespace ballast {

namespace {

constexpr std::size_t longest_pattern = 300;
constexpr std::size_t longest_command = 1000;
constexpr double largest_size = 1e18;

struct SizeUnit {
  std::string_view name;
  std::uint64_t bytes;
};

// The largest first; a size is printed in the first that divides it.
constexpr auto size_units = std::to_array<SizeUnit>({
    {"TiB", 1ull << 40},
    {"TB", 1'000'000'000'000},
    {"GiB", 1ull << 30},
    {"GB", 1'000'000'000},
    {"MiB", 1ull << 20},
    {"MB", 1'000'000},
    {"KiB", 1ull << 10},
    {"kB", 1'000},
    {"B", 1},
});

std::string shown(std::string_view text) { return printable(shortened(text, 80)); }

std::string last_part(std::string_view key) { return std::string(key.substr(key.rfind('.') + 1)); }

std::optional<double> parse_decimal(std::string_view text) {
  double number = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || std::signbit(number)) return std::nullopt;
  return number;
}

std::optional<int> parse_whole(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint64_t take_unit(std::string_view& text) {
  for (const SizeUnit& unit : size_units) {
    if (!lower(text).ends_with(lower(unit.name))) continue;
    text = trim(text.substr(0, text.size() - unit.name.size()));
    return unit.bytes;
  }
  return 1;
}

[[noreturn]] void refuse_text(const PolicyValue& value, std::string_view text,
                              std::string_view is_not, std::string hint) {
  refuse_value(value, fmt::format("\"{}\" is not {}", shown(text), is_not), std::move(hint));
}

void require_absolute(const PolicyValue& value, const std::string& text) {
  const bool good = text.starts_with('/') && printable(text) == text;
  if (!good) refuse_text(value, text, "an absolute path", "write it from `/` on");
}

bool is_clean_word(std::string_view text) {
  return printable(text) == text && text.find_first_of(" |") == std::string_view::npos;
}

}  // namespace

void refuse_value(const PolicyValue& value, std::string_view message, std::string hint) {
  throw Error(Kind::usage,
              fmt::format("{}:{}: `{}`: {}", value.path, value.node.line, value.key, message),
              std::move(hint));
}

std::string read_text(const PolicyValue& value) {
  const std::string hint = fmt::format("write one value: `{}: …`", last_part(value.key));
  switch (value.node.type) {
    case Yaml::Type::scalar: return value.node.scalar;
    case Yaml::Type::null: refuse_value(value, "has no value", "write one, or remove the line");
    case Yaml::Type::list: refuse_value(value, "a list stands where one value belongs", hint);
    case Yaml::Type::map: refuse_value(value, "a map stands where one value belongs", hint);
  }
  return {};
}

std::string read_choice(const PolicyValue& value, const std::vector<std::string>& choices) {
  std::string text = read_text(value);
  if (std::ranges::find(choices, text) != choices.end()) return text;
  const auto near = nearest(text, choices);
  refuse_value(value, fmt::format("\"{}\" is none of {}", shown(text), join(choices, ", ")),
               near ? fmt::format("did you mean `{}`?", *near) : "write one of them");
}

std::string read_command_line(const PolicyValue& value) {
  std::string text(trim(read_text(value)));
  if (text.size() > longest_command)
    refuse_value(value, fmt::format("is longer than {} bytes", longest_command),
                 "put it into a script of the image, and call that");
  if (printable(text) != text)
    refuse_text(value, text, "a command of one line",
                "join its lines with `&&`, or put them into a script of the image");
  return text;
}

std::string read_pattern(const PolicyValue& value) {
  std::string text = read_text(value);
  if (text.size() > longest_pattern)
    refuse_value(value, fmt::format("is longer than {} bytes", longest_pattern),
                 "a shorter pattern can say it");
  try {
    const std::regex compiled(text, std::regex::ECMAScript);
  } catch (const std::regex_error&) {
    refuse_text(value, text, "a regular expression",
                "an example that is one: \"sha-[0-9a-f]{7,40}\"");
  }
  return text;
}

std::string read_url(const PolicyValue& value) {
  std::string text = read_text(value);
  while (text.ends_with('/')) text.pop_back();
  if (text.empty() && read_text(value).empty()) return text;
  const bool has_scheme = text.starts_with("http://") || text.starts_with("https://");
  if (!has_scheme || !is_clean_word(text) || text.ends_with(':'))
    refuse_text(value, read_text(value), "a URL",
                "begin with https:// or http://, such as https://shop.example.com");
  return text;
}

std::vector<std::string> read_https_urls(const PolicyValue& value) {
  read_texts(value);
  std::vector<std::string> urls;
  for (const Yaml& node : value.node.items) {
    urls.push_back(read_url({value.path, value.key, node}));
    if (!urls.back().starts_with("https://"))
      refuse_text(value, urls.back(), "an address with a certificate",
                  "begin with https://, such as https://shop.example.com");
  }
  return urls;
}

std::string read_host(const PolicyValue& value) {
  std::string text = read_text(value);
  if (!is_clean_word(text) || text.find('/') != std::string::npos)
    refuse_text(value, text, "the name of a host", "write it alone, such as shop.example.com");
  return text;
}

std::string read_remote(const PolicyValue& value) {
  std::string text = read_text(value);
  if (text.empty()) return text;
  const auto remote = parse_remote(text);
  if (!remote)
    refuse_text(value, text, "a remote of rclone",
                "write \"name:path\", where `rclone listremotes` shows the name");
  return remote->text();
}

std::string read_image(const PolicyValue& value) {
  std::string text = read_text(value);
  if (!is_clean_word(text))
    refuse_text(value, text, "an image", "write it with its tag, such as postgres:16");
  return text;
}

std::string read_absolute_path(const PolicyValue& value) {
  std::string text = read_text(value);
  if (!text.empty()) require_absolute(value, text);
  return text;
}

std::string read_variable_name(const PolicyValue& value) {
  std::string text = read_text(value);
  if (!is_variable_name(text))
    refuse_text(value, text, "the name of a variable", "write it alone, such as ODOO_TAG");
  return text;
}

std::string read_environment_name(const PolicyValue& value) {
  std::string text = read_text(value);
  if (text.empty() || text.size() > 128 || !is_clean_word(text))
    refuse_text(value, text, "the name of an environment", "write one word, such as prod");
  return text;
}

std::vector<std::string> read_texts(const PolicyValue& value) {
  if (value.node.type == Yaml::Type::null) return {};
  const std::string key = last_part(value.key);
  if (value.node.type == Yaml::Type::scalar)
    refuse_value(
        value, "one value stands where a list belongs",
        fmt::format("write `{}: [{}]`", key, yaml_scalar(shortened(value.node.scalar, 80))));
  if (value.node.type == Yaml::Type::map)
    refuse_value(value, "a map stands where a list belongs", fmt::format("write `{}: […]`", key));
  std::vector<std::string> texts;
  for (const Yaml& node : value.node.items)
    texts.push_back(read_text({value.path, value.key, node}));
  return texts;
}

std::vector<std::string> read_absolute_paths(const PolicyValue& value) {
  std::vector<std::string> texts = read_texts(value);
  for (std::size_t index = 0; index < texts.size(); ++index)
    require_absolute({value.path, value.key, value.node.items[index]}, texts[index]);
  return texts;
}

bool read_flag(const PolicyValue& value) {
  const std::string text = lower(read_text(value));
  if (text == "on" || text == "true" || text == "yes") return true;
  if (text == "off" || text == "false" || text == "no") return false;
  refuse_text(value, read_text(value), "a yes or no", "write `on` or `off`");
}

int read_port(const PolicyValue& value) {
  const std::string text = read_text(value);
  if (lower(text) == "off") return 0;
  const auto port = parse_whole(text);
  if (!port || *port < 1 || *port > 65535)
    refuse_text(value, text, "a port", "write a number from 1 to 65535, or `off`");
  return *port;
}

int read_count(const PolicyValue& value, int least) {
  const std::string text = read_text(value);
  const auto count = parse_whole(text);
  if (!count || *count < least)
    refuse_text(value, text, fmt::format("a number of at least {}", least),
                fmt::format("write a whole number, {} or more", least));
  return *count;
}

double read_percent(const PolicyValue& value) {
  const std::string text = read_text(value);
  std::string_view digits = trim(text);
  if (digits.ends_with('%')) digits = trim(digits.substr(0, digits.size() - 1));
  const auto percent = parse_decimal(digits);
  if (!percent || *percent < 1 || *percent > 100)
    refuse_text(value, text, "a percentage", "write a number from 1% to 100%");
  return *percent;
}

std::uint64_t read_size(const PolicyValue& value) {
  const std::string text = read_text(value);
  std::string_view digits = trim(text);
  const auto unit = static_cast<double>(take_unit(digits));
  const auto number = parse_decimal(digits);
  if (!number || *number * unit > largest_size)
    refuse_text(value, text, "a size", "write a number with a unit, such as 512MB or 3.5GB");
  return static_cast<std::uint64_t>(std::llround(*number * unit));
}

Duration read_duration(const PolicyValue& value) {
  const std::string text = read_text(value);
  const auto duration = parse_duration(text);
  if (!duration)
    refuse_text(value, text, "a duration", "write a number with a unit, such as 120s or 2m");
  return *duration;
}

Duration read_positive_duration(const PolicyValue& value) {
  const Duration duration = read_duration(value);
  if (duration <= Duration::zero())
    refuse_value(value, "must be longer than nothing",
                 "write a number with a unit, such as 120s or 2m");
  return duration;
}

Json port_json(int port) { return port == 0 ? Json("off") : Json(port); }

Json percent_json(double percent) { return fmt::format("{}%", percent); }

Json size_json(std::uint64_t bytes) {
  const auto unit =
      std::ranges::find_if(size_units, [&](const SizeUnit& one) { return bytes % one.bytes == 0; });
  return bytes == 0 ? "0B" : fmt::format("{}{}", bytes / unit->bytes, unit->name);
}

Json duration_json(Duration duration) {
  return fmt::format("{}s", std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace ballast
