#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace ballast {

namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

struct Sequence {
  std::size_t length;
  std::uint32_t smallest;  // below it the form is overlong
  std::uint32_t bits;
};

std::optional<Sequence> sequence_of(unsigned char first) {
  if (first < 0x80) return Sequence{1, 0, first};
  if (first >= 0xC2 && first < 0xE0) return Sequence{2, 0x80, first & 0x1Fu};
  if (first >= 0xE0 && first < 0xF0) return Sequence{3, 0x800, first & 0x0Fu};
  if (first >= 0xF0 && first < 0xF5) return Sequence{4, 0x10000, first & 0x07u};
  return std::nullopt;
}

// Bytes of the UTF-8 character at the front; 0 when it is none.
std::size_t character_length(std::string_view text) {
  const auto sequence = sequence_of(static_cast<unsigned char>(text.front()));
  if (!sequence || text.size() < sequence->length) return 0;
  std::uint32_t point = sequence->bits;
  for (std::size_t index = 1; index < sequence->length; ++index) {
    const auto byte = static_cast<unsigned char>(text[index]);
    if (!is_continuation(byte)) return 0;
    point = (point << 6) | (byte & 0x3Fu);
  }
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  return point < sequence->smallest || point > 0x10FFFF || surrogate ? 0 : sequence->length;
}

// C1 controls (U+0080 to U+009F) drive terminals as well as C0 ones do.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return character.size() == 2 && first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

std::string escaped(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  return text;
}

// Two neighbours in each other's place count as one mistake of the fingers.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  std::vector<std::size_t> above(row.size());
  std::vector<std::size_t> above_that(row.size());
  for (std::size_t i = 1; i <= left.size(); ++i) {
    above_that.swap(above);
    above.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t changed = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, changed});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], above_that[j - 2] + 1);
    }
  }
  return row.back();
}

bool is_plain_word_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') ||
         std::string_view("_-./:=@%+,").find(letter) != std::string_view::npos;
}

class ShellSplitter {
 public:
  explicit ShellSplitter(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> split() {
    while (at_ < text_.size()) take();
    if (quote_ != 0 || escape_) return std::nullopt;
    end_word();
    return words_;
  }

 private:
  void take() {
    const char letter = text_[at_++];
    if (escape_) return add_escaped(letter);
    if (letter == '\\' && quote_ != '\'') {
      escape_ = true;
    } else if (quote_ != 0) {
      take_quoted(letter);
    } else if (letter == '\'' || letter == '"') {
      quote_ = letter;
      in_word_ = true;
    } else if (blanks.find(letter) != std::string_view::npos) {
      end_word();
    } else {
      add(letter);
    }
  }
  void take_quoted(char letter) {
    if (letter == quote_)
      quote_ = 0;
    else
      add(letter);
  }
  void add(char letter) {
    word_ += letter;
    in_word_ = true;
  }
  void add_escaped(char letter) {
    escape_ = false;
    if (letter == '\n') return;  // a line that goes on
    const bool special = std::string_view("\"\\$`").find(letter) != std::string_view::npos;
    if (quote_ == '"' && !special) add('\\');
    add(letter);
  }
  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }
  std::string_view text_;
  std::size_t at_ = 0;
  char quote_ = 0;
  bool escape_ = false;
  bool in_word_ = false;
  std::string word_;
  std::vector<std::string> words_;
};

}  // namespace

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(separator, begin);
    parts.emplace_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = trim(text)).empty()) {
    const auto end = std::min(text.find_first_of(blanks), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  std::string result;
  std::size_t begin = 0;
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, begin)) {
    result.append(text, begin, at - begin).append(to);
    begin = at + from.size();
  }
  return result.append(text, begin);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return result;
}

bool is_hex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
  });
}

std::optional<std::vector<std::string>> split_shell_words(std::string_view text) {
  return ShellSplitter(text).split();
}

std::string shell_quoted(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain_word_letter))
    return std::string(word);
  return "'" + replace_all(std::string(word), "'", "'\\''") + "'";
}

std::string shell_quoted(const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  for (const std::string& word : argv) words.push_back(shell_quoted(word));
  return join(words, " ");
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (character == "\n")
      shown += "\\n";
    else if (length == 0 || is_control(character))
      shown += escaped(character);
    else
      shown += character;
    text.remove_prefix(character.size());
  }
  return shown;
}

std::string shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  std::size_t end = limit;
  // At most three: longer runs are not UTF-8, and cutting them anywhere is as good.
  for (int steps = 0;
       steps < 3 && end > 0 && is_continuation(static_cast<unsigned char>(text[end]));)
    --end, ++steps;
  return std::string(text.substr(0, end)) + "…";
}

std::string last_lines(std::string_view text, std::size_t count) {
  std::vector<std::string> lines = split_lines(text);
  if (lines.size() > count)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return join(lines, "\n");
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  if (word.empty()) return std::nullopt;
  const std::size_t close_enough = std::max<std::size_t>(1, word.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = close_enough + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string counted(long long count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

std::string human_bytes(unsigned long long bytes) {
  constexpr std::array<std::string_view, 6> units{"kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 1000) return counted(static_cast<long long>(bytes), "byte");
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, units.at(unit));
}

}  // namespace ballast
