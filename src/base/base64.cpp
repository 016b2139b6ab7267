#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <vector>

namespace ballast {

namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::vector<unsigned char> text((bytes.size() + 2) / 3 * 4 + 1);  // it ends with a NUL
  const int length = EVP_EncodeBlock(text.data(), octets(bytes), static_cast<int>(bytes.size()));
  return {text.begin(), text.begin() + length};
}

std::string base64_url(std::string_view bytes) {
  std::string text = base64(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<unsigned char> bytes(text.size() / 4 * 3);
  const int length = EVP_DecodeBlock(bytes.data(), octets(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const auto padding = std::min<std::ptrdiff_t>(std::ranges::count(text, '='), 2);
  return std::string(bytes.begin(), bytes.begin() + length - padding);
}

}  // namespace ballast
