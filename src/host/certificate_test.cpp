#include "host/certificate.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

using namespace std::chrono_literals;

TEST(CertificateTime, IsReadAsOpensslWritesIt) {
  EXPECT_EQ(parse_certificate_time("Nov 25 02:27:07 2027 GMT"), parse_time("2027-11-25T02:27:07Z"));
  EXPECT_EQ(parse_certificate_time("Jan  5 00:00:00 2030 GMT"), parse_time("2030-01-05T00:00:00Z"));
  EXPECT_EQ(parse_certificate_time("Nov 25 02:27:07 2027"), std::nullopt);
  EXPECT_EQ(parse_certificate_time("Nod 25 02:27:07 2027 GMT"), std::nullopt);
  EXPECT_EQ(parse_certificate_time(""), std::nullopt);
}

TEST(SeeCertificate, NobodyListens) {
  const auto seen = see_certificate("https://127.0.0.1:1", "", 5s);
  EXPECT_EQ(seen.expires, std::nullopt);
  EXPECT_EQ(seen.trouble, "nobody answers there");
}

}  // namespace
}  // namespace ballast
