#include "model/set_layout.h"

#include <gtest/gtest.h>

#include <random>

namespace ballast {
namespace {

TEST(SetLayoutTest, Kinds) {
  EXPECT_EQ(text_of(BackupKind::daily), "daily");
  EXPECT_EQ(text_of(BackupKind::weekly_full), "weekly-full");
  EXPECT_EQ(text_of(BackupKind::manual), "manual");
  EXPECT_EQ(text_of(BackupKind::pre_deploy), "pre-deploy");
  for (const BackupKind kind : backup_kinds) EXPECT_EQ(parse_backup_kind(text_of(kind)), kind);
  for (const char* text : {"", "weekly", "Daily", "weekly_full"})
    EXPECT_FALSE(parse_backup_kind(text)) << text;
}

TEST(SetLayoutTest, AnIdTellsItsTime) {
  const auto time = time_of_set("20261125T022707Z-3f9a");
  ASSERT_TRUE(time);
  EXPECT_EQ(iso_utc(*time), "2026-11-25T02:27:07Z");
  for (const char* text : {"", "20261125T022707Z", "20261125T022707Z-3F9A", "20261125T022707Z-3f9",
                           "latest", "20261125T022707Z-3f9a1", "20261325T022707Z-3f9a",
                           "20261125T022707Z_3f9a", "../../../../etc/shado"})
    EXPECT_FALSE(time_of_set(text)) << text;
}

TEST(SetLayoutTest, Paths) {
  EXPECT_EQ(dump_file("shop"), "databases/shop.dump");
  EXPECT_EQ(attachments_file("ten a"), "databases/ten%20a.attachments");
  EXPECT_EQ(volume_file("shop_web-data"), "volumes/shop_web-data.tar.zst");
  EXPECT_EQ(volume_file("/srv/data"), "volumes/%2Fsrv%2Fdata.tar.zst");
  EXPECT_EQ(filestore_file(*parse_time("2026-11-25T23:59:59Z")), "filestore-20261125.tar.gz");
}

TEST(SetLayoutTest, EscapedNames) {
  EXPECT_EQ(escaped_name("shop_2.old-B"), "shop_2.old-B");
  EXPECT_EQ(escaped_name("ten a"), "ten%20a");
  EXPECT_EQ(escaped_name("lädchen"), "l%C3%A4dchen");
  EXPECT_EQ(escaped_name("a/b"), "a%2Fb");
  EXPECT_EQ(escaped_name("100%"), "100%25");
  EXPECT_EQ(escaped_name("%41"), "%2541");
  EXPECT_EQ(escaped_name(".."), "%2E.");
  EXPECT_EQ(escaped_name(".hidden"), "%2Ehidden");
  EXPECT_EQ(escaped_name("a\nb'\\"), "a%0Ab%27%5C");
  EXPECT_EQ(escaped_name("ten ä/%"), "ten%20%C3%A4%2F%25");
}

TEST(SetLayoutTest, EscapedNamesReadBack) {
  for (const char* name : {"shop", "ten a", "lädchen", "a/b", "100%", "%41", "..", ".a", "-x", ""})
    EXPECT_EQ(unescaped_name(escaped_name(name)), name);
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    std::string name;
    for (auto left = random() % 20; left > 0; --left) name += static_cast<char>(random() % 256);
    EXPECT_EQ(unescaped_name(escaped_name(name)), name);
  }
}

TEST(SetLayoutTest, WhatIsNoEscapedName) {
  for (const char* text : {"a b", "%c3%a4", "%4", "%", "%41", "a%2fb", "%GG", ".a", "ä", "a/b"})
    EXPECT_FALSE(unescaped_name(text)) << text;
}

TEST(SetLayoutTest, PathsThatStayInTheSet) {
  for (const char* path : {"globals.sql", "stack/.env", "databases/l%C3%A4dchen.dump", "a/..b"})
    EXPECT_TRUE(is_set_path(path)) << path;
  for (const char* path :
       {"", "/etc/passwd", "..", "a/../b", "./a", "a//b", "a/", "a\nb", "a\\b", "a\xff"})
    EXPECT_FALSE(is_set_path(path)) << path;
}

}  // namespace
}  // namespace ballast
