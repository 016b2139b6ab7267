#include "host/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>

#include "host/descriptor.h"
#include "host/local_socket.h"
#include "host/posix_machine.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

class TestMachine : public PosixMachine {
 public:
  std::optional<std::string> variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  long long process() override { return 42; }

  std::map<std::string, std::string> variables;
};

class ServiceManagerTest : public testing::Test {
 protected:
  // Stands in for systemd.
  void listen_at(const std::string& name) {
    manager_ = Descriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const SocketAddress address = unix_address(name);
    ASSERT_EQ(bind(manager_.get(), address.get(), address.size), 0);
    machine_.variables["NOTIFY_SOCKET"] = name;
  }
  std::string told() const {
    std::array<char, 1024> words{};
    const ssize_t got = recv(manager_.get(), words.data(), words.size(), MSG_DONTWAIT);
    return got < 0 ? "(nothing)" : std::string(words.data(), static_cast<std::size_t>(got));
  }
  std::optional<Duration> interval() { return ServiceManager(machine_).watchdog_interval(); }

  const TestFolder folder_;
  TestMachine machine_;
  Descriptor manager_;
};

TEST_F(ServiceManagerTest, TellsWhoStartedIt) {
  listen_at(folder_ / "notify");
  const ServiceManager manager(machine_);
  EXPECT_TRUE(manager.is_there());
  manager.ready();
  EXPECT_EQ(told(), "READY=1");
  manager.watchdog();
  EXPECT_EQ(told(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(told(), "STOPPING=1");
  EXPECT_EQ(told(), "(nothing)");
}

TEST_F(ServiceManagerTest, KnowsSocketsWithoutAFile) {
  listen_at("@ballast-test-" + std::to_string(getpid()));
  ServiceManager(machine_).ready();
  EXPECT_EQ(told(), "READY=1");
}

TEST_F(ServiceManagerTest, AStatusIsOneLine) {
  listen_at(folder_ / "notify");
  ServiceManager(machine_).status("2 stacks\nREADY=1");
  EXPECT_EQ(told(), "STATUS=2 stacks\\nREADY=1");
}

TEST_F(ServiceManagerTest, WithoutOneNothingIsTold) {
  EXPECT_FALSE(ServiceManager(machine_).is_there());
  ServiceManager(machine_).ready();
  machine_.variables["NOTIFY_SOCKET"] = "vsock:2:1";
  EXPECT_FALSE(ServiceManager(machine_).is_there());
  machine_.variables["NOTIFY_SOCKET"] = "/" + std::string(107, 'x');
  EXPECT_FALSE(ServiceManager(machine_).is_there());
}

TEST_F(ServiceManagerTest, OneThatIsGoneHarmsNobody) {
  machine_.variables["NOTIFY_SOCKET"] = folder_ / "notify";
  ServiceManager(machine_).ready();
  EXPECT_TRUE(ServiceManager(machine_).is_there());
}

TEST_F(ServiceManagerTest, HowOftenItWantsToHear) {
  EXPECT_EQ(interval(), std::nullopt);
  machine_.variables["WATCHDOG_USEC"] = "60000000";
  EXPECT_EQ(interval(), 60s);
  machine_.variables["WATCHDOG_PID"] = "42";
  EXPECT_EQ(interval(), 60s);
  machine_.variables["WATCHDOG_PID"] = "41";
  EXPECT_EQ(interval(), std::nullopt);
}

TEST_F(ServiceManagerTest, WhatIsNoTimeIsNotWatched) {
  for (const char* text : {"", "0", "-5", "60s", "99999999999999999999"}) {
    machine_.variables["WATCHDOG_USEC"] = text;
    EXPECT_EQ(interval(), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace ballast
