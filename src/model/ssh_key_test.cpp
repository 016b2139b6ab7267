#include "model/ssh_key.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

// As `ssh-keygen -lf` prints it.
constexpr const char* key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ09Qr9AI4z4tgNG8kqQj3qPQ4FhrClUVf5Mm2pESNqX ken@laptop";
constexpr const char* fingerprint = "SHA256:k/TNrTi2CNViz3ltNiBNiDZ2ppSnGUdkwvZirSfU8Os";

TEST(SshKeyTest, TheFingerprintIsOpenSshs) {
  EXPECT_EQ(ssh_fingerprint(key), fingerprint);
  EXPECT_TRUE(is_ssh_fingerprint(fingerprint));
  EXPECT_EQ(fingerprint_in_auth_info(std::string("publickey ") + key + "\n"), fingerprint);
}

TEST(SshKeyTest, WhatIsNoKeyIsNone) {
  for (const char* text :
       {"", "ssh-ed25519", "ssh-ed25519 ????",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJ09Qr9AI4z4tgNG8kqQj3qPQ4FhrClUVf5Mm2pESNqX",
        "AAAA ssh-ed25519"})
    EXPECT_FALSE(ssh_fingerprint(text)) << text;
  for (const char* text : {"", "SHA256:", "MD5:00:11", "SHA256:short"})
    EXPECT_FALSE(is_ssh_fingerprint(text)) << text;
  EXPECT_FALSE(fingerprint_in_auth_info("password\n"));
}

}  // namespace
}  // namespace ballast
