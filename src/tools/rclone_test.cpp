#include "tools/rclone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/test_host.h"

namespace ballast {
namespace {

using testing::ElementsAre;
using testing::Pair;

const Json dump = *parse_json(R"({
  "nas": {"type": "sftp", "host": "nas", "pass": "obscured-1", "key_file": "/root/.ssh/key",
          "key_pem": "pem of nas"},
  "offsite": {"type": "crypt", "remote": "nas:backups", "password": "obscured-2"},
  "open": {"type": "crypt", "remote": "nas:open", "password": "p", "no_data_encryption": "true"},
  "cloud": {"type": "s3", "secret_access_key": "cloud-secret", "access_key_id": "cloud-id"}})");

TEST(RcloneTest, WhatItsConfigurationSays) {
  const auto offsite = facts_in_dump(dump, "offsite");
  ASSERT_TRUE(offsite);
  EXPECT_EQ(offsite->type, "crypt");
  EXPECT_TRUE(offsite->is_encrypted);
  EXPECT_EQ(offsite->wrapped, "nas:backups");
  EXPECT_EQ(facts_in_dump(dump, "nas")->type, "sftp");
  EXPECT_FALSE(facts_in_dump(dump, "nas")->is_encrypted);
  EXPECT_FALSE(facts_in_dump(dump, "open")->is_encrypted) << "it encrypts names only";
  EXPECT_FALSE(facts_in_dump(dump, "other"));
  EXPECT_FALSE(facts_in_dump(Json(), "offsite"));
}

TEST(RcloneTest, SecretsOfItsConfiguration) {
  const Secrets secrets = secrets_in_dump(dump);
  EXPECT_EQ(secrets.mask("obscured-1 obscured-2 pem of nas cloud-secret cloud-id"),
            "*** *** *** *** ***");
  EXPECT_EQ(secrets.mask("/root/.ssh/key nas:backups crypt"), "/root/.ssh/key nas:backups crypt");
  EXPECT_TRUE(secrets_in_dump(Json("text")).empty());
}

TEST(RcloneTest, Words) {
  EXPECT_THAT(list_words({.name = "offsite", .path = "shop/pool"}, 2),
              ElementsAre("lsf", "--files-only", "--recursive", "--max-depth=2", "--format=sp",
                          "--separator= ", "offsite:shop/pool"));
  EXPECT_THAT(copy_words("/a", "offsite:b", false),
              ElementsAre("copy", "--include-from=-", "--size-only", "--transfers=4", "--stats=1s",
                          "--stats-log-level=NOTICE", "/a", "offsite:b"));
  EXPECT_THAT(copy_words("/a", "offsite:b", true), testing::Contains("--ignore-times"));
  EXPECT_THAT(compare_words("/a", "offsite:b", Comparison::encrypted_hashes),
              ElementsAre("cryptcheck", "--include-from=-", "--one-way", "--combined=-",
                          "--stats=1s", "--stats-log-level=NOTICE", "/a", "offsite:b"));
  EXPECT_EQ(compare_words("/a", "b:", Comparison::hashes).front(), "check");
  EXPECT_THAT(compare_words("/a", "b:", Comparison::hashes),
              testing::Not(testing::Contains("--download")));
  EXPECT_THAT(compare_words("/a", "b:", Comparison::content), testing::Contains("--download"));
}

TEST(RcloneTest, PatternsMeanOneFileEach) {
  EXPECT_THAT(patterns_for({"aa/aabb", "stack/.env", "#x", "databases/ten%20[a]{*?}\\.dump"}),
              ElementsAre("/aa/aabb", "/stack/.env", "/#x",
                          "/databases/ten%20\\[a\\]\\{\\*\\?\\}\\\\.dump"));
}

TEST(RcloneTest, ListedFiles) {
  const auto file = parse_listed("3000 aa/a name with blanks");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->path, "aa/a name with blanks");
  EXPECT_EQ(file->size, 3000U);
  for (const char* line : {"", "aa/x", "-1 aa/x", "3x aa/x"})
    EXPECT_FALSE(parse_listed(line)) << line;
}

TEST(RcloneTest, Troubles) {
  EXPECT_EQ(trouble_in("2026/11/26 09:22:15 Failed to copy: it is full"),
            "Failed to copy: it is full");
  EXPECT_EQ(trouble_in(R"({"level":"error","msg":"no","object":"aa/x","time":"2026"})"),
            "aa/x: no");
  EXPECT_EQ(trouble_in(R"({"level":"error","msg":"no"})"), "no");
  EXPECT_EQ(trouble_in(R"({"level":"warning","msg":"2 matching files"})"), "");
  EXPECT_EQ(trouble_in(""), "");
}

TEST(RcloneTest, ItsEnvironment) {
  FakeMachine machine;
  machine.variables = {{"HOME", "/root"},
                       {"RCLONE_CONFIG", "/etc/rclone.conf"},
                       {"RCLONE_CRYPT_NO_DATA_ENCRYPTION", "true"},
                       {"RCLONE_DRY_RUN", "true"},
                       {"https_proxy", ""}};
  EXPECT_THAT(rclone_environment(machine),
              ElementsAre(Pair("HOME", "/root"), Pair("LC_ALL", "C.UTF-8"),
                          Pair("RCLONE_CONFIG", "/etc/rclone.conf")));
}

}  // namespace
}  // namespace ballast
