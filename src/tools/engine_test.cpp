#include "tools/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/registry_login.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

// Answers in the order in which they were prepared, and keeps what was asked.
class FakeHttp : public Http {
 public:
  HttpResponse send(const HttpRequest& request) override {
    asked.push_back(request.method + " " + request.url);
    for (const auto& header : request.headers) headers[header.first] = header.second;
    HttpResponse answer = answers.at(asked.size() - 1);
    if (request.on_data)
      for (const std::string& piece : pieces) request.on_data(piece);
    return answer;
  }
  std::vector<HttpResponse> answers;
  std::vector<std::string> pieces;
  std::vector<std::string> asked;
  std::map<std::string, std::string> headers;
};

HttpResponse status(int number, std::string body = {}) {
  HttpResponse response;
  response.status = number;
  response.body = std::move(body);
  return response;
}

HttpResponse broken(HttpFailure failure, std::string text) {
  HttpResponse response;
  response.failure = failure;
  response.failure_text = std::move(text);
  return response;
}

class EngineTest : public ::testing::Test {
 protected:
  EngineTest()
      : real_(shared()),
        host_{.disk = real_.disk, .processes = real_.processes, .clock = real_.clock, .http = http_, .locks = real_.locks,
              .interrupts = real_.interrupts, .machine = real_.machine, .terminal = real_.terminal},
        engine_(host_, "/run/d.sock") {}
  static Host& shared() {
    static RealHost instance;
    return instance.get();
  }
  template <typename Call>
  Error error_of(Call call) {
    try {
      call();
    } catch (const Error& error) {
      return error;
    }
    return Error(Kind::failed, "no error");
  }
  Error pull_error(const std::string& said) {
    http_.answers = {status(200)};
    http_.pieces = {R"({"error":")" + said + R"("})"};
    http_.asked.clear();
    return error_of([&] { engine_.pull("reg:5000/shop", "sha-1", {}); });
  }
  Host& real_;
  FakeHttp http_;
  Host host_;
  Engine engine_;
};

TEST_F(EngineTest, SaysHowTheEngineDoesNotAnswer) {
  http_.answers = {broken(HttpFailure::no_socket, "no such socket"), broken(HttpFailure::permission, "permission denied"),
                   broken(HttpFailure::refused, "connection refused")};
  auto trouble = engine_.trouble();
  EXPECT_EQ(trouble->kind(), Kind::refused);
  EXPECT_EQ(trouble->message(), "the Docker Engine does not answer at /run/d.sock: no such socket");
  EXPECT_EQ(trouble->hint(), "start it: systemctl start docker");
  trouble = engine_.trouble();
  EXPECT_EQ(trouble->message(), "the Docker Engine does not answer at /run/d.sock: permission denied");
  EXPECT_EQ(trouble->hint(), "run ballast as root (sudo), or as a member of the group docker");
  EXPECT_EQ(engine_.trouble()->message(), "the Docker Engine does not answer at /run/d.sock: connection refused");
}

TEST_F(EngineTest, WhatIsAbsentIsAValue) {
  http_.answers = {status(404, R"({"message":"No such container: x"})"), status(404)};
  EXPECT_FALSE(engine_.container("x").has_value());
  EXPECT_FALSE(engine_.image("x:1").has_value());
}

TEST_F(EngineTest, ARefusalCarriesTheEnginesWords) {
  http_.answers = {status(409, R"({"message":"image is being used by running container 1"})")};
  EXPECT_EQ(error_of([&] { engine_.remove_image("x:1"); }).message(),
            "the Docker Engine refuses to remove the image x:1: image is being used by running container 1");
}

TEST_F(EngineTest, RemovingWhatIsGoneIsFine) {
  http_.answers = {status(404), status(404), status(409)};
  engine_.remove_image("x:1");
  engine_.remove_container("0123456789abcdef");
  engine_.remove_volume("v");
  EXPECT_THAT(http_.asked, ElementsAre("DELETE http://docker/v1.41/images/x:1",
                                       "DELETE http://docker/v1.41/containers/0123456789abcdef?force=1&v=1",
                                       "DELETE http://docker/v1.41/volumes/v"));
}

TEST_F(EngineTest, APullIsToldLineByLineHoweverItIsCut) {
  http_.answers = {status(200)};
  http_.pieces = {R"({"status":"Down)", R"(loading","id":"a","progressDetail":{"current":1,"total":2}})" "\n" R"({"status":"x"})",
                  "\n" R"({"status":"end"})"};
  std::vector<std::string> told;
  engine_.pull("reg:5000/shop", "sha-1", [&](const docker::PullProgress& progress) { told.push_back(progress.status); });
  EXPECT_THAT(told, ElementsAre("Downloading", "x", "end"));
  EXPECT_THAT(http_.asked, ElementsAre("POST http://docker/v1.41/images/create?fromImage=reg%3A5000%2Fshop&tag=sha-1"));
}

TEST_F(EngineTest, APullThatFailsSaysWhatToDo) {
  Error error = pull_error("manifest for reg:5000/shop:sha-1 not found");
  EXPECT_EQ(error.message(), "no image reg:5000/shop:sha-1 in the registry reg:5000");
  EXPECT_EQ(error.hint(), "check that the build pushed this tag");
  error = pull_error("no basic auth credentials");
  EXPECT_EQ(error.message(), "the registry reg:5000 does not let us pull reg:5000/shop:sha-1: no basic auth credentials");
  EXPECT_EQ(error.hint(), "log in as the user who runs ballast: docker login reg:5000");
  error = pull_error("dial tcp 1.2.3.4:5000: connect: connection refused");
  EXPECT_EQ(error.message(), "the registry reg:5000 does not answer: dial tcp 1.2.3.4:5000: connect: connection refused");
  error = pull_error("no space left on device");
  EXPECT_EQ(error.hint(), "see: docker system df");
}

TEST_F(EngineTest, AnExecTellsItsStreamsApart) {
  http_.answers = {status(201, R"({"Id":"e"})"), status(200, std::string("\x01\0\0\0\0\0\0\x02ok\x02\0\0\0\0\0\0\x03" "bad", 21)),
                   status(200, R"({"ExitCode":3})")};
  const auto result = engine_.exec("c", {"true"}, {}, std::chrono::seconds(1));
  EXPECT_EQ(result.output, "ok");
  EXPECT_EQ(result.errors, "bad");
  EXPECT_EQ(result.status, 3);
}

TEST_F(EngineTest, AThrowAwayContainerIsRemovedAlsoWhenItDoesNotStart) {
  http_.answers = {status(201, R"({"Id":"0123456789abcdef"})"), status(400, R"({"message":"exec: not found"})"), status(204)};
  EXPECT_EQ(error_of([&] { engine_.run_once("i", {"python3"}, {}, "op", std::chrono::seconds(1)); }).message(),
            "the Docker Engine refuses to start the container 0123456789ab: exec: not found");
  EXPECT_EQ(http_.asked.back(), "DELETE http://docker/v1.41/containers/0123456789abcdef?force=1&v=1");
}

TEST(RegistryLoginTest, EncodesAsTheEngineWantsIt) {
  EXPECT_EQ(base64_url(""), "");
  EXPECT_EQ(base64_url("a"), "YQ==");
  EXPECT_EQ(base64_url("ab"), "YWI=");
  EXPECT_EQ(base64_url("abc"), "YWJj");
  EXPECT_EQ(base64_url("\xff\xef"), "_-8=");
}

}  // namespace
}  // namespace ballast
