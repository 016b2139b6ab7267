// Digests by OpenSSL, as lower-case hex.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ballast {

std::string sha256_hex(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);

enum class DigestAlgorithm { sha1, sha256 };

// For data that comes in pieces.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  std::string hex();  // ends it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Sha256 : public Digest {
 public:
  Sha256() : Digest(DigestAlgorithm::sha256) {}
};

}  // namespace ballast
