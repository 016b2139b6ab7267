// Digests by OpenSSL, as lower-case hex.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace ballast {

std::string sha256_hex(std::string_view bytes);
std::string sha1_hex(std::string_view bytes);

// For data that comes in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string hex();  // ends it

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ballast
