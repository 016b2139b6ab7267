#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "check/check_test_support.h"

namespace ballast {
namespace {

using test::no_answer;
using test::page;
using ::testing::ElementsAre;

constexpr const char* log = "look at `docker logs --tail 50 shop_web_1`";
constexpr const char* choice =
    "no database, or more than one, fits this address: set `dbfilter` in odoo.conf (`^%d$` takes "
    "the first part of the host name), or `host:` in ballast.yaml";

class WebTest : public ::testing::Test {
 protected:
  WebTest() { world_.set_target(); }
  HttpResponse& site(const std::string& path) { return world_.http.site[path]; }
  std::optional<Duration> elapsed(const Check* check) {
    return run_checks({check}, world_.context(), true).front().elapsed;
  }
  // Odoo with several databases: the first request puts the name into the session.
  void keep_database(const std::string& name, const HttpResponse& login) {
    site("/web/login?db=" + name) =
        page(302, "",
             {{"location", "/web/login?db=" + name + "#top"},
              {"set-cookie", "session_id=" + name + "; Expires=Wed, 21 Oct 2026"}});
    site("session_id=" + name + " /web/login?db=" + name) = login;
  }
  test::World world_;
};

using WebHealthTest = WebTest;

TEST_F(WebHealthTest, PassesWithExactly200) {
  site("/web/health?db_server_status=1") = page(200);
  EXPECT_THAT(world_.ask("web-health"), ElementsAre("pass web-health: 200 in 35 ms"));
  EXPECT_THAT(world_.http.asked(),
              ElementsAre("GET http://127.0.0.1:8069/web/health?db_server_status=1"));
}

TEST_F(WebHealthTest, FailsWithAnyOtherStatus) {
  site("/web/health?db_server_status=1") = page(500);
  EXPECT_THAT(world_.ask("web-health"),
              ElementsAre(std::string("fail web-health: 500 in 35 ms -> ") + log));
  site("/web/health?db_server_status=1") = page(204);
  EXPECT_THAT(world_.ask("web-health"),
              ElementsAre(std::string("fail web-health: 204 in 35 ms -> ") + log));
}

TEST_F(WebHealthTest, FailsWithoutAnAnswer) {
  for (const auto failure :
       {HttpFailure::refused, HttpFailure::reset, HttpFailure::timed_out, HttpFailure::tls}) {
    site("/web/health?db_server_status=1") = no_answer(failure, "no luck");
    EXPECT_THAT(world_.ask("web-health"),
                ElementsAre(std::string("fail web-health: no luck (published port "
                                        "127.0.0.1:8069) -> ") +
                            log));
  }
}

TEST_F(WebHealthTest, IsUnknownWhenItCouldNotBeAsked) {
  site("/web/health?db_server_status=1") = no_answer(HttpFailure::not_resolved, "no such host");
  EXPECT_THAT(world_.ask("web-health"),
              ElementsAre(std::string("unknown web-health: no such host (published port "
                                      "127.0.0.1:8069) -> ") +
                          log));
  world_.target->url.clear();
  EXPECT_THAT(world_.ask("web-health"),
              ElementsAre("unknown web-health: there is no address to ask -> publish the port in "
                          "the compose file, or set `url:` in ballast.yaml"));
}

TEST_F(WebHealthTest, TellsHowLongItsAnswerTook) {
  for (const int status : {200, 500}) {
    site("/web/health?db_server_status=1") = page(status);
    EXPECT_EQ(world_.results_of("web-health").front().elapsed, std::chrono::milliseconds(35));
  }
  site("/web/health?db_server_status=1") = no_answer(HttpFailure::refused, "no luck");
  EXPECT_EQ(world_.results_of("web-health").front().elapsed, std::nullopt);
}

TEST_F(WebHealthTest, AsksWhereTheTargetSays) {
  world_.policy.verify.probe_deadline = std::chrono::seconds(3);
  world_.target->connect_to = "172.18.0.3:8069";
  world_.target->host_header = "{database}.example.com";
  site("shop.example.com /web/health?db_server_status=1") = page(200);
  EXPECT_THAT(world_.ask("web-health"), ElementsAre("pass web-health: 200 in 35 ms"));
  const HttpRequest& request = world_.http.requests().front();
  EXPECT_EQ(request.connect_to, "172.18.0.3:8069");
  EXPECT_EQ(request.deadline, std::chrono::seconds(3));
}

TEST_F(WebHealthTest, LeavesTheHostOutWhenThereIsNoDatabaseToNameIt) {
  world_.target->host_header = "{database}.example.com";
  world_.databases.clear();
  world_.ask("web-health");
  EXPECT_THAT(world_.http.asked(),
              ElementsAre("GET http://127.0.0.1:8069/web/health?db_server_status=1"));
}

using WebLoginTest = WebTest;

TEST_F(WebLoginTest, AsksForOneDatabaseWhatPeopleType) {
  site("/web/login") = page(200);
  EXPECT_THAT(world_.ask("web-login"), ElementsAre("pass web-login [shop]: 200 in 35 ms"));
  EXPECT_THAT(world_.http.asked(), ElementsAre("GET http://127.0.0.1:8069/web/login"));
}

TEST_F(WebLoginTest, AsksForEachOfSeveralDatabasesWithItsOwnSession) {
  world_.databases = {"ten_a", "ten_b"};
  keep_database("ten_a", page(200));
  keep_database("ten_b", page(500));
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre("pass web-login [ten_a]: 200 in 35 ms",
                          std::string("fail web-login [ten_b]: 500 in 35 ms -> the code may not "
                                      "fit this database: ") +
                              log));
  const std::string login = "GET http://127.0.0.1:8069/web/login?db=";
  EXPECT_THAT(world_.http.asked(),
              ElementsAre(login + "ten_a", login + "ten_a [Cookie: session_id=ten_a]",
                          login + "ten_b", login + "ten_b [Cookie: session_id=ten_b]"));
}

TEST_F(WebLoginTest, PutsTheDatabaseIntoTheHost) {
  world_.databases = {"a", "b"};
  world_.target->host_header = "{database}.example.com";
  site("a.example.com /web/login?db=a") = page(200);
  site("b.example.com /web/login?db=b") = page(200);
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre("pass web-login [a]: 200 in 35 ms", "pass web-login [b]: 200 in 35 ms"));
}

