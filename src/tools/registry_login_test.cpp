#include "tools/registry_login.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "host/test_folder.h"
#include "tools/test_host.h"

namespace ballast {
namespace {

class RegistryLoginTest : public ::testing::Test {
 protected:
  RegistryLoginTest()
      : host_{.disk = shared().disk,
              .processes = processes_,
              .clock = shared().clock,
              .http = shared().http,
              .locks = shared().locks,
              .interrupts = shared().interrupts,
              .machine = machine_,
              .terminal = shared().terminal,
              .trees = shared().trees,
              .archives = shared().archives,
              .zips = shared().zips} {
    machine_.variables["DOCKER_CONFIG"] = folder_.path();
  }
  static Host& shared() {
    static RealHost instance;
    return instance.get();
  }
  std::string login(const std::string& configuration, const std::string& registry) {
    folder_.write("config.json", configuration);
    return registry_login(host_, registry);
  }
  TestFolder folder_;
  FakeMachine machine_;
  FakeProcesses processes_;
  Host host_;
};

TEST_F(RegistryLoginTest, NobodyLoggedIn) {
  EXPECT_EQ(registry_login(host_, "ghcr.io"), "");
  EXPECT_EQ(login("{}", "ghcr.io"), "");
  EXPECT_EQ(login("not json", "ghcr.io"), "");
  EXPECT_EQ(login(R"({"auths":{"other.io":{"auth":"dTpw"}}})", "ghcr.io"), "");
}

TEST_F(RegistryLoginTest, TakesWhatStandsInTheFile) {
  const std::string wanted =
      base64_url(R"({"username":"u","password":"p:q","serveraddress":"ghcr.io"})");
  EXPECT_EQ(login(R"({"auths":{"ghcr.io":{"auth":"dTpwOnE="}}})", "ghcr.io"), wanted);
  EXPECT_EQ(login(R"({"auths":{"https://ghcr.io/v2/":{"auth":"dTpwOnE="}}})", "ghcr.io"), wanted);
  EXPECT_EQ(login(R"({"auths":{"ghcr.io":{"auth":"bm8gY29sb24="}}})", "ghcr.io"), "");
}

TEST_F(RegistryLoginTest, TheHubHasANameOfItsOwn) {
  EXPECT_EQ(
      login(R"({"auths":{"https://index.docker.io/v1/":{"identitytoken":"t"}}})", "docker.io"),
      base64_url(R"({"identitytoken":"t","serveraddress":"https://index.docker.io/v1/"})"));
}

TEST_F(RegistryLoginTest, LooksInTheHomeOfTheUser) {
  machine_.variables = {{"HOME", folder_.path()}};
  std::filesystem::create_directory(folder_ / ".docker");
  folder_.write(".docker/config.json", R"({"auths":{"r:5000":{"auth":"dTpw"}}})");
  EXPECT_EQ(registry_login(host_, "r:5000"),
            base64_url(R"({"username":"u","password":"p","serveraddress":"r:5000"})"));
}

TEST_F(RegistryLoginTest, AsksTheHelperOfTheRegistryOnItsStandardInput) {
  processes_.answer.status = 0;
  processes_.answer.output = R"({"Username":"u","Secret":"s"})";
  EXPECT_EQ(login(R"({"credHelpers":{"ghcr.io":"pass"},"credsStore":"other"})", "ghcr.io"),
            base64_url(R"({"username":"u","password":"s","serveraddress":"ghcr.io"})"));
  EXPECT_EQ(processes_.asked, (std::vector<std::string>{"docker-credential-pass", "get"}));
  EXPECT_EQ(processes_.input, "ghcr.io");
}

TEST_F(RegistryLoginTest, AsksTheStoreForAllOthers) {
  processes_.answer.status = 0;
  processes_.answer.output = R"({"Username":"<token>","Secret":"s"})";
  EXPECT_EQ(login(R"({"auths":{"ghcr.io":{}},"credsStore":"secretservice"})", "ghcr.io"),
            base64_url(R"({"identitytoken":"s","serveraddress":"ghcr.io"})"));
  EXPECT_EQ(processes_.asked.front(), "docker-credential-secretservice");
}

TEST_F(RegistryLoginTest, AHelperThatFailsOffersNothing) {
  processes_.answer.status = 1;
  processes_.answer.output = "credentials not found in native keychain";
  EXPECT_EQ(login(R"({"credsStore":"pass"})", "ghcr.io"), "");
}

}  // namespace
}  // namespace ballast
