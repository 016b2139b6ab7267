#include "tools/engine_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

// A header of 512 bytes, and the content in whole blocks.
std::string entry(char type, std::string_view content, const std::string& name = "site.py") {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  header.replace(124, 11, fmt::format("{:011o}", content.size()));
  header[156] = type;
  std::string body(content);
  body.resize((body.size() + 511) / 512 * 512, '\0');
  return header + body;
}

TEST(EngineFiles, TheFirstFileOfAnArchive) {
  const auto file = docker::first_in_archive(entry('0', "print(1)\n") + std::string(1024, '\0'));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->kind, docker::FileKind::regular);
  EXPECT_EQ(file->size, 9U);
  EXPECT_EQ(file->content, "print(1)\n");
}

TEST(EngineFiles, HeadersThatSpeakOfTheNextEntryArePassedOver) {
  const std::string pax(700, 'p');
  const auto file =
      docker::first_in_archive(entry('x', pax) + entry('L', "long") + entry('0', "a"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->content, "a");
}

TEST(EngineFiles, WhatIsNoFileIsToldByItsKind) {
  EXPECT_EQ(docker::first_in_archive(entry('2', ""))->kind, docker::FileKind::symlink);
  EXPECT_EQ(docker::first_in_archive(entry('5', ""))->kind, docker::FileKind::folder);
  EXPECT_EQ(docker::first_in_archive(entry('3', ""))->kind, docker::FileKind::other);
}

TEST(EngineFiles, AnArchiveCutAtEveryLength) {
  const std::string whole = entry('x', "times") + entry('0', std::string(600, 'a'));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto file = docker::first_in_archive(std::string_view(whole).substr(0, length));
    if (length < 3 * 512) {
      EXPECT_FALSE(file) << length;
    } else {
      ASSERT_TRUE(file) << length;
      EXPECT_EQ(file->size, 600U) << length;
      EXPECT_EQ(file->content.size(), std::min<std::size_t>(length - 3 * 512, 600)) << length;
    }
  }
}

}  // namespace
}  // namespace ballast