TEST_F(WebLoginTest, FailsAtTheSelector) {
  site("/web/login") = page(303, "", {{"location", "/web/database/selector"}});
  site("/web/database/selector") = page(200);
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre(std::string("fail web-login [shop]: ended at /web/database/selector: 200 "
                                      "in 35 ms -> ") +
                          choice));
}

TEST_F(WebLoginTest, FollowsOnlyItsOwnHostAndOnlyTwice) {
  site("/web/login") = page(303, "", {{"location", "https://other.example.com/web/login"}});
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre(std::string("fail web-login [shop]: 303 to "
                                      "https://other.example.com/web/login in 35 ms -> ") +
                          choice));
  site("/web/login") = page(302, "", {{"location", "http://127.0.0.1:8069/web/login"}});
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre(std::string("fail web-login [shop]: 302 to "
                                      "http://127.0.0.1:8069/web/login in 35 ms -> ") +
                          log));
  EXPECT_EQ(world_.http.requests().size(), 4u);
}

TEST_F(WebLoginTest, TakesTheLoginPageOfALanguage) {
  site("/web/login") = page(303, "", {{"location", "/ja/web/login"}});
  site("/ja/web/login") = page(200);
  EXPECT_THAT(world_.ask("web-login"), ElementsAre("pass web-login [shop]: 200 in 35 ms"));
}

