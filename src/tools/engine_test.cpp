#include "tools/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/test_tar.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

// Answers in the order in which they were prepared, and keeps what was asked.
class FakeHttp : public Http {
 public:
  HttpResponse send(const HttpRequest& request) override {
    asked.push_back(request.method + " " + request.url);
    bodies.push_back(request.body);
    for (const auto& header : request.headers) headers[header.first] = header.second;
    HttpResponse answer = answers.at(asked.size() - 1);
    if (request.on_data)
      for (const std::string& piece : pieces) request.on_data(piece);
    return answer;
  }
  std::vector<HttpResponse> answers;
  std::vector<std::string> pieces;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
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
        host_{.disk = real_.disk,
              .processes = real_.processes,
              .clock = real_.clock,
              .http = http_,
              .locks = real_.locks,
              .interrupts = real_.interrupts,
              .machine = real_.machine,
              .terminal = real_.terminal,
              .trees = real_.trees,
              .archives = real_.archives,
              .zips = real_.zips},
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

TEST_F(EngineTest, ARestartPolicyIsChangedInPlace) {
  http_.answers = {status(200, R"({"Warnings":[]})"), status(404)};
  engine_.set_restart_policy("c", "on-failure", 3);
  engine_.set_restart_policy("gone", "no");
  EXPECT_EQ(http_.asked.front(), "POST http://docker/containers/c/update");
  EXPECT_EQ(http_.bodies.front(),
            R"({"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":3}})");
}

TEST_F(EngineTest, SaysHowTheEngineDoesNotAnswer) {
  http_.answers = {broken(HttpFailure::no_socket, "no such socket"),
                   broken(HttpFailure::permission, "permission denied"),
                   broken(HttpFailure::refused, "connection refused")};
  auto trouble = engine_.trouble();
  EXPECT_EQ(trouble->kind(), Kind::refused);
  EXPECT_EQ(trouble->message(), "the Docker Engine does not answer at /run/d.sock: no such socket");
  EXPECT_EQ(trouble->hint(), "start it: systemctl start docker");
  trouble = engine_.trouble();
  EXPECT_EQ(trouble->message(),
            "the Docker Engine does not answer at /run/d.sock: permission denied");
  EXPECT_EQ(trouble->hint(), "run ballast as root (sudo), or as a member of the group docker");
  EXPECT_EQ(engine_.trouble()->message(),
            "the Docker Engine does not answer at /run/d.sock: connection refused");
}

TEST_F(EngineTest, WhatIsAbsentIsAValue) {
  http_.answers = {status(404, R"({"message":"No such container: x"})"), status(404)};
  EXPECT_FALSE(engine_.container("x").has_value());
  EXPECT_FALSE(engine_.image("x:1").has_value());
}

TEST_F(EngineTest, ARefusalCarriesTheEnginesWords) {
  http_.answers = {status(409, R"({"message":"image is being used by running container 1"})")};
  EXPECT_EQ(error_of([&] { engine_.remove_image("x:1"); }).message(),
            "the Docker Engine refuses to remove the image x:1: image is being used by running "
            "container 1");
}

std::string framed(char stream, const std::string& text) {
  return std::string{stream, 0, 0, 0, 0, 0, 0, static_cast<char>(text.size())} + text;
}

TEST_F(EngineTest, ALogIsFollowedLineByLineToTheEndOfItsContainer) {
  http_.answers = {status(200)};
  const std::string log =
      framed(2, "first\r\nsec") + framed(1, "of stdout\n") + framed(2, "ond\nla");
  http_.pieces = {log.substr(0, 5), log.substr(5, 20), log.substr(25), framed(2, "st")};
  std::vector<std::string> lines;
  const auto end = engine_.follow_log(
      "c1", std::chrono::minutes(5), [&](std::string_view line) { lines.emplace_back(line); },
      [] { return true; });
  EXPECT_EQ(end, Engine::LogEnd::container_ended);
  EXPECT_THAT(lines, ElementsAre("first", "of stdout", "second", "last"));
  EXPECT_THAT(http_.asked,
              ElementsAre("GET http://docker/containers/c1/logs?follow=1&stdout=1&stderr=1"));
}

TEST_F(EngineTest, ALogThatDoesNotEndIsLeftAtTheDeadlineOrWhenToldTo) {
  const auto follow = [&](bool goes_on) {
    return engine_.follow_log(
        "c1", std::chrono::minutes(5), [](std::string_view) {}, [goes_on] { return goes_on; });
  };
  http_.answers = {broken(HttpFailure::timed_out, "no answer within 5 min"), status(200),
                   status(501, R"({"message":"no reading"})")};
  EXPECT_EQ(follow(true), Engine::LogEnd::deadline);
  http_.pieces = {framed(2, "a line\n")};
  EXPECT_EQ(follow(false), Engine::LogEnd::told_to_stop);
  http_.pieces = {};
  EXPECT_EQ(error_of([&] { follow(true); }).message(),
            "the Docker Engine refuses to show the log of the container c1: no reading");
}

TEST_F(EngineTest, MakesAVolumeWithTheOptionsOfItsMount) {
  http_.answers = {status(201, "{}")};
  engine_.make_volume({.name = "layer", .labels = {{"l", "1"}}, .options = {{"type", "overlay"}}});
  EXPECT_THAT(http_.asked, ElementsAre("POST http://docker/volumes/create"));
  EXPECT_EQ(http_.bodies.front(),
            R"({"Name":"layer","Driver":"local","DriverOpts":{"type":"overlay"},)"
            R"("Labels":{"l":"1"}})");
}

TEST_F(EngineTest, AFolderOfAnImageComesFromAContainerThatNeverRuns) {
  http_.answers = {status(201, R"({"Id":"c1"})"), status(200, "tar"), status(204),
                   status(201, R"({"Id":"c2"})"), status(404),        status(204)};
  EXPECT_EQ(engine_.folder_of_image("sha256:a", "/ballast/stack", "op", 100), "tar");
  EXPECT_EQ(engine_.folder_of_image("sha256:a", "/ballast/stack", "op", 100), std::nullopt);
  EXPECT_THAT(http_.asked,
              ElementsAre("POST http://docker/containers/create",
                          "GET http://docker/containers/c1/archive?path=%2Fballast%2Fstack",
                          "DELETE http://docker/containers/c1?force=1&v=1",
                          "POST http://docker/containers/create",
                          "GET http://docker/containers/c2/archive?path=%2Fballast%2Fstack",
                          "DELETE http://docker/containers/c2?force=1&v=1"));
  EXPECT_THAT(http_.bodies.front(), testing::HasSubstr(R"("tools.ballast.candidate":"op")"));
}

TEST_F(EngineTest, AFolderThatIsTooLargeIsNotRead) {
  HttpResponse cut = status(200, "ta");
  cut.truncated = true;
  http_.answers = {status(201, R"({"Id":"c1"})"), cut, status(204)};
  EXPECT_EQ(
      error_of([&] { engine_.folder_of_image("a", "/ballast/stack", "op", 2'000'000); }).message(),
      "/ballast/stack is more than 2.0 MB");
  EXPECT_EQ(http_.asked.size(), 3u);
}

TEST_F(EngineTest, TellsWhereAVolumeIs) {
  http_.answers = {status(404), status(200, R"({"Mountpoint":"/data/shop_web-data/_data"})")};
  EXPECT_EQ(engine_.volume_folder("gone"), std::nullopt);
  EXPECT_EQ(engine_.volume_folder("shop_web-data"), "/data/shop_web-data/_data");
}

TEST_F(EngineTest, KnowsVolumesWhoseFilesAreNotItsOwn) {
  http_.answers = {
      status(404), status(200, R"({"Driver":"local","Options":null})"),
      status(200, R"({"Driver":"local","Options":{"type":"tmpfs"}})"),
      status(200, R"({"Driver":"local","Options":{"device":":/export","type":"nfs"}})"),
      status(200, R"({"Driver":"rclone","Options":null})")};
  EXPECT_FALSE(engine_.is_mounted_volume("gone"));
  EXPECT_FALSE(engine_.is_mounted_volume("own"));
  EXPECT_FALSE(engine_.is_mounted_volume("memory"));
  EXPECT_TRUE(engine_.is_mounted_volume("network"));
  EXPECT_TRUE(engine_.is_mounted_volume("a/b"));
  EXPECT_EQ(http_.asked.back(), "GET http://docker/volumes/a%2Fb");
}

TEST_F(EngineTest, RemovingWhatIsGoneIsFine) {
  http_.answers = {status(404), status(404), status(409)};
  engine_.remove_image("x:1");
  engine_.remove_container("0123456789abcdef");
  engine_.remove_volume("v");
  EXPECT_THAT(http_.asked,
              ElementsAre("DELETE http://docker/images/x:1",
                          "DELETE http://docker/containers/0123456789abcdef?force=1&v=1",
                          "DELETE http://docker/volumes/v"));
}

TEST_F(EngineTest, APullIsToldLineByLineHoweverItIsCut) {
  http_.answers = {status(200)};
  http_.pieces = {R"({"status":"Down)",
                  R"(loading","id":"a","progressDetail":{"current":1,"total":2}})"
                  "\n"
                  R"({"status":"x"})",
                  "\n"
                  R"({"status":"end"})"};
  std::vector<std::string> told;
  engine_.pull("reg:5000/shop", "sha-1",
               [&](const docker::PullProgress& progress) { told.push_back(progress.status); });
  EXPECT_THAT(told, ElementsAre("Downloading", "x", "end"));
  EXPECT_THAT(
      http_.asked,
      ElementsAre("POST http://docker/images/create?fromImage=reg%3A5000%2Fshop&tag=sha-1"));
}

