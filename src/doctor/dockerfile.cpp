#include "doctor/dockerfile.h"

#include <algorithm>
#include <iterator>

#include "base/json.h"
#include "base/text.h"

namespace ballast::doctor {

namespace {

std::vector<std::string> words_of(std::string_view rest) {
  if (rest.starts_with('['))
    if (const auto json = parse_json(rest); json && json->is_array()) return texts_in(*json);
  std::vector<std::string> words = split_words(rest);
  std::erase_if(words, [](const std::string& word) { return word.starts_with("--"); });
  return words;
}

Instruction instruction_of(int line, std::string_view text) {
  const auto blank = std::min(text.find_first_of(" \t"), text.size());
  return {.line = line,
          .name = lower(text.substr(0, blank)),
          .words = words_of(trim(text.substr(blank)))};
}

// A pattern as people write it there: a name, a path, `*` for any letters.
bool fits(std::string_view pattern, std::string_view file) {
  if (pattern.starts_with("**/")) pattern.remove_prefix(3);
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == file;
  const std::string_view end = pattern.substr(pattern.rfind('*') + 1);
  return file.size() + 1 >= star + end.size() && file.starts_with(pattern.substr(0, star)) &&
         file.ends_with(end);
}

}  // namespace

std::vector<Instruction> instructions_of(std::string_view dockerfile) {
  std::vector<Instruction> found;
  std::string whole;
  int begin = 0;
  int number = 0;
  for (const std::string& line : split_lines(dockerfile)) {
    ++number;
    std::string_view text = trim(line);
    if (text.starts_with('#') || (text.empty() && whole.empty())) continue;
    if (whole.empty()) begin = number;
    const bool goes_on = text.ends_with('\\');
    if (goes_on) text.remove_suffix(1);
    whole += std::string(text) + " ";
    if (goes_on) continue;
    Instruction made = instruction_of(begin, trim(whole));
    whole.clear();
    if (made.name == "from") found.clear();
    found.push_back(std::move(made));
  }
  return found;
}

std::vector<Instruction> named(const std::vector<Instruction>& instructions,
                               std::string_view name) {
  std::vector<Instruction> found;
  std::ranges::copy_if(instructions, std::back_inserter(found),
                       [&](const Instruction& one) { return one.name == name; });
  return found;
}

bool is_ignored(std::string_view docker_ignore, std::string_view file) {
  bool ignored = false;
  for (const std::string& line : split_lines(docker_ignore)) {
    std::string_view pattern = trim(line);
    if (pattern.empty() || pattern.starts_with('#')) continue;
    const bool back_in = pattern.starts_with('!');
    if (back_in) pattern.remove_prefix(1);
    if (fits(pattern, file)) ignored = !back_in;
  }
  return ignored;
}

}  // namespace ballast::doctor