TEST_F(WebLoginTest, DoesNotWaitForEachDatabaseOfASiteThatHangs) {
  world_.databases = {"ten_a", "ten_b"};
  site("/web/login?db=ten_a") = no_answer(HttpFailure::timed_out, "no answer within 10 s");
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre(std::string("fail web-login [ten_a]: no answer within 10 s (published "
                                      "port 127.0.0.1:8069) -> ") +
                              log,
                          std::string("unknown web-login [ten_b]: not asked, as the one before "
                                      "gave no answer in time -> ") +
                              log));
}

TEST_F(WebLoginTest, SaysWhenThereIsNothingToLogInTo) {
  world_.databases.clear();
  EXPECT_THAT(world_.ask("web-login"), ElementsAre("pass web-login: no database yet"));
  world_.databases_trouble = "the database service `db` does not run";
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre("unknown web-login: the databases are not known: the database service "
                          "`db` does not run -> look at the service `db`: `docker compose logs "
                          "--tail 50 db`"));
}

TEST_F(WebLoginTest, AsksForAServerOfWhichItCannotListTheDatabases) {
  world_.databases.clear();
  world_.policy.database_service.clear();
  site("/web/login") = page(404);
  EXPECT_THAT(world_.ask("web-login"),
              ElementsAre(std::string("fail web-login: 404 in 35 ms -> ") + choice));
}

using WebAssetTest = WebTest;

constexpr const char* asset_hint =
    "without its filestore Odoo logs in but shows no assets: look at the volume of /var/lib/odoo";

TEST_F(WebAssetTest, FetchesTheFirstAssetOfItsOwnHost) {
  site("/web/login") = page(200, R"(<link rel="icon" href="/favicon.ico"/>
    <link rel="stylesheet" href="https://cdn.example.com/a.css"/>
    <link rel="stylesheet" href="/web/assets/1/ab/web.css?a=1&amp;b=2"/><script src="/x.js">)");
  site("/web/assets/1/ab/web.css?a=1&b=2") = page(200, "body {}");
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre("pass web-asset [/web/assets/1/ab/web.css?a=1&b=2]: 200 in 35 ms"));
}

TEST_F(WebAssetTest, KnowsItsOwnHostByName) {
  world_.target->host_header = "shop.example.com";
  for (const char* link : {"http://shop.example.com/x.js?v=1", "//shop.example.com/x.js?v=1"}) {
    site("/web/login") = page(200, std::string("<script src=\"") + link + "\"></script>");
    site("/x.js?v=1") = page(200, "1;");
    EXPECT_THAT(world_.ask("web-asset"), ElementsAre("pass web-asset [/x.js?v=1]: 200 in 35 ms"));
  }
}

TEST_F(WebAssetTest, FailsWhenTheAssetIsNotThereOrEmpty) {
  site("/web/login") = page(200, R"(<script src="/x.js"></script>)");
  site("/x.js") = page(500);
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre(std::string("fail web-asset [/x.js]: 500 in 35 ms -> ") + asset_hint));
  site("/x.js") = page(200);
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre(std::string("fail web-asset [/x.js]: 200, but empty -> ") + asset_hint));
}

TEST_F(WebAssetTest, FailsWithoutALoginPageOrALink) {
  site("/web/login") = page(500);
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre(std::string("fail web-asset [/web/login]: 500 in 35 ms -> ") + log));
  site("/web/login") = page(200, "<link href=\"https://cdn.example.com/a.css\"");
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre("fail web-asset [/web/login]: the login page links to no asset of its "
                          "own -> look at the source of /web/login; where its assets come from "
                          "another host, write `verify: {skip: [web-asset]}` in ballast.yaml"));
}

TEST_F(WebAssetTest, AsksWithTheSessionOfTheFirstDatabase) {
  world_.databases = {"ten_a", "ten_b"};
  keep_database("ten_a", page(200, R"(<script src="/x.js"></script>)"));
  site("session_id=ten_a /x.js") = page(200, "1;");
  EXPECT_THAT(world_.ask("web-asset"), ElementsAre("pass web-asset [/x.js]: 200 in 35 ms"));
}

