#include "host/local_client.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "host/local_socket.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

class LocalClientTest : public testing::Test {
 protected:
  const TestFolder folder_;
  const std::string path_ = folder_ / "control.sock";
};

TEST_F(LocalClientTest, NobodyListensWhereNothingIs) {
  EXPECT_EQ(ask_local(path_, "status\n", std::chrono::seconds(5)), std::nullopt);
  EXPECT_EQ(ask_local(folder_ / "no/folder", "status\n", std::chrono::seconds(5)), std::nullopt);
  EXPECT_EQ(ask_local(folder_.write("file", "") + "/below", "status\n", std::chrono::seconds(5)),
            std::nullopt);
}

TEST_F(LocalClientTest, NobodyListensAtAStaleSocket) {
  { const Descriptor killed = listen_at_path(path_); }
  EXPECT_EQ(ask_local(path_, "status\n", std::chrono::seconds(5)), std::nullopt);
}

TEST_F(LocalClientTest, AnAnswerThatDoesNotComeIsAnError) {
  const Descriptor silent = listen_at_path(path_);
  const Error error =
      error_of([&] { ask_local(path_, "status\n", std::chrono::milliseconds(50)); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "no answer from " + path_ + " within 50 ms");
  EXPECT_EQ(error.hint(), "see what the one that listens there does: ss -xlp");
}

}  // namespace
}  // namespace ballast
