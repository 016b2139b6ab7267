#include "model/paths.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(PathsTest, OfTheRealServer) {
  const Paths paths;
  EXPECT_EQ(paths.stacks(), "/srv/stacks");
  EXPECT_EQ(paths.stack("shop"), "/srv/stacks/shop");
  EXPECT_EQ(paths.history(), "/srv/deployments/history.log");
  EXPECT_EQ(paths.last_good("shop"), "/srv/deployments/last_good_sha/shop");
  EXPECT_EQ(paths.backups("shop"), "/srv/backups/shop");
  EXPECT_EQ(paths.state(), "/var/lib/ballast");
  EXPECT_EQ(paths.journal(), "/var/lib/ballast/ballast.db");
  EXPECT_EQ(paths.release_copies("shop", "r1"), "/var/lib/ballast/releases/shop/r1");
  EXPECT_EQ(paths.release_copies("shop", ""), "/var/lib/ballast/releases/shop");
  EXPECT_EQ(paths.settings(), "/etc/ballast/ballast.yaml");
  EXPECT_EQ(paths.run(), "/run/ballast");
  EXPECT_EQ(paths.stack_lock("shop"), "/run/ballast/shop.lock");
  EXPECT_EQ(paths.docker_socket(), "/var/run/docker.sock");
}

TEST(PathsTest, UnderAnotherRoot) {
  for (const char* root : {"/tmp/x", "/tmp/x/", "/tmp/x//"}) {
    const Paths paths{.root = root};
    EXPECT_EQ(paths.stack("shop"), "/tmp/x/srv/stacks/shop");
    EXPECT_EQ(paths.journal(), "/tmp/x/var/lib/ballast/ballast.db");
    EXPECT_EQ(paths.docker_socket(), "/var/run/docker.sock");
  }
}

TEST(PathsTest, NoStackHasTheLockOfAnotherThing) {
  const Paths paths;
  EXPECT_NE(paths.history_lock(), paths.stack_lock("history"));
  EXPECT_NE(paths.silences_lock(), paths.stack_lock("silences"));
}

}  // namespace
}  // namespace ballast
