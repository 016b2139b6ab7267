#include "host/curl_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <stdexcept>

#include "host/test_folder.h"
#include "host/test_http_server.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Then = TestHttpServer::Then;

class HttpTest : public testing::Test {
 protected:
  HttpResponse get(const std::string& url) { return http.send({.url = url}); }

  CurlHttp http;
};

TEST_F(HttpTest, StatusHeadersAndBody) {
  TestHttpServer server(
      always(answer("200 OK", "X-One:  Two \r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n", "hello")));
  const HttpResponse response = get(server.url("/path?q=1"));
  EXPECT_TRUE(response.answered());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.headers.at("x-one"), "Two");
  EXPECT_EQ(response.headers.at("set-cookie"), "a=1, b=2");
  EXPECT_EQ(response.effective_url, server.url("/path?q=1"));
  EXPECT_FALSE(response.truncated);
  EXPECT_EQ(path_of(server.requests().at(0)), "/path?q=1");
}

TEST_F(HttpTest, AnErrorStatusIsAnAnswer) {
  TestHttpServer server(always(answer("500 Internal Server Error", "", "broken")));
  const HttpResponse response = get(server.url());
  EXPECT_TRUE(response.answered());
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, "broken");
}

TEST_F(HttpTest, SendsWhatItIsGiven) {
  TestHttpServer server(always(answer("201 Created")));
  const HttpResponse response = http.send(
      {.method = "POST",
       .url = server.url(),
       .headers = {{"Host", "shop.example"}, {"Content-Type", "application/json"}, {"X-Empty", ""}},
       .body = std::string("{\"a\":\0}", 7)});
  EXPECT_EQ(response.status, 201);
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, StartsWith("POST / HTTP/1.1\r\nHost: shop.example\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nX-Empty:\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: ballast/"));
  EXPECT_THAT(request, Not(HasSubstr("Expect:")));
  EXPECT_TRUE(request.ends_with(std::string("\r\n\r\n{\"a\":\0}", 11)));
}

TEST_F(HttpTest, APostWithoutBodySaysSo) {
  TestHttpServer server(always("HTTP/1.1 204 No Content\r\n\r\n"));
  EXPECT_EQ(http.send({.method = "POST", .url = server.url()}).status, 204);
  EXPECT_THAT(server.requests().at(0), HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(server.requests().at(0), Not(HasSubstr("Content-Type")));
}

TEST_F(HttpTest, OtherMethods) {
  TestHttpServer server(always(answer("200 OK")));
  for (const char* method : {"DELETE", "PUT", "HEAD"}) {
    EXPECT_EQ(http.send({.method = method, .url = server.url()}).status, 200) << method;
    EXPECT_THAT(server.requests().back(), StartsWith(std::string(method) + " / HTTP/1.1"));
  }
}

TEST_F(HttpTest, NobodyListens) {
  std::string url;
  { url = TestHttpServer(always("")).url(); }
  const HttpResponse response = get(url);
  EXPECT_FALSE(response.answered());
  EXPECT_EQ(response.status, 0);
  EXPECT_EQ(response.failure, HttpFailure::refused);
  EXPECT_EQ(response.failure_text, "connection refused");
}

TEST_F(HttpTest, NoAnswerInTime) {
  TestHttpServer server(always("", Then::wait));
  const HttpResponse response = http.send({.url = server.url(), .deadline = 200ms});
  EXPECT_EQ(response.failure, HttpFailure::timed_out);
  EXPECT_EQ(response.failure_text, "no answer within 200 ms");
  EXPECT_EQ(response.status, 0);
}

TEST_F(HttpTest, ABodyThatDoesNotEndInTime) {
  TestHttpServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Then::wait));
  const HttpResponse response = http.send({.url = server.url(), .deadline = 200ms});
  EXPECT_EQ(response.failure, HttpFailure::timed_out);
  EXPECT_EQ(response.body, "half");
}

