// Small text helpers. No system calls, no locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::vector<std::string> split_lines(std::string_view text);  // without "\n"; no empty last line
std::vector<std::string> split_words(std::string_view text);  // by runs of blanks
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
std::string lower(std::string_view text);
bool is_hex(std::string_view text);  // lower-case hex digits, not empty

// Splits as a POSIX shell splits words, quotes and backslashes honoured, nothing expanded.
// nullopt when a quote stays open.
std::optional<std::vector<std::string>> split_shell_words(std::string_view text);

// For display only: 'a b' quoted, plain words as they are.
std::string shell_quoted(std::string_view word);
std::string shell_quoted(const std::vector<std::string>& argv);

// A control character, DEL, or bytes that are not UTF-8 (RFC 3629) made visible as \xNN; for text
// that came from outside and goes to a terminal. Line breaks become "\n" visible too.
std::string printable(std::string_view text);

// Cut to `limit` bytes (at a UTF-8 boundary) with "…" when it was longer.
std::string shortened(std::string_view text, std::size_t limit);

// The last `count` lines.
std::string last_lines(std::string_view text, std::size_t count);

// The candidate with the smallest edit distance to `word`, when it is close enough to be a typing
// error (at most a third of the length, at least 1).
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "1 second", "2 seconds"
std::string counted(long long count, std::string_view singular);

// "3.6 GB", "812 kB", "17 bytes": decimal units, one digit after the point from kB on.
std::string human_bytes(unsigned long long bytes);

}  // namespace ballast
