#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "check/check_test_support.h"
#include "check/websocket_key.h"

namespace ballast {
namespace {

using test::no_answer;
using test::page;
using ::testing::ElementsAre;

constexpr const char* log = "look at `docker logs --tail 50 shop_web_1`";
constexpr const char* key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* accepted = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

TEST(WebsocketKeyTest, IsTheExampleOfTheStandard) {
  EXPECT_EQ(websocket_key("7468652073616d706c65206e6f6e6365"), key);
  EXPECT_EQ(websocket_accept(key), accepted);
}

TEST(WebsocketKeyTest, PadsEveryLength) {
  EXPECT_EQ(websocket_key(""), "");
  EXPECT_EQ(websocket_key("66"), "Zg==");
  EXPECT_EQ(websocket_key("666f"), "Zm8=");
  EXPECT_EQ(websocket_key("666f6f"), "Zm9v");
  EXPECT_EQ(websocket_key("666f6f62"), "Zm9vYg==");
}

class WebsocketTest : public ::testing::Test {
 protected:
  WebsocketTest() { world_.set_target(); }
  HttpResponse& site(const std::string& path) { return world_.http.site[path]; }
  test::World world_;
};

using WebsocketHealthTest = WebsocketTest;

TEST_F(WebsocketHealthTest, AsksTheChatPort) {
  world_.target->chat_url = "http://127.0.0.1:8072";
  world_.target->chat_connect_to = "172.18.0.3:8072";
  site("/websocket/health") = page(200);
  EXPECT_THAT(world_.ask("websocket-health"), ElementsAre("pass websocket-health: 200 in 35 ms"));
  EXPECT_THAT(world_.http.asked(), ElementsAre("GET http://127.0.0.1:8072/websocket/health"));
  EXPECT_EQ(world_.http.requests().front().connect_to, "172.18.0.3:8072");
  site("/websocket/health") = no_answer(HttpFailure::refused, "connection refused");
  EXPECT_THAT(world_.ask("websocket-health"),
              ElementsAre(std::string("fail websocket-health: connection refused "
                                      "(http://127.0.0.1:8072) -> ") +
                          log));
}

TEST_F(WebsocketHealthTest, AsksThePagesPortWithoutAChatPort) {
  EXPECT_THAT(world_.ask("websocket-health"),
              ElementsAre(std::string("fail websocket-health: 404 in 35 ms -> ") + log));
  EXPECT_THAT(world_.http.asked(), ElementsAre("GET http://127.0.0.1:8069/websocket/health"));
}

TEST_F(WebsocketHealthTest, NeedsASessionWithSeveralDatabases) {
  world_.databases = {"ten_a", "ten_b"};
  world_.target->chat_url = "http://127.0.0.1:8072";
  site("/web/login?db=ten_a") = page(200, "", {{"set-cookie", "lang=en\nsession_id=ten_a"}});
  site("lang=en; session_id=ten_a /websocket/health") = page(200);
  EXPECT_THAT(world_.ask("websocket-health"), ElementsAre("pass websocket-health: 200 in 35 ms"));
}

TEST_F(WebsocketHealthTest, SaysWhenThereIsNoDatabase) {
  world_.databases.clear();
  EXPECT_THAT(world_.ask("websocket-health"),
              ElementsAre("pass websocket-health: no database yet"));
  world_.databases_trouble = "down";
  EXPECT_THAT(world_.ask("websocket-health"),
              ElementsAre("unknown websocket-health: the databases are not known: down -> look at "
                          "the service `db`: `docker compose logs --tail 50 db`"));
}

class WebsocketHandshakeTest : public WebsocketTest {
 protected:
  const std::string hint_ =
      std::string(
          "a proxy must pass `Upgrade` and `Connection` on and send /websocket to the "
          "chat port; ") +
      log;
};

TEST_F(WebsocketHandshakeTest, UpgradesAsABrowserDoes) {
  world_.target->host_header = "shop.example.com";
  site("/websocket") = page(101, "", {{"sec-websocket-accept", accepted}});
  EXPECT_THAT(world_.ask("websocket-handshake"),
              ElementsAre("pass websocket-handshake: 101 in 35 ms"));
  EXPECT_THAT(world_.http.asked(),
              ElementsAre("GET http://127.0.0.1:8069/websocket [Host: shop.example.com] "
                          "[Connection: Upgrade] [Upgrade: websocket] [Origin: "
                          "http://shop.example.com] [Sec-WebSocket-Version: 13] "
                          "[Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==]"));
  EXPECT_TRUE(world_.http.requests().front().stop_after_headers);
}

TEST_F(WebsocketHandshakeTest, FailsWithoutTheRightAnswer) {
  site("/websocket") = page(400);
  EXPECT_THAT(world_.ask("websocket-handshake"),
              ElementsAre("fail websocket-handshake: 400 in 35 ms -> " + hint_));
  site("/websocket") = page(101, "", {{"sec-websocket-accept", key}});
  EXPECT_THAT(world_.ask("websocket-handshake"),
              ElementsAre("fail websocket-handshake: 101 in 35 ms, with a wrong "
                          "Sec-WebSocket-Accept -> " +
                          hint_));
  site("/websocket") = no_answer(HttpFailure::reset, "connection reset");
  EXPECT_THAT(world_.ask("websocket-handshake"),
              ElementsAre(std::string("fail websocket-handshake: connection reset (published port "
                                      "127.0.0.1:8069) -> ") +
                          log));
}

TEST_F(WebsocketHandshakeTest, IsUnknownWhenItCouldNotBeAsked) {
  site("/websocket") = no_answer(HttpFailure::other, "out of memory");
  EXPECT_THAT(world_.ask("websocket-handshake"),
              ElementsAre(std::string("unknown websocket-handshake: out of memory (published port "
                                      "127.0.0.1:8069) -> ") +
                          log));
}

}  // namespace
}  // namespace ballast
