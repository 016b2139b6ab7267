#include "base/hash.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace ballast {

namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Context begin(const EVP_MD* algorithm) {
  Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context || EVP_DigestInit_ex(context.get(), algorithm, nullptr) != 1)
    throw std::runtime_error("a digest could not be begun");
  return context;
}

std::string end_hex(EVP_MD_CTX* context) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (EVP_DigestFinal_ex(context, bytes.data(), &length) != 1)
    throw std::runtime_error("a digest could not be ended");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned index = 0; index < length; ++index) {
    hex += digits[bytes[index] >> 4];
    hex += digits[bytes[index] & 15];
  }
  return hex;
}

void feed(EVP_MD_CTX* context, std::string_view bytes) {
  if (EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1)
    throw std::runtime_error("a digest could not be fed");
}

std::string digest_hex(const EVP_MD* algorithm, std::string_view bytes) {
  const Context context = begin(algorithm);
  feed(context.get(), bytes);
  return end_hex(context.get());
}

}  // namespace

struct Digest::State {
  Context context;
};

Digest::Digest(DigestAlgorithm algorithm)
    : state_(new State{begin(algorithm == DigestAlgorithm::sha1 ? EVP_sha1() : EVP_sha256())}) {}
Digest::~Digest() = default;
void Digest::add(std::string_view bytes) { feed(state_->context.get(), bytes); }
std::string Digest::hex() { return end_hex(state_->context.get()); }

std::string sha256_hex(std::string_view bytes) { return digest_hex(EVP_sha256(), bytes); }
std::string sha1_hex(std::string_view bytes) { return digest_hex(EVP_sha1(), bytes); }

}  // namespace ballast