TEST_F(EngineTest, APullThatFailsSaysWhatToDo) {
  Error error = pull_error("manifest for reg:5000/shop:sha-1 not found");
  EXPECT_EQ(error.message(), "no image reg:5000/shop:sha-1 in the registry reg:5000");
  EXPECT_EQ(error.hint(), "check that the build pushed this tag");
  error = pull_error("no basic auth credentials");
  EXPECT_EQ(
      error.message(),
      "the registry reg:5000 does not let us pull reg:5000/shop:sha-1: no basic auth credentials");
  EXPECT_EQ(error.hint(), "log in as the user who runs ballast: docker login reg:5000");
  error = pull_error("dial tcp 1.2.3.4:5000: connect: connection refused");
  EXPECT_EQ(
      error.message(),
      "the registry reg:5000 does not answer: dial tcp 1.2.3.4:5000: connect: connection refused");
  error = pull_error("no space left on device");
  EXPECT_EQ(error.hint(), "see: docker system df");
}

TEST_F(EngineTest, AnExecTellsItsStreamsApart) {
  http_.answers = {status(201, R"({"Id":"e"})"),
                   status(200, std::string("\x01\0\0\0\0\0\0\x02ok\x02\0\0\0\0\0\0\x03"
                                           "bad",
                                           21)),
                   status(200, R"({"ExitCode":3})")};
  const auto result = engine_.exec("c", {"true"}, {}, std::chrono::seconds(1));
  EXPECT_EQ(result.output, "ok");
  EXPECT_EQ(result.errors, "bad");
  EXPECT_EQ(result.status, 3);
}

