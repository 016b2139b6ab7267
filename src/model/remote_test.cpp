#include "model/remote.h"

#include <gtest/gtest.h>

namespace ballast {
namespace {

std::string read(std::string_view text) {
  const auto remote = parse_remote(text);
  return remote ? remote->text() : "none";
}

TEST(RemoteTest, ANameAndAPath) {
  EXPECT_EQ(parse_remote("offsite:backups/acme"),
            (Remote{.name = "offsite", .path = "backups/acme"}));
  EXPECT_EQ(read("off-site_2.x:"), "off-site_2.x:");
  EXPECT_EQ(read("nas:/"), "nas:/");
  EXPECT_EQ(read("nas:/volume 1/backups//"), "nas:/volume 1/backups");
}

TEST(RemoteTest, EverythingElse) {
  for (const char* text : {"", "backups", "/srv/backups", "./a", ":sftp:path", ":", "-x:path",
                           "offsite,filename_encryption=off:path", "a b:path", "offsite:../x",
                           "offsite:a/../b", "offsite:a\nb"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(RemoteTest, Below) {
  EXPECT_EQ(parse_remote("nas:")->below("shop/pool").text(), "nas:shop/pool");
  EXPECT_EQ(parse_remote("nas:/")->below("shop").text(), "nas:/shop");
  EXPECT_EQ(parse_remote("nas:a")->below("shop").text(), "nas:a/shop");
}

}  // namespace
}  // namespace ballast
