#include "backup/attachment_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/posix_trees.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using ::testing::IsEmpty;

// Sorted; `each` of them in every folder from `first` on.
std::vector<AttachmentName> names_from(unsigned first, unsigned each) {
  std::vector<AttachmentName> names;
  for (unsigned folder = first; folder < attachment_folders; ++folder)
    for (unsigned number = 0; number < each; ++number) {
      AttachmentName name;
      name.sha1[0] = static_cast<std::uint8_t>(folder);
      name.sha1[1] = static_cast<std::uint8_t>(number);
      names.push_back(name);
    }
  return names;
}

class AttachmentListTest : public testing::Test {
 protected:
  AttachmentList list() { return {trees, {folder.path(), "list"}}; }
  void write(const std::vector<AttachmentName>& names) {
    folder.write("list", print_attachments(names));
  }
  std::vector<AttachmentName> read() {
    std::vector<AttachmentName> all;
    AttachmentList read = list();
    for (unsigned number = 0; number < attachment_folders; ++number)
      for (const AttachmentName& name : read.names_in(number)) {
        EXPECT_EQ(name.sha1.front(), number);
        all.push_back(name);
      }
    return all;
  }

  TestFolder folder;
  PosixTrees trees;
};

TEST_F(AttachmentListTest, EveryFolderHasItsNames) {
  for (const unsigned each : {1U, 3U, 200U}) {
    const auto names = names_from(0, each);
    write(names);
    EXPECT_EQ(read(), names) << each;
  }
}

TEST_F(AttachmentListTest, FoldersWithoutNamesAreEmpty) {
  write(names_from(0xfe, 2));
  AttachmentList names = list();
  EXPECT_THAT(names.names_in(0), IsEmpty());
  EXPECT_THAT(names.names_in(0xfd), IsEmpty());
  EXPECT_EQ(names.names_in(0xfe).size(), 2);
  EXPECT_EQ(names.names_in(0xff).size(), 2);
}

TEST_F(AttachmentListTest, WhatComesBeforeIsPassedOver) {
  write(names_from(0, 100));
  AttachmentList names = list();
  EXPECT_EQ(names.names_in(7).size(), 100);
  EXPECT_EQ(names.names_in(200).front().sha1.front(), 200);
  EXPECT_THAT(names.names_in(8), IsEmpty());
}

TEST_F(AttachmentListTest, AnEmptyList) {
  folder.write("list", "");
  EXPECT_THAT(read(), IsEmpty());
}

TEST_F(AttachmentListTest, OneThatIsMissing) {
  EXPECT_EQ(error_of([&] { read(); }).message(), (folder / "list") + " is missing");
}

TEST_F(AttachmentListTest, DamageIsFoundOnceTheLastFolderIsAskedFor) {
  const std::string text = print_attachments(names_from(0, 200));
  folder.write("list", text.substr(0, text.size() - 5));
  EXPECT_EQ(error_of([&] { read(); }).message(), (folder / "list") + ":51200: the line is cut off");
  folder.write("list", text + text.substr(0, 44));
  EXPECT_THAT(error_of([&] { read(); }).message(), testing::HasSubstr("the list is not sorted"));
}

}  // namespace
}  // namespace ballast