TEST_F(EngineTest, AThrowAwayContainerIsRemovedAlsoWhenItDoesNotStart) {
  http_.answers = {status(201, R"({"Id":"0123456789abcdef"})"),
                   status(400, R"({"message":"exec: not found"})"), status(204)};
  EXPECT_EQ(error_of([&] {
              engine_.run_once("i", {"python3"}, {}, "op", std::chrono::seconds(1));
            }).message(),
            "the Docker Engine refuses to start the container 0123456789ab: exec: not found");
  EXPECT_EQ(http_.asked.back(), "DELETE http://docker/containers/0123456789abcdef?force=1&v=1");
}

TEST_F(EngineTest, ContainersComeByServiceThenByAge) {
  const auto inspected = [](const std::string& id, const std::string& service) {
    return status(200, R"({"Id":")" + id +
                           R"(","Config":{"Labels":{"com.docker.compose.service":")" + service +
                           R"("}}})");
  };
  http_.answers = {status(200, R"([{"Id":"4"},{"Id":"3"},{"Id":"2"},{"Id":"1"}])"),
                   inspected("4", "web"), status(404), inspected("2", "db"), inspected("1", "web")};
  std::vector<std::string> ids;
  for (const auto& container : engine_.project_containers("shop")) ids.push_back(container.id);
  EXPECT_THAT(ids, ElementsAre("2", "1", "4"));
}