TEST_F(WebAssetTest, IsUnknownWhenTheDatabasesAre) {
  world_.databases_trouble = "down";
  EXPECT_THAT(world_.ask("web-asset"),
              ElementsAre("unknown web-asset: the databases are not known: down -> look at the "
                          "service `db`: `docker compose logs --tail 50 db`"));
}

using PortOpenTest = WebTest;

TEST_F(PortOpenTest, TakesAnyAnswerButAFailureOfTheServer) {
  site("/") = page(404);
  EXPECT_THAT(world_.ask("port-open"), ElementsAre("pass port-open: 404 in 35 ms"));
  site("/") = page(503);
  EXPECT_THAT(world_.ask("port-open"),
              ElementsAre(std::string("fail port-open: 503 in 35 ms -> ") + log));
  site("/") = no_answer(HttpFailure::refused, "connection refused");
  EXPECT_THAT(world_.ask("port-open"),
              ElementsAre(std::string("fail port-open: connection refused (published port "
                                      "127.0.0.1:8069) -> ") +
                          log));
  site("/") = no_answer(HttpFailure::other, "no HTTP");
  EXPECT_THAT(world_.ask("port-open"),
              ElementsAre(std::string("unknown port-open: no HTTP (published port "
                                      "127.0.0.1:8069) -> ") +
                          log));
}

TEST_F(PortOpenTest, TellsHowLongAnAnswerTook) {
  const auto port_open = std::ranges::find(all_checks(), "port-open", &Check::name);
  const auto web_health = std::ranges::find(all_checks(), "web-health", &Check::name);
  for (const int status : {200, 500}) {
    site("/") = page(status);
    site("/web/health?db_server_status=1") = page(status);
    EXPECT_EQ(elapsed(&*port_open), Duration(35));
    EXPECT_EQ(elapsed(&*web_health), Duration(35));
  }
  site("/") = no_answer(HttpFailure::refused, "connection refused");
  site("/web/health?db_server_status=1") = site("/");
  EXPECT_EQ(elapsed(&*port_open), std::nullopt);
  EXPECT_EQ(elapsed(&*web_health), std::nullopt);
}

TEST_F(PortOpenTest, PassesWithoutAPort) {
  world_.target->url.clear();
  EXPECT_THAT(world_.ask("port-open"), ElementsAre("pass port-open: no published port"));
}

TEST_F(PortOpenTest, ACandidateOfWhichNothingCouldBeAskedIsNotProved) {
  world_.target->url.clear();
  world_.target->candidate = true;
  EXPECT_THAT(
      world_.ask("port-open"),
      ElementsAre("unknown port-open: nothing was asked: no port of it is known -> name it: "
                  "`port:` in ballast.yaml; or leave the proof to the switch: `candidate: "
                  "{enabled: false}`"));
}

using UrlsTest = WebTest;

TEST_F(UrlsTest, WantsExactly200OfEach) {
  EXPECT_TRUE(world_.ask("urls").empty());
  world_.policy.verify.urls = {"/shop/ping", "old"};
  site("/shop/ping") = page(200);
  site("/old") = page(301, "", {{"location", "/new"}});
  EXPECT_THAT(world_.ask("urls"),
              ElementsAre("pass urls [/shop/ping]: 200 in 35 ms",
                          std::string("fail urls [old]: 301 to /new in 35 ms -> ") + log));
}

TEST_F(UrlsTest, IsUnknownWithoutAnAddress) {
  world_.policy.verify.urls = {"/shop/ping"};
  world_.target->url.clear();
  EXPECT_THAT(world_.ask("urls"),
              ElementsAre("unknown urls: there is no address to ask -> publish the port in the "
                          "compose file, or set `url:` in ballast.yaml"));
}

}  // namespace
}  // namespace ballast
