#include "daemon/metrics_server.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "daemon/metrics.h"
#include "host/curl_http.h"
#include "host/posix_disk.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

std::string page() { return "ballast_engine_up 1\n"; }

std::string answer(const std::string& request) { return metrics_answer(request, page); }

TEST(MetricsAnswerTest, ThePage) {
  EXPECT_EQ(answer("GET /metrics HTTP/1.1\r\nHost: localhost:9478\r\nAccept: */*"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
            "Content-Length: 20\r\n"
            "Connection: close\r\n"
            "\r\n"
            "ballast_engine_up 1\n");
  EXPECT_EQ(answer("GET /metrics?name[]=x HTTP/1.0"), answer("GET /metrics HTTP/1.1"));
}

TEST(MetricsAnswerTest, OnlyItsHead) {
  const std::string whole = answer("GET /metrics HTTP/1.1");
  EXPECT_EQ(answer("HEAD /metrics HTTP/1.1"), whole.substr(0, whole.find("\r\n\r\n") + 4));
}

TEST(MetricsAnswerTest, TheRootSaysWhereItIs) {
  EXPECT_EQ(answer("GET / HTTP/1.1"),
            "HTTP/1.1 200 OK\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 48\r\n"
            "Connection: close\r\n"
            "\r\n"
            "Ballast. Metrics for Prometheus are at /metrics\n");
}

TEST(MetricsAnswerTest, WhatIsNotThere) {
  for (const std::string path : {"/metric", "/metrics/", "//", "", "http://localhost/metrics"})
    EXPECT_EQ(answer("GET " + path + " HTTP/1.1"),
              "HTTP/1.1 404 Not Found\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 24\r\n"
              "Connection: close\r\n"
              "\r\n"
              "Metrics are at /metrics\n")
        << path;
}

TEST(MetricsAnswerTest, NothingCanBeChanged) {
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "get"})
    EXPECT_EQ(answer(method + " /metrics HTTP/1.1"),
              "HTTP/1.1 405 Method Not Allowed\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 33\r\n"
              "Allow: GET, HEAD\r\n"
              "Connection: close\r\n"
              "\r\n"
              "It can only be read: GET or HEAD\n")
        << method;
}

TEST(MetricsAnswerTest, WhatIsNoRequest) {
  for (const std::string request :
       {"", "GET", "GET /metrics", "GET  /metrics HTTP/1.1", "GET /metrics HTTP/2",
        "\r\nGET / HTTP/1.1", "GET /metrics HTTP/1.1 x", "\x16\x03\x01"})
    EXPECT_EQ(answer(request),
              "HTTP/1.1 400 Bad Request\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Length: 29\r\n"
              "Connection: close\r\n"
              "\r\n"
              "That is no request of HTTP/1\n")
        << request;
}

TEST(MetricsServerTest, AnswersOverTheNetwork) {
  const MetricsServer server("127.0.0.1:0", page);
  CurlHttp http;
  const HttpResponse response = http.send({.url = "http://" + server.place() + "/metrics"});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(response.body, page());
  EXPECT_EQ(http.send({.url = "http://" + server.place() + "/other"}).status, 404);
}

TEST(MetricsServerTest, APlaceThatIsTaken) {
  const MetricsServer server("127.0.0.1:0", page);
  EXPECT_THROW(MetricsServer(server.place(), page), Error);
}

TEST(MetricsFileTest, IsForEveryoneToReadAndWhole) {
  const TestFolder folder;
  PosixDisk disk;
  const std::string path = folder / "ballast.prom";
  write_metrics_file(disk, path, "ballast_engine_up 0\n");
  write_metrics_file(disk, path, page());
  EXPECT_EQ(folder.read("ballast.prom"), page());
  EXPECT_EQ(disk.info(path)->mode, 0644u);
  EXPECT_EQ(disk.list(folder.path()), std::vector<std::string>{"ballast.prom"});
}

}  // namespace
}  // namespace ballast