TEST_F(EngineTest, AnAnswerThatIsNotOneIsNoAbsence) {
  http_.answers = {status(200, R"({"Id":"cut)"), status(200, "null"), status(200, "{}"),
                   status(500, "oops\n")};
  EXPECT_EQ(error_of([&] { engine_.container("x"); }).message(),
            "the Docker Engine's answer to GET /containers/x/json is not JSON");
  EXPECT_EQ(error_of([&] { engine_.image("x:1"); }).message(),
            "the Docker Engine's answer to GET /images/x:1/json is not JSON");
  EXPECT_EQ(error_of([&] { engine_.containers_with_label("a"); }).message(),
            "the Docker Engine's answer to GET "
            "/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%22%5D%7D is no list");
  EXPECT_EQ(error_of([&] { engine_.container("x"); }).message(),
            "the Docker Engine refuses GET /containers/x/json: oops");
}

TEST_F(EngineTest, TellsItsVersions) {
  http_.answers = {status(200, R"({"ServerVersion":"20.10.24","DockerRootDir":"/data/docker"})")};
  http_.answers.front().headers["api-version"] = "1.41";
  const auto info = engine_.info();
  EXPECT_EQ(info.version, "20.10.24");
  EXPECT_EQ(info.api_version, "1.41");
  EXPECT_EQ(info.root_directory, "/data/docker");
}

TEST_F(EngineTest, ImagesOfTheHubAreAskedForByTheirShortName) {
  http_.answers = {status(200, "[]"), status(200, "[]")};
  engine_.images_of("docker.io/library/odoo");
  engine_.images_of("ghcr.io/acme/odoo");
  EXPECT_THAT(http_.asked,
              ElementsAre("GET http://docker/images/json?filters="
                          "%7B%22reference%22%3A%5B%22odoo%22%5D%7D",
                          "GET http://docker/images/json?filters="
                          "%7B%22reference%22%3A%5B%22ghcr.io%2Facme%2Fodoo%22%5D%7D"));
}

TEST_F(EngineTest, AStopGivesNoLessTimeThanAsked) {
  http_.answers = {status(204), status(304), status(404), status(500, R"({"message":"no"})")};
  engine_.stop_container("c", std::chrono::milliseconds(1500));
  EXPECT_EQ(http_.asked.back(), "POST http://docker/containers/c/stop?t=2");
  engine_.stop_container("c", {});
  engine_.stop_container("c", {});
  EXPECT_EQ(error_of([&] { engine_.stop_container("0123456789abcdef", {}); }).message(),
            "the Docker Engine refuses to stop the container 0123456789ab: no");
}

TEST_F(EngineTest, OrdersSayWhatWasRefused) {
  http_.answers.assign(3, status(409, R"({"message":"Conflict."})"));
  EXPECT_EQ(error_of([&] { engine_.rename_container("c", "web"); }).message(),
            "the Docker Engine refuses to rename a container to web: Conflict.");
  EXPECT_EQ(error_of([&] { engine_.tag_image("sha256:aa", "acme/shop", "1"); }).message(),
            "the Docker Engine refuses to tag sha256:aa as acme/shop:1: Conflict.");
  EXPECT_EQ(error_of([&] { engine_.start_container("0123456789abcdef"); }).message(),
            "the Docker Engine refuses to start the container 0123456789ab: Conflict.");
}

