#include "model/env_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/error.h"
#include "base/text.h"
#include "model/env_lines.h"
#include "model/utf8.h"

namespace ballast {

namespace {

[[noreturn]] void refuse(std::string message, std::string hint) {
  throw Error(Kind::refused, std::move(message), std::move(hint));
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

void require_no_carriage_return(const std::string& path, std::string_view text) {
  const auto at = text.find('\r');
  if (at == std::string_view::npos) return;
  const std::size_t line = line_of(text, at);
  if (text.substr(at, 2) == "\r\n")
    refuse(fmt::format("{} has Windows line ends (CRLF), first in line {}", path, line),
           fmt::format("convert it with: sed -i 's/\\r$//' {}", shell_quoted(path)));
  refuse(fmt::format("{} has a carriage return inside line {}", path, line),
         fmt::format("take it out with: sed -i 's/\\r//g' {}", shell_quoted(path)));
}

void require_text(const std::string& path, std::string_view text) {
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    refuse(fmt::format("{} has a zero byte in line {}", path, line_of(text, at)),
           "it is no text file: put the right one in its place");
  if (const auto at = first_not_utf8(text))
    refuse(fmt::format("{} is not UTF-8 in line {}", path, line_of(text, *at)),
           "save it as UTF-8 and try again");
  require_no_carriage_return(path, text);
}

// The line without what makes it a comment; nullopt when it is none.
std::optional<std::string_view> uncommented(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of("# \t"), line.size()));
  if (line.starts_with("export ")) line = trim(line.substr(7));
  return line;
}

bool sets(std::string_view line, std::string_view name) {
  return line.starts_with(name) && trim(line.substr(name.size())).starts_with('=');
}

std::optional<std::size_t> commented_line(std::string_view text, std::string_view name) {
  std::size_t number = 0;
  for (const std::string& line : split_lines(text)) {
    ++number;
    if (const auto inside = uncommented(line); inside && sets(*inside, name)) return number;
  }
  return std::nullopt;
}

[[noreturn]] void refuse_missing(const std::string& path, std::string_view text,
                                 std::string_view name) {
  if (const auto number = commented_line(text, name))
    refuse(fmt::format("{} has {} commented out in line {}", path, name, *number),
           fmt::format("take the `#` off line {} and try again", *number));
  refuse(fmt::format("{} has no line `{}=…`", path, name),
         fmt::format("add the line {}=<the tag that runs now> and try again", name));
}

[[noreturn]] void refuse_several(const std::string& path, std::string_view name,
                                 std::vector<std::string> numbers) {
  const std::string times = numbers.size() == 2 ? "twice" : fmt::format("{} times", numbers.size());
  const std::string last = numbers.back();
  numbers.pop_back();
  refuse(
      fmt::format("{} sets {} {} (lines {} and {})", path, name, times, join(numbers, ", "), last),
      numbers.size() == 1 ? "remove one of them; nothing was changed"
                          : "remove all but one of them; nothing was changed");
}

// Letters that mean themselves, quoted or not, to every reader of the file.
bool is_plain(std::string_view value) {
  return std::ranges::all_of(value, [](char letter) {
    return letter > ' ' && letter < '\x7F' &&
           std::string_view("\"'`$\\#").find(letter) == std::string_view::npos;
  });
}

void require_one_line(const std::string& path, std::size_t number, std::string_view name,
                      std::string_view value) {
  const auto breaks = static_cast<std::size_t>(std::ranges::count(value, '\n'));
  if (breaks == 0) return;
  refuse(fmt::format("{} splits the value of {} over lines {} to {}", path, name, number,
                     number + breaks),
         fmt::format("write it in one line: {}=<the tag that runs now>", name));
}

void require_plain(const std::string& path, std::size_t number, std::string_view name,
                   std::string_view value) {
  if (is_plain(value)) return;
  refuse(fmt::format("{} has no plain tag for {} in line {}: `{}`", path, name, number,
                     printable(shortened(value, 60))),
         fmt::format("write the tag itself: {}=<the tag that runs now>", name));
}

// `rest` begins behind the value.
void require_nothing_behind(const std::string& path, std::size_t number, std::string_view name,
                            std::string_view rest) {
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) rest.remove_prefix(1);
  const std::string_view behind = trim(rest);
  if (behind.empty() || (behind.starts_with('#') && !rest.starts_with('#'))) return;
  refuse(fmt::format("{} has text behind the quoted value of {} in line {}", path, name, number),
         "leave only the tag there; a comment begins with a blank and `#`");
}

}  // namespace

EnvFile::EnvFile(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  require_text(path_, text_);
  for (EnvAssignment& found : parse_env_lines(path_, text_))
    lines_.push_back({.number = found.number,
                      .value_begin = found.value_begin,
                      .value_end = found.value_end,
                      .name = std::move(found.name),
                      .value = std::move(found.value),
                      .exported = found.exported});
}

std::optional<std::string> EnvFile::value(std::string_view name) const {
  for (const Line& line : std::views::reverse(lines_))
    if (line.name == name) return line.value;
  return std::nullopt;
}

std::map<std::string, std::string> EnvFile::values() const {
  std::map<std::string, std::string> values;
  for (const Line& line : lines_) values[line.name] = line.value;
  return values;
}

const EnvFile::Line& EnvFile::tag_line(std::string_view name) const {
  std::vector<std::string> numbers;
  const Line* found = nullptr;
  for (const Line& line : lines_) {
    if (line.name != name) continue;
    numbers.push_back(std::to_string(line.number));
    found = &line;
  }
  if (found == nullptr) refuse_missing(path_, text_, name);
  if (numbers.size() > 1) refuse_several(path_, name, numbers);
  if (found->exported)
    refuse(fmt::format("{} has `export` before {} in line {}", path_, name, found->number),
           fmt::format("take `export ` off line {} and try again", found->number));
  const std::string_view raw =
      std::string_view(text_).substr(found->value_begin, found->value_end - found->value_begin);
  require_one_line(path_, found->number, name, raw);
  require_plain(path_, found->number, name, raw);
  require_nothing_behind(path_, found->number, name,
                         std::string_view(text_).substr(found->value_end));
  return *found;
}

std::string EnvFile::tag(std::string_view name) const { return tag_line(name).value; }

std::string EnvFile::with_tag(std::string_view name, std::string_view tag) const {
  const Line& line = tag_line(name);
  if (!is_plain(tag))
    throw Error(Kind::usage, fmt::format("`{}` cannot be the value of {} in {}",
                                         printable(shortened(tag, 60)), name, path_));
  return text_.substr(0, line.value_begin) + std::string(tag) + text_.substr(line.value_end);
}

}  // namespace ballast
