#include "gate/identity.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

constexpr const char* public_key =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ09Qr9AI4z4tgNG8kqQj3qPQ4FhrClUVf5Mm2pESNqX";
constexpr const char* access = R"(
keys:
  ci: {stacks: shop, verbs: deploy, key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ09Qr9AI4z4tgNG8kqQj3qPQ4FhrClUVf5Mm2pESNqX ci"}
  bob: {stacks: shop, verbs: status}
)";

GateCall call(const std::string& named, std::optional<std::string> auth_info) {
  return {.named_key = named,
          .command = "status",
          .user = 1000,
          .address = {},
          .auth_info = std::move(auth_info)};
}

std::string told(const GateCall& call) {
  const AccessFile file = read_access_file("access.yaml", access);
  const auto identity = identify(file, call);
  if (const auto* refusal = std::get_if<Refusal>(&identity)) return "refused: " + refusal->reason;
  const auto& found = std::get<Identity>(identity);
  return found.key->name + (found.fingerprint.empty() ? " by name" : " by sshd");
}

TEST(IdentityTest, WhatSshdSaysCountsAndNotTheName) {
  const std::string said = std::string("publickey ") + public_key + "\n";
  EXPECT_EQ(told(call("ci", said)), "ci by sshd");
  EXPECT_EQ(told(call("bob", said)), "ci by sshd");
  EXPECT_EQ(told(call("", said)), "ci by sshd");
}

TEST(IdentityTest, WithoutItTheNameCounts) {
  EXPECT_EQ(told(call("ci", std::nullopt)), "ci by name");
  EXPECT_EQ(told(call("bob", std::nullopt)), "bob by name");
  EXPECT_EQ(told(call("eve", std::nullopt)), "refused: key eve has no entry");
  EXPECT_EQ(told(call("../ci", std::nullopt)), "refused: that is no name of a key");
  EXPECT_EQ(told(call("", std::nullopt)), "refused: that is no name of a key");
}

TEST(IdentityTest, WhatSshdSaysAndIsNotUnderstoodIsNoReasonToBelieveTheName) {
  const std::string line = std::string("publickey ") + public_key + "\n";
  for (const std::string& said : {std::string(), std::string("password\n"), line + line,
                                  std::string("publickey ssh-ed25519 AAAA\n")})
    EXPECT_EQ(told(call("ci", said)),
              "refused: what sshd says of the key that was used is not understood");
  EXPECT_TRUE(told(call("ci",
                        "publickey ssh-ed25519 "
                        "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"))
                  .starts_with("refused: the key SHA256:"));
}

}  // namespace
}  // namespace ballast