TEST_F(EngineTest, ReadsTheLastLinesOfALog) {
  http_.answers = {status(200, std::string("\x01\0\0\0\0\0\0\x03one", 11)), status(404)};
  EXPECT_EQ(engine_.logs("c", 5), "one");
  EXPECT_EQ(http_.asked.back(), "GET http://docker/containers/c/logs?stdout=1&stderr=1&tail=5");
  EXPECT_EQ(engine_.logs("c", 5), "");
}

TEST_F(EngineTest, APullWithoutAnEngineSaysSo) {
  http_.answers = {broken(HttpFailure::permission, "permission denied"),
                   broken(HttpFailure::reset, "connection lost in the middle of the answer")};
  Error error = error_of([&] { engine_.pull("shop", "1", {}); });
  EXPECT_EQ(error.message(), "the Docker Engine does not answer at /run/d.sock: permission denied");
  EXPECT_EQ(error.hint(), "run ballast as root (sudo), or as a member of the group docker");
  error = error_of([&] { engine_.pull("shop", "1", {}); });
  EXPECT_EQ(error.message(), "pulling shop:1 failed: connection lost in the middle of the answer");
}

TEST_F(EngineTest, APullThatIsRefusedAtOnceCarriesTheEnginesWords) {
  http_.answers = {status(404), status(500)};
  http_.pieces = {R"({"message":"manifest for shop:1 not)", R"( found: manifest unknown"})"};
  EXPECT_EQ(error_of([&] { engine_.pull("shop", "1", {}); }).message(),
            "no image shop:1 in the registry docker.io");
  http_.pieces = {};
  EXPECT_EQ(error_of([&] { engine_.pull("shop", "1", {}); }).message(),
            "pulling shop:1 failed: status 500");
}

TEST_F(EngineTest, AnExecThatEndedButIsNotYetCountedIsAskedAgain) {
  http_.answers = {status(201, R"({"Id":"e"})"), status(200),
                   status(200, R"({"Running":true,"ExitCode":null})"),
                   status(200, R"({"Running":false,"ExitCode":0})")};
  EXPECT_EQ(engine_.exec("c", {"true"}, {}, std::chrono::seconds(1)).status, 0);
}

TEST_F(EngineTest, AnExecWhoseContainerEndedHasNoExitStatus) {
  http_.answers = {status(201, R"({"Id":"e"})"),
                   status(200, std::string("\x01\0\0\0\0\0\0\x04gone", 12)),
                   status(404),
                   status(201, R"({"Id":"e"})"),
                   status(200),
                   status(200, R"({"Running":false,"ExitCode":null})")};
  Error error = error_of([&] { engine_.exec("c", {"psql"}, {}, std::chrono::seconds(1)); });
  EXPECT_EQ(error.message(), "running psql in c failed: gone");
  error = error_of([&] { engine_.exec("c", {"psql"}, {}, std::chrono::seconds(1)); });
  EXPECT_EQ(error.message(), "running psql in c failed: the container ended first");
}

TEST_F(EngineTest, AnExecIsSlowOrRefusedWhileTheEngineIsWell) {
  http_.answers = {status(201, R"({"Id":"e"})"), broken(HttpFailure::timed_out, "no answer"),
                   status(409, R"({"message":"Container c is not running"})")};
  Error error = error_of([&] {
    engine_.exec("0123456789abcdef", {"psql", "-X"}, {}, std::chrono::seconds(10));
  });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "running psql in 0123456789ab did not end within 10 s");
  error = error_of([&] { engine_.exec("c", {"psql"}, {}, std::chrono::seconds(1)); });
  EXPECT_EQ(error.message(), "running psql in c failed: Container c is not running");
}

