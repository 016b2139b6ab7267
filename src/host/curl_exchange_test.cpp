#include "host/curl_exchange.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/curl_http.h"
#include "host/test_http_server.h"

namespace ballast {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RedirectTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& url) { return http.send({.url = url}); }

  CurlHttp http;
};

TEST_F(RedirectTest, RedirectsAreAnswersUnlessFollowed) {
  TestHttpServer server(always(answer("303 See Other", "Location: /login\r\n")));
  const HttpResponse response = get(server.url());
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(response.headers.at("location"), "/login");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(RedirectTest, FollowsWithinTheSamePlace) {
  TestHttpServer server([&](const std::string& request) -> TestHttpServer::Answer {
    const std::string path = path_of(request);
    if (path == "/a/one") return {answer("302 Found", "Location: two?x=1\r\n", "moved")};
    if (path == "/a/two?x=1") return {answer("301 Moved", "Location: /three\r\n", "moved")};
    return {answer("200 OK", "", path)};
  });
  const HttpResponse response = http.send({.url = server.url("/a/one"), .follow_redirects = 2});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "/three");
  EXPECT_EQ(response.effective_url, server.url("/three"));
}

TEST_F(RedirectTest, FollowsNoMoreThanAsked) {
  TestHttpServer server(always(answer("302 Found", "Location: /again\r\n", "moved")));
  const HttpResponse response = http.send({.url = server.url(), .follow_redirects = 3});
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.body, "moved");
  EXPECT_EQ(server.requests().size(), 4U);
}

TEST_F(RedirectTest, NeverLeavesThePlaceAsked) {
  TestHttpServer other(always(answer("200 OK")));
  for (const std::string& location :
       {other.url(), std::string("//example.com/"), std::string("http://127.0.0.1/"),
        std::string("file:///etc/passwd"), std::string("http://")}) {
    TestHttpServer server(always(answer("302 Found", "Location: " + location + "\r\n")));
    EXPECT_EQ(http.send({.url = server.url(), .follow_redirects = 5}).status, 302) << location;
    EXPECT_EQ(server.requests().size(), 1U) << location;
  }
  EXPECT_EQ(other.requests().size(), 0U);
}

TEST_F(RedirectTest, TheNameInTheHostHeaderIsTheSamePlace) {
  TestHttpServer server([](const std::string& request) -> TestHttpServer::Answer {
    if (path_of(request) == "/")
      return {answer("303 See Other", "Location: http://shop.example/login\r\n")};
    return {answer("200 OK")};
  });
  const HttpResponse response = http.send(
      {.url = server.url(), .headers = {{"Host", "shop.example"}}, .follow_redirects = 1});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.effective_url, server.url("/login"));
}

TEST_F(RedirectTest, WhatWasPostedIsNotPostedAgain) {
  TestHttpServer server([](const std::string& request) -> TestHttpServer::Answer {
    const std::string path = path_of(request);
    if (path == "/once") return {answer("303 See Other", "Location: /done\r\n")};
    if (path == "/same") return {answer("307 Temporary", "Location: /done\r\n")};
    return {answer("200 OK")};
  });
  for (const char* path : {"/once", "/same"})
    http.send({.method = "POST", .url = server.url(path), .body = "data", .follow_redirects = 1});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_THAT(requests[1], StartsWith("GET /done"));
  EXPECT_THAT(requests[3], StartsWith("POST /done"));
  EXPECT_TRUE(requests[3].ends_with("data"));
}

TEST_F(RedirectTest, CookiesAreNotKept) {
  TestHttpServer server([](const std::string& request) -> TestHttpServer::Answer {
    if (path_of(request) != "/") return {answer("200 OK")};
    return {answer("302 Found", "Location: /in\r\nSet-Cookie: a=1; Path=/\r\n")};
  });
  http.send({.url = server.url(), .follow_redirects = 1});
  http.send({.url = server.url("/in")});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  for (const std::string& request : requests) EXPECT_THAT(request, Not(HasSubstr("Cookie")));
}

}  // namespace
}  // namespace ballast
