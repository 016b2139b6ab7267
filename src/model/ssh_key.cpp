#include "model/ssh_key.h"

#include <charconv>
#include <vector>

#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view front = "SHA256:";
constexpr std::string_view method = "publickey ";
constexpr std::size_t letters_of_sha256 = 43;

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + at, hex.data() + at + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// A key begins with its own type, behind the type's length in four bytes.
bool is_of_type(std::string_view blob, std::string_view type) {
  const std::string length{'\0', '\0', '\0', static_cast<char>(type.size())};
  return blob.substr(0, 4) == length && blob.substr(4, type.size()) == type;
}

}  // namespace

std::optional<std::string> ssh_fingerprint(std::string_view public_key) {
  const auto words = split_words(public_key);
  if (words.size() < 2 || words.front().size() > 100) return std::nullopt;
  const auto blob = base64_decoded(words[1]);
  if (!blob || !is_of_type(*blob, words.front())) return std::nullopt;
  std::string digest = base64(bytes_of_hex(sha256_hex(*blob)));
  while (digest.ends_with('=')) digest.pop_back();
  return std::string(front) + digest;
}

bool is_ssh_fingerprint(std::string_view text) {
  return text.starts_with(front) && text.size() == front.size() + letters_of_sha256 &&
         text.substr(front.size())
                 .find_first_not_of(
                     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                     "+/") == std::string_view::npos;
}

std::optional<std::string> fingerprint_in_auth_info(std::string_view text) {
  std::vector<std::string> keys;
  for (const std::string& line : split_lines(text))
    if (line.starts_with(method)) keys.push_back(line.substr(method.size()));
  return keys.size() == 1 ? ssh_fingerprint(keys.front()) : std::nullopt;
}

}  // namespace ballast