TEST_F(EngineTest, AThrowAwayContainerIsAloneAndRemoved) {
  http_.answers = {status(201, R"({"Id":"c"})"), status(204), status(200, R"({"StatusCode":3})"),
                   status(200, std::string("\x02\0\0\0\0\0\0\x02no", 10)), status(204)};
  const auto result =
      engine_.run_once("sha256:aa", {"python3"}, {"-c", "x"}, "op", std::chrono::seconds(1));
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.errors, "no");
  EXPECT_EQ(http_.bodies.front(),
            R"({"Image":"sha256:aa","Entrypoint":["python3"],"Cmd":["-c","x"],)"
            R"("Labels":{"tools.ballast.candidate":"op"},"Healthcheck":{"Test":["NONE"]},)"
            R"("HostConfig":{"NetworkMode":"none","LogConfig":{"Type":"json-file"}}})");
  EXPECT_THAT(http_.asked, ElementsAre("POST http://docker/containers/create",
                                       "POST http://docker/containers/c/start",
                                       "POST http://docker/containers/c/wait",
                                       "GET http://docker/containers/c/logs?stdout=1&stderr=1",
                                       "DELETE http://docker/containers/c?force=1&v=1"));
}

TEST_F(EngineTest, AnExecIsAnnouncedBeforeItBegins) {
  http_.answers = {status(201, R"({"Id":"e1"})"), status(200),
                   status(200, R"({"Running":false,"ExitCode":0})")};
  std::vector<std::string> told;
  engine_.on_exec(
      [&](const std::string& id) { told.push_back(id + " after " + http_.asked.back()); });
  engine_.exec("c", {"true"}, {}, std::chrono::seconds(1));
  EXPECT_THAT(told, ElementsAre("e1 after POST http://docker/containers/c/exec"));
}

TEST_F(EngineTest, NothingChangedIsNullAndAnEngineThatRefusesIsAnError) {
  http_.answers = {status(200, "null"), status(500, R"({"message":"no"})"),
                   status(200, R"([{"Path":"/a","Kind":1}])")};
  EXPECT_THAT(engine_.changes_of("c"), ElementsAre());
  EXPECT_EQ(error_of([&] { engine_.changes_of("c"); }).kind(), Kind::failed);
  EXPECT_THAT(engine_.changes_of("c"),
              ElementsAre(docker::ChangedPath{docker::ChangeKind::added, "/a"}));
  EXPECT_EQ(http_.asked.back(), "GET http://docker/containers/c/changes");
}

TEST_F(EngineTest, AFileThatIsNotThereIsNone) {
  http_.answers = {status(404), status(500, R"({"message":"no"})")};
  EXPECT_FALSE(engine_.file_of("c", "/etc/a b", 100));
  EXPECT_EQ(error_of([&] { engine_.file_of("c", "/etc/a", 100); }).kind(), Kind::failed);
  EXPECT_EQ(http_.asked.front(), "GET http://docker/containers/c/archive?path=%2Fetc%2Fa%20b");
}

TEST_F(EngineTest, AFileIsReadUpToALimit) {
  const std::string tar = TestTar().add("a", '0', "hello").text();
  http_.answers = {status(200, tar), status(200, tar.substr(0, 512)), status(200, "no tar")};
  EXPECT_EQ(engine_.file_of("c", "/a", 5)->content, "hello");
  const auto large = engine_.file_of("c", "/a", 4);
  EXPECT_EQ(large->content, "");
  EXPECT_EQ(large->size, 5U);
  EXPECT_EQ(error_of([&] { engine_.file_of("c", "/a", 5); }).message(),
            "the Docker Engine's archive of /a is none");
}

TEST_F(EngineTest, AThrowAwayContainerThatHangsIsRemoved) {
  http_.answers = {status(201, R"({"Id":"c"})"), status(204),
                   broken(HttpFailure::timed_out, "no answer"), status(204)};
  const Error error =
      error_of([&] { engine_.run_once("i:1", {}, {}, "op", std::chrono::seconds(30)); });
  EXPECT_EQ(error.message(), "a container of i:1 did not end within 30 s");
  EXPECT_EQ(http_.asked.back(), "DELETE http://docker/containers/c?force=1&v=1");
}

}  // namespace
}  // namespace ballast
