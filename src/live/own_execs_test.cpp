#include "live/own_execs.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "host/test_folder.h"

namespace ballast {
namespace {

class OwnExecsTest : public ::testing::Test {
 protected:
  std::string file(const std::string& exec) { return paths_.run() + "/execs/" + exec; }

  TestFolder folder_;
  RealHost real_;
  Host& host_ = real_.get();
  Paths paths_{.root = folder_.path()};
};

TEST_F(OwnExecsTest, OneThatWasAnnouncedIsOurs) {
  EXPECT_FALSE(is_own_exec(host_, paths_, "0a1b"));
  announce_exec(host_, paths_, "0a1b");
  EXPECT_TRUE(is_own_exec(host_, paths_, "0a1b"));
  EXPECT_FALSE(is_own_exec(host_, paths_, "0a1c"));
  const auto mode = host_.disk.info(paths_.run() + "/execs")->mode;
  EXPECT_EQ(mode, 0700);
}

TEST_F(OwnExecsTest, WhatIsNoIdIsNoName) {
  for (const char* id : {"", "../x", "a/b", "zz"}) {
    announce_exec(host_, paths_, id);
    EXPECT_FALSE(is_own_exec(host_, paths_, id)) << id;
  }
  EXPECT_FALSE(host_.disk.info(paths_.run()));
}

TEST_F(OwnExecsTest, OldOnesAreForgotten) {
  announce_exec(host_, paths_, "aa");
  announce_exec(host_, paths_, "bb");
  std::filesystem::last_write_time(
      file("aa"), std::filesystem::file_time_type::clock::now() - std::chrono::minutes(11));
  forget_old_execs(host_, paths_);
  EXPECT_FALSE(is_own_exec(host_, paths_, "aa"));
  EXPECT_TRUE(is_own_exec(host_, paths_, "bb"));
}

TEST_F(OwnExecsTest, WhoCannotWriteThereGoesOn) {
  std::filesystem::create_directories(folder_.path() + "/run");
  host_.disk.append(folder_.path() + "/run/ballast", "no folder");
  announce_exec(host_, paths_, "aa");
  EXPECT_FALSE(is_own_exec(host_, paths_, "aa"));
}

}  // namespace
}  // namespace ballast
