#include "base/hash.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr const char* sha256_of_nothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* sha256_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Hash, KnownDigests) {
  EXPECT_EQ(sha256_hex(""), sha256_of_nothing);
  EXPECT_EQ(sha256_hex("abc"), sha256_of_abc);
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hash, AMillionLetters) {
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, ZeroBytesCount) {
  EXPECT_EQ(sha1_hex(std::string(1, '\0')), "5ba93c9db0cff93f52b521d7420e43f6eda2784f");
}

TEST(Hash, PiecesGiveWhatTheWholeGives) {
  Sha256 digest;
  digest.add("a");
  digest.add("");
  digest.add("bc");
  EXPECT_EQ(digest.hex(), sha256_of_abc);
}

TEST(Hash, NoPieces) { EXPECT_EQ(Sha256().hex(), sha256_of_nothing); }

TEST(Hash, PiecesByEitherAlgorithm) {
  for (const auto algorithm : {DigestAlgorithm::sha1, DigestAlgorithm::sha256}) {
    Digest digest(algorithm);
    digest.add("ab");
    digest.add("c");
    EXPECT_EQ(digest.hex(),
              algorithm == DigestAlgorithm::sha1 ? sha1_hex("abc") : std::string(sha256_of_abc));
  }
}

}  // namespace
}  // namespace ballast
