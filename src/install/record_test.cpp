#include "install/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;

TEST(InstallRecord, IsReadAsItWasWritten) {
  InstallRecord record{.starter = Starter::timers};
  record.put({.path = "/etc/b", .mode = 0440, .sha256 = "22", .writing = {}});
  record.put({.path = "/etc/a", .mode = 0644, .sha256 = "", .writing = "11"});
  put_name(record.folders, "/srv/stacks");
  put_name(record.users, "deploy");
  put_name(record.groups, "ballast-gate");
  put_name(record.services, "ballast.service");
  EXPECT_EQ(record_text(record), R"({
  "schema": "ballast.installed/1",
  "starter": "timers",
  "files": [
    {
      "path": "/etc/a",
      "mode": "0644",
      "sha256": "",
      "writing": "11"
    },
    {
      "path": "/etc/b",
      "mode": "0440",
      "sha256": "22"
    }
  ],
  "folders": [
    "/srv/stacks"
  ],
  "groups": [
    "ballast-gate"
  ],
  "users": [
    "deploy"
  ],
  "services": [
    "ballast.service"
  ]
}
)");
  const auto read = parse_record(record_text(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(record_text(*read), record_text(record));
  EXPECT_EQ(read->file("/etc/b")->mode, 0440U);
  EXPECT_EQ(read->file("/etc/c"), nullptr);
}

TEST(InstallRecord, OfAnotherVersionIsNone) {
  EXPECT_EQ(parse_record("{\"schema\":\"ballast.installed/2\"}"), std::nullopt);
  EXPECT_EQ(parse_record("not json"), std::nullopt);
  EXPECT_TRUE(parse_record("{\"schema\":\"ballast.installed/1\"}")->empty());
}

TEST(InstallRecord, AFileIsThereOnce) {
  InstallRecord record;
  record.put({.path = "/etc/a", .mode = 0644, .sha256 = "1", .writing = {}});
  record.put({.path = "/etc/a", .mode = 0600, .sha256 = "2", .writing = {}});
  ASSERT_EQ(record.files.size(), 1U);
  EXPECT_EQ(record.files[0].sha256, "2");
  record.forget("/etc/a");
  EXPECT_TRUE(record.empty());
  put_name(record.folders, "/b");
  put_name(record.folders, "/a");
  put_name(record.folders, "/b");
  EXPECT_THAT(record.folders, ElementsAre("/a", "/b"));
  EXPECT_FALSE(record.empty());
}

}  // namespace
}  // namespace ballast
