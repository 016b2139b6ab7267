#include "doctor/ssh_keys.h"

#include <algorithm>

#include "base/text.h"

namespace ballast::doctor {

namespace {

constexpr std::string_view standard_places = ".ssh/authorized_keys .ssh/authorized_keys2";

// Up to the first blank that is in no quotes.
std::string_view take_word(std::string_view& text) {
  bool quoted = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '\\' && quoted) {
      ++at;
      continue;
    }
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && (text[at] == ' ' || text[at] == '\t')) break;
  }
  at = std::min(at, text.size());
  const std::string_view word = text.substr(0, at);
  text = trim(text.substr(at));
  return word;
}

bool is_key_type(std::string_view word) {
  return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
}

std::vector<std::string> split_options(std::string_view text) {
  std::vector<std::string> options{""};
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && quoted && at + 1 < text.size() && text[at + 1] == '"') {
      options.back() += text[++at];
      continue;
    }
    if (text[at] == '"') quoted = !quoted;
    if (text[at] == ',' && !quoted)
      options.emplace_back();
    else
      options.back() += text[at];
  }
  return options;
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

void take_options(SshKey& key, std::string_view text) {
  for (const std::string& option : split_options(text)) {
    const auto equals = std::min(option.find('='), option.size());
    const std::string name = lower(option.substr(0, equals));
    if (name == "command" && equals < option.size())
      key.command = unquoted(std::string_view(option).substr(equals + 1));
    key.options.push_back(name);
  }
}

std::string expanded(std::string pattern, const Account& account) {
  pattern = replace_all(std::move(pattern), "%h", account.home);
  pattern = replace_all(std::move(pattern), "%u", account.name);
  return pattern.starts_with('/') ? pattern : account.home + "/" + pattern;
}

// A `Match` that asks for more than names does not surely hold.
bool concerns(const std::vector<std::string>& match, const Account& account) {
  if (match.size() == 2 && lower(match[1]) == "all") return true;
  if (match.size() != 3 || lower(match[1]) != "user") return false;
  const auto names = split(match[2], ',');
  return std::ranges::find(names, account.name) != names.end();
}

}  // namespace

bool SshKey::has(std::string_view option) const {
  return std::ranges::find(options, option) != options.end();
}

std::vector<SshKey> ssh_keys_in(std::string_view authorized_keys) {
  std::vector<SshKey> keys;
  int line = 0;
  for (const std::string& whole : split_lines(authorized_keys)) {
    ++line;
    std::string_view rest = trim(whole);
    if (rest.empty() || rest.starts_with('#')) continue;
    SshKey key{.line = line, .options = {}, .command = {}, .name = {}};
    std::string_view word = take_word(rest);
    if (!is_key_type(word)) {
      take_options(key, word);
      word = take_word(rest);
    }
    take_word(rest);
    key.name = std::string(rest);
    keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<std::string> places_of_keys(const std::vector<TextFile>& sshd, const Account& account) {
  std::string general;
  std::string matched;
  for (const TextFile& file : sshd) {
    bool in_match = false;
    bool holds = true;
    for (const std::string& line : split_lines(file.text)) {
      const auto words = split_words(line);
      if (words.size() < 2) continue;
      if (lower(words[0]) == "match") {
        in_match = true;
        holds = concerns(words, account);
      }
      if (lower(words[0]) != "authorizedkeysfile" || !holds) continue;
      std::string& place = in_match ? matched : general;
      if (place.empty()) place = join({words.begin() + 1, words.end()}, " ");
    }
  }
  std::string told = !matched.empty() ? matched : general;
  if (told.empty()) told = standard_places;
  std::vector<std::string> places;
  for (const std::string& pattern : split_words(told))
    if (lower(pattern) != "none") places.push_back(expanded(pattern, account));
  return places;
}

}  // namespace ballast::doctor