TEST_F(HttpTest, ADeadlineThatHasPassedIsNotEndless) {
  TestHttpServer server(always("", Then::wait));
  for (const Duration deadline : {0ms, -5ms})
    EXPECT_EQ(http.send({.url = server.url(), .deadline = deadline}).failure,
              HttpFailure::timed_out);
}

TEST_F(HttpTest, ResetAndClosed) {
  TestHttpServer resetting(always("", Then::reset));
  EXPECT_EQ(get(resetting.url()).failure, HttpFailure::reset);
  TestHttpServer closing(always("", Then::close));
  const HttpResponse response = get(closing.url());
  EXPECT_EQ(response.failure, HttpFailure::reset);
  EXPECT_EQ(response.failure_text, "connection closed without an answer");
}

TEST_F(HttpTest, ABodyThatBreaksOff) {
  TestHttpServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
  const HttpResponse response = get(server.url());
  EXPECT_EQ(response.failure, HttpFailure::reset);
  EXPECT_EQ(response.failure_text, "connection lost in the middle of the answer");
}

TEST_F(HttpTest, WhatIsNoAnswerOrNoUrl) {
  TestHttpServer server(always("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_EQ(get(server.url()).failure, HttpFailure::other);
  for (const char* url : {"", "file:///etc/passwd", "ftp://127.0.0.1/", "http://"})
    EXPECT_EQ(get(url).failure, HttpFailure::other) << url;
}

TEST_F(HttpTest, TlsThatIsNone) {
  TestHttpServer server(always("HTTP/1.1 400 Bad Request\r\n\r\n"));
  EXPECT_EQ(get("https://" + server.place() + "/").failure, HttpFailure::tls);
}

TEST_F(HttpTest, ANameThatIsNotKnown) {
  EXPECT_EQ(get("http://no-such-host.invalid/").failure, HttpFailure::not_resolved);
}

TEST_F(HttpTest, NoProxyOfTheEnvironment) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  TestHttpServer server(always(answer("200 OK")));
  EXPECT_EQ(get(server.url()).status, 200);
  unsetenv("http_proxy");
}

TEST_F(HttpTest, ConnectsWhereItIsTold) {
  TestHttpServer server(always(answer("200 OK")));
  const HttpResponse response =
      http.send({.url = "http://shop.invalid/web", .connect_to = server.place()});
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(server.requests().at(0), HasSubstr("\r\nHost: shop.invalid\r\n"));
}

TEST_F(HttpTest, TheBodyIsCut) {
  TestHttpServer server(always(answer("200 OK", "", std::string(100'000, 'x')), Then::wait));
  const HttpResponse cut = http.send({.url = server.url(), .body_limit = 10});
  EXPECT_TRUE(cut.answered());
  EXPECT_EQ(cut.body, "xxxxxxxxxx");
  EXPECT_TRUE(cut.truncated);
  for (const std::size_t limit : {0U, 100'000U}) {
    const HttpResponse whole = http.send({.url = server.url(), .body_limit = limit});
    EXPECT_EQ(whole.body.size(), 100'000U);
    EXPECT_FALSE(whole.truncated);
  }
}

TEST_F(HttpTest, AHandshakeEndsWithItsHeaders) {
  TestHttpServer server(
      always("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
             "Connection: Upgrade\r\nSec-WebSocket-Accept: x=\r\n\r\n",
             Then::wait));
  for (const bool stop : {true, false}) {
    const HttpResponse response = http.send({.url = server.url("/websocket"),
                                             .headers = {{"Connection", "Upgrade"},
                                                         {"Upgrade", "websocket"},
                                                         {"Sec-WebSocket-Version", "13"},
                                                         {"Sec-WebSocket-Key", "eA=="}},
                                             .deadline = 60s,
                                             .stop_after_headers = stop});
    EXPECT_TRUE(response.answered()) << response.failure_text;
    EXPECT_EQ(response.status, 101);
    EXPECT_EQ(response.headers.at("sec-websocket-accept"), "x=");
    EXPECT_EQ(response.headers.at("upgrade"), "websocket");
  }
  EXPECT_THAT(server.requests().at(0), HasSubstr("\r\nUpgrade: websocket\r\n"));
}

TEST_F(HttpTest, StopsAfterHeadersOfAnyStatus) {
  TestHttpServer server(
      always("HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\n", Then::wait));
  const HttpResponse response =
      http.send({.url = server.url(), .deadline = 60s, .stop_after_headers = true});
  EXPECT_TRUE(response.answered());
  EXPECT_EQ(response.status, 400);
}

TEST_F(HttpTest, StreamsUntilItIsEnough) {
  TestHttpServer server(always("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nfirst", Then::wait));
  std::string seen;
  const HttpResponse response =
      http.send({.url = server.url(), .deadline = 60s, .on_data = [&](std::string_view piece) {
                   seen += piece;
                   return seen != "first";
                 }});
  EXPECT_TRUE(response.answered());
  EXPECT_EQ(seen, "first");
  EXPECT_EQ(response.body, "");
}

TEST_F(HttpTest, OfAnErrorTheBodyIsKeptAsWell) {
  TestHttpServer server(always(answer("404 Not Found", "", "no such image")));
  const HttpResponse response =
      http.send({.url = server.url(), .on_data = [](std::string_view) { return true; }});
  EXPECT_EQ(response.body, "no such image");
}

TEST_F(HttpTest, WhatAListenerThrowsComesOut) {
  TestHttpServer server(always(answer("200 OK", "", "x")));
  EXPECT_THROW(
      http.send({.url = server.url(),
                 .on_data = [](std::string_view) -> bool { throw std::runtime_error("no"); }}),
      std::runtime_error);
}

TEST_F(HttpTest, OverASocketFile) {
  TestFolder folder;
  TestHttpServer server(folder / "engine.sock", always(answer("200 OK", "", "pong")));
  for (int round = 0; round < 3; ++round) {
    const HttpResponse response =
        http.send({.url = "http://engine/_ping", .unix_socket = folder / "engine.sock"});
    EXPECT_EQ(response.status, 200) << response.failure_text;
    EXPECT_EQ(response.body, "pong");
  }
}

TEST_F(HttpTest, AListenerMaySendRequestsItself) {
  TestFolder folder;
  TestHttpServer events(folder / "events.sock", always(answer("200 OK", "", "event")));
  TestHttpServer engine(folder / "engine.sock", always(answer("200 OK", "", "inner")));
  std::string inner;
  const HttpResponse outer =
      http.send({.url = "http://x/", .unix_socket = folder / "events.sock", .on_data = [&](auto) {
                   inner =
                       http.send({.url = "http://x/", .unix_socket = folder / "engine.sock"}).body;
                   return true;
                 }});
  EXPECT_TRUE(outer.answered());
  EXPECT_EQ(inner, "inner");
}

TEST_F(HttpTest, SocketFilesThatDoNotAnswer) {
  TestFolder folder;
  const auto ask = [&](const std::string& socket) {
    return http.send({.url = "http://engine/", .unix_socket = socket});
  };
  EXPECT_EQ(ask(folder / "none").failure, HttpFailure::no_socket);
  EXPECT_EQ(ask(folder / "none").failure_text, "no socket at " + (folder / "none"));
  { TestHttpServer gone(folder / "gone.sock", always("")); }
  EXPECT_EQ(ask(folder / "gone.sock").failure, HttpFailure::refused);
  if (geteuid() == 0) GTEST_SKIP() << "root may open everything";
  TestHttpServer closed(folder / "closed.sock", always(""));
  chmod((folder / "closed.sock").c_str(), 0);
  EXPECT_EQ(ask(folder / "closed.sock").failure, HttpFailure::permission);
}

TEST_F(HttpTest, ManyThreadsAtOnce) {
  TestHttpServer server(always(answer("200 OK", "", "x")));
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int number = 0; number < 8; ++number)
    threads.emplace_back([&] {
      if (get(server.url()).body == "x") ++right;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 8);
}

}  // namespace
}  // namespace ballast
