#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;

TEST(ExportCommand, SaysWhereItIs) {
  Bench bench;
  bench.script.zip = {.operation = "20261125T030000Z-0000",
                      .set = "20261125T022707Z-3f9a",
                      .database = "shop",
                      .file = "/root/shop.zip",
                      .series = "18.0",
                      .modules = 3,
                      .attachments = 1,
                      .lost = 2,
                      .written = {.size = 2'000'000, .sha256 = "00ff"},
                      .elapsed = std::chrono::seconds(4)};
  const auto ran = bench.run({"backup", "export", "shop", "--odoo-zip", "shop.zip", "--quiet"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output,
            "shop: shop of 20261125T022707Z-3f9a is in /root/shop.zip, Odoo 18.0, 1 attachment, "
            "2.0 MB (4 s)\n"
            "  without 2 attachments that production had lost: ballast backup show shop "
            "20261125T022707Z-3f9a\n");
  EXPECT_EQ(bench.script.exported.set, "latest");
  EXPECT_EQ(bench.script.exported.database, "");
  EXPECT_EQ(bench.script.exported.file, "/root/shop.zip");
}

TEST(ExportCommand, WantsAFileAndAtMostOneDatabase) {
  Bench bench;
  EXPECT_EQ(bench.run({"backup", "export", "shop"}).errors,
            "error: no file to write was given\n"
            "hint: usage: ballast backup export shop [SET] --odoo-zip FILE\n");
  EXPECT_EQ(bench
                .run({"backup", "export", "shop", "--odoo-zip", "/x", "--database", "a",
                      "--database", "b"})
                .errors,
            "error: an archive holds one database\nhint: give --database once\n");
  EXPECT_EQ(bench.run({"backup", "export", "--odoo-zip", "/x"}).errors,
            "error: no stack was given\nhint: usage: ballast backup export <stack>\n");
}

class ImportCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    bench.script.unzipped = {.operation = "20261125T030000Z-0000",
                             .file = "/in/shop.zip",
                             .database = "shop_test",
                             .neutralised = true,
                             .attachments = 20,
                             .elapsed = std::chrono::seconds(4)};
  }
  Bench bench;
};

TEST_F(ImportCommand, SaysWhatIsThere) {
  const auto ran =
      bench.run({"backup", "import", "shop", "/in/shop.zip", "--as", "shop_test", "--quiet"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "shop: shop_test is there, neutralised, 20 attachments (4 s)\n");
  EXPECT_EQ(bench.script.imported.file, "/in/shop.zip");
  EXPECT_EQ(bench.script.imported.as, "shop_test");
  EXPECT_FALSE(bench.script.imported.live);
  bench.run({"backup", "import", "shop", "here.zip", "--live"});
  EXPECT_EQ(bench.script.imported.file, "/root/here.zip");
  EXPECT_TRUE(bench.script.imported.live);
}

TEST_F(ImportCommand, WhatTheArchiveLacksIsToldAndStrictlyAFailure) {
  for (int number = 10; number < 22; ++number)
    bench.script.unzipped.damage.push_back({"aa/" + std::to_string(number), "missing"});
  const auto ran = bench.run({"backup", "import", "shop", "/in/shop.zip", "--quiet"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(ran.output.ends_with(
      "  missing in the archive: aa/18\n  missing in the archive: aa/19\n  and 2 more\n"));
  EXPECT_EQ(bench.run({"backup", "import", "shop", "/in/shop.zip", "--strict"}).status, 7);
}

TEST_F(ImportCommand, WantsAFile) {
  EXPECT_EQ(bench.run({"backup", "import", "shop"}).errors,
            "error: no file to import was given\n"
            "hint: usage: ballast backup import shop FILE [--as NAME]\n");
}

}  // namespace
}  // namespace ballast
