#include "model/env_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "model/compose_file.h"

namespace ballast {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool fits_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') ||
         std::string_view("_.-[]").find(letter) != std::string_view::npos;
}

// The escapes that stand between double quotes, before variables are put in.
std::string without_escapes(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      result += text[at];
      continue;
    }
    switch (text[++at]) {
      case 'n': result += '\n'; break;
      case 'r': result += '\r'; break;
      case 't': result += '\t'; break;
      case '$': result += "$$"; break;
      case '"': result += '"'; break;
      case '\\': result += '\\'; break;
      default: result.append({'\\', text[at]});
    }
  }
  return result;
}

class EnvScanner {
 public:
  EnvScanner(const std::string& path, std::string_view text) : path_(path), text_(text) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  std::vector<EnvAssignment> scan() {
    for (; at_ < text_.size(); next_line()) scan_line();
    return std::move(found_);
  }

 private:
  std::size_t line_end() const { return std::min(text_.find('\n', at_), text_.size()); }
  std::string_view rest_of_line() const { return text_.substr(at_, line_end() - at_); }

  void next_line() {
    at_ = line_end() + 1;
    ++number_;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), line_end()); }

  void scan_line() {
    skip_blanks();
    if (rest_of_line().starts_with('#')) return;
    EnvAssignment assignment{.number = number_};
    assignment.exported = skip_export();
    if (!take_name(assignment.name)) return;
    skip_blanks();
    take_value(assignment);
    values_[assignment.name] = assignment.value;
    found_.push_back(std::move(assignment));
  }

  bool skip_export() {
    constexpr std::string_view word = "export";
    const std::string_view rest = rest_of_line();
    if (!rest.starts_with(word) || rest.size() == word.size()) return false;
    if (blanks.find(rest[word.size()]) == std::string_view::npos) return false;
    at_ += word.size();
    skip_blanks();
    return true;
  }

  // Compose reads `NAME: value` as well.
  bool take_name(std::string& name) {
    const std::string_view rest = rest_of_line();
    const auto sign = rest.find_first_of("=:");
    if (sign == std::string_view::npos) return false;
    name = trim(rest.substr(0, sign));
    at_ += sign + 1;
    return !name.empty() && std::ranges::all_of(name, fits_name);
  }

  void take_value(EnvAssignment& assignment) {
    const std::string_view rest = rest_of_line();
    if (rest.starts_with('"') || rest.starts_with('\'')) return take_quoted(assignment);
    assignment.value_begin = at_;
    assignment.value_end = at_ + unquoted_length(rest);
    assignment.value = expand_variables(span_of(assignment), values_);
  }

  // A `#` behind a blank begins a comment; one at the very front does not.
  static std::size_t unquoted_length(std::string_view rest) {
    std::size_t end = rest.size();
    for (auto at = rest.find('#', 1); at != std::string_view::npos; at = rest.find('#', at + 1)) {
      if (blanks.find(rest[at - 1]) == std::string_view::npos) continue;
      end = at;
      break;
    }
    return trim(rest.substr(0, end)).size();
  }

  void take_quoted(EnvAssignment& assignment) {
    const char quote = text_[at_];
    assignment.value_begin = at_ + 1;
    assignment.value_end = closing_quote(quote);
    const std::string_view span = span_of(assignment);
    assignment.value = quote == '"' ? expand_variables(without_escapes(span), values_) : span;
    number_ += static_cast<std::size_t>(std::ranges::count(span, '\n'));
    at_ = assignment.value_end + 1;
  }

  // Both generations of Compose look at the byte before the quote only.
  std::size_t closing_quote(char quote) const {
    auto at = text_.find(quote, at_ + 1);
    while (at != std::string_view::npos && text_[at - 1] == '\\') at = text_.find(quote, at + 1);
    if (at == std::string_view::npos) refuse_open_quote();
    return at;
  }

  [[noreturn]] void refuse_open_quote() const {
    throw Error(Kind::refused,
                fmt::format("{} has a quote in line {} that is never closed", path_, number_),
                "close it, or take it off");
  }

  std::string_view span_of(const EnvAssignment& assignment) const {
    return text_.substr(assignment.value_begin, assignment.value_end - assignment.value_begin);
  }

  const std::string& path_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t number_ = 1;
  std::map<std::string, std::string> values_;
  std::vector<EnvAssignment> found_;
};

}  // namespace

std::vector<EnvAssignment> parse_env_lines(const std::string& path, std::string_view text) {
  return EnvScanner(path, text).scan();
}

}  // namespace ballast
