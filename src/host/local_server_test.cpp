#include "host/local_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <vector>

#include "host/descriptor.h"
#include "host/local_client.h"
#include "host/local_socket.h"
#include "host/test_error.h"
#include "host/test_folder.h"

namespace ballast {
namespace {

constexpr Duration soon = std::chrono::milliseconds(200);
constexpr Duration long_enough = std::chrono::seconds(60);

std::string echo(const std::string& request, const Caller&) { return "<" + request + ">"; }

Descriptor connected(const std::string& path) {
  Descriptor made(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress address = unix_address(path);
  EXPECT_EQ(connect(made.get(), address.get(), address.size), 0);
  return made;
}

Descriptor connected_to_port(const std::string& place) {
  Descriptor made(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  in_port_t port = 0;
  const char* digits = place.data() + place.rfind(':') + 1;
  std::from_chars(digits, place.data() + place.size(), port);
  address.sin_port = htons(port);
  EXPECT_EQ(connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return made;
}

void say(const Descriptor& connection, std::string_view words) {
  EXPECT_EQ(send(connection.get(), words.data(), words.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(words.size()));
}

// Until the other side closes; "(reset)" when it tears the connection.
std::string heard(const Descriptor& connection) {
  const auto all = read_up_to(connection.get(), 1 << 20);
  return all ? *all : "(reset)";
}

class LocalServerTest : public testing::Test {
 protected:
  LocalServerTerms terms(Duration patience = long_enough) const {
    return {.unix_socket = path_, .longest = 100, .patience = patience};
  }
  std::string ask(std::string_view request) {
    return ask_local(path_, request, long_enough).value_or("(nobody)");
  }
  const TestFolder folder_;
  const std::string path_ = folder_ / "run/ballast/control.sock";
};

TEST_F(LocalServerTest, AnswersAQuestion) {
  const LocalServer server(terms(), echo);
  EXPECT_EQ(server.place(), path_);
  EXPECT_EQ(ask("status\n"), "<status>");
  EXPECT_EQ(ask("\n"), "<>");
}

TEST_F(LocalServerTest, TakesAQuestionInPieces) {
  const LocalServer server({.unix_socket = path_, .end_mark = "\r\n\r\n"}, echo);
  const Descriptor caller = connected(path_);
  for (const char* piece : {"GET /", " HTTP/1.1\r\n", "\r", "\n"}) say(caller, piece);
  EXPECT_EQ(heard(caller), "<GET / HTTP/1.1>");
}

TEST_F(LocalServerTest, GivesALongAnswerWhole) {
  const std::string all(5 << 20, 'x');
  const LocalServer server(terms(), [&](const std::string&, const Caller&) { return all; });
  EXPECT_EQ(ask("all\n"), all);
}

TEST_F(LocalServerTest, TellsWhoAsks) {
  const LocalServer server(terms(), [](const std::string&, const Caller& caller) {
    return std::to_string(caller.user) + " " + std::to_string(caller.pid);
  });
  EXPECT_EQ(ask("who\n"), std::to_string(geteuid()) + " " + std::to_string(getpid()));
}

TEST_F(LocalServerTest, ItsSocketIsTheOwnersAlone) {
  const LocalServer server(terms(), echo);
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  ASSERT_EQ(stat((folder_ / "run/ballast").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0755U);
}

TEST_F(LocalServerTest, TakesItsSocketAwayAtItsEnd) {
  { const LocalServer server(terms(), echo); }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(LocalServerTest, SilentCallersHoldUpNobody) {
  const LocalServer server(terms(), echo);
  const Descriptor silent = connected(path_);
  const Descriptor half = connected(path_);
  say(half, "sta");
  EXPECT_EQ(ask("status\n"), "<status>");
  say(half, "tus\n");
  EXPECT_EQ(heard(half), "<status>");
}

TEST_F(LocalServerTest, LeavesTheSilentAfterItsPatience) {
  const LocalServer server(terms(soon), echo);
  const Descriptor silent = connected(path_);
  EXPECT_EQ(heard(silent), "");
}

TEST_F(LocalServerTest, LeavesThoseWhoDoNotTakeTheirAnswer) {
  const std::string all(5 << 20, 'x');
  const LocalServer server(terms(soon), [&](const std::string&, const Caller&) { return all; });
  const Descriptor deaf = connected(path_);
  say(deaf, "all\n");
  EXPECT_EQ(ask("all\n"), all);
}

TEST_F(LocalServerTest, SendsTooLongAQuestionAway) {
  const LocalServer server(terms(), echo);
  const Descriptor caller = connected(path_);
  say(caller, std::string(101, 'x'));
  EXPECT_EQ(heard(caller), "");
  EXPECT_EQ(ask(std::string(100, 'x') + "\n"), "<" + std::string(100, 'x') + ">");
}

TEST_F(LocalServerTest, WhatComesBehindTheQuestionDoesNotTakeTheAnswer) {
  const LocalServer server(terms(), echo);
  const Descriptor caller = connected(path_);
  say(caller, "status\nand more that nobody reads");
  EXPECT_EQ(heard(caller), "<status>");
}

TEST_F(LocalServerTest, AnswersWhoHasNothingMoreToSay) {
  const LocalServer server(terms(), echo);
  const Descriptor caller = connected(path_);
  say(caller, "status\n");
  shutdown(caller.get(), SHUT_WR);
  EXPECT_EQ(heard(caller), "<status>");
}

TEST_F(LocalServerTest, LeavesWhoHangsUpInTheMiddle) {
  const LocalServer server(terms(), echo);
  const Descriptor caller = connected(path_);
  say(caller, "sta");
  shutdown(caller.get(), SHUT_WR);
  EXPECT_EQ(heard(caller), "");
  connected(path_).close();
  EXPECT_EQ(ask("status\n"), "<status>");
}

TEST_F(LocalServerTest, AQuestionThatThrowsHarmsOnlyItsCaller) {
  const LocalServer server(terms(), [](const std::string& request, const Caller&) {
    return request == "bad" ? throw Error(Kind::failed, "no") : request;
  });
  EXPECT_EQ(ask("bad\n"), "");
  EXPECT_EQ(ask("good\n"), "good");
}

TEST_F(LocalServerTest, AnswersManyOneAfterTheOther) {
  const LocalServer server(terms(), echo);
  for (int number = 0; number < 100; ++number)
    ASSERT_EQ(ask(std::to_string(number) + "\n"), "<" + std::to_string(number) + ">");
}

TEST_F(LocalServerTest, ManyAtOnceWaitInLine) {
  const LocalServer server(terms(soon), echo);
  std::vector<Descriptor> silent;
  for (int number = 0; number < 60; ++number) silent.push_back(connected(path_));
  EXPECT_EQ(ask("status\n"), "<status>");
}

TEST_F(LocalServerTest, EndsAtOnceWithCallersThere) {
  auto server = std::make_unique<LocalServer>(terms(), echo);
  const Descriptor silent = connected(path_);
  const Descriptor half = connected(path_);
  say(half, "sta");
  EXPECT_EQ(ask("status\n"), "<status>");  // so that both were let in before
  server.reset();
  EXPECT_EQ(heard(silent), "");
  EXPECT_EQ(ask("status\n"), "(nobody)");
}

TEST_F(LocalServerTest, AStaleSocketGivesWay) {
  std::filesystem::create_directories(folder_ / "run/ballast");
  { const Descriptor killed = listen_at_path(path_); }
  ASSERT_TRUE(std::filesystem::exists(path_));
  EXPECT_EQ(ask("status\n"), "(nobody)");
  const LocalServer server(terms(), echo);
  EXPECT_EQ(ask("status\n"), "<status>");
}

TEST_F(LocalServerTest, ASocketThatIsAnsweredStays) {
  const LocalServer server(terms(), echo);
  const Error error = error_of([&] { const LocalServer second(terms(), echo); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "cannot listen on " + path_ + ": somebody answers there");
  EXPECT_EQ(error.hint(), "see who it is, and stop it first: ss -xlp src " + path_);
  EXPECT_EQ(ask("status\n"), "<status>");
}

TEST_F(LocalServerTest, AFileInItsPlaceStays) {
  const std::string path = folder_.write("control.sock", "mine");
  const Error error = error_of([&] { const LocalServer server({.unix_socket = path}, echo); });
  EXPECT_EQ(error.message(), path + " is in the way: it is no socket");
  EXPECT_EQ(error.hint(), "see what it is, then move it away: ls -l " + path);
  EXPECT_EQ(folder_.read("control.sock"), "mine");
}

TEST_F(LocalServerTest, TooLongAPathIsNamed) {
  const std::string path = folder_ / std::string(120, 'x');
  const Error error = error_of([&] { const LocalServer server({.unix_socket = path}, echo); });
  EXPECT_EQ(error.message(), path + " is too long for a socket: the kernel takes 107 bytes");
  EXPECT_EQ(error.hint(), "choose a root with a shorter path");
}

TEST(LocalServerAtAnAddress, AnswersAndKnowsNobody) {
  const LocalServer server({.address = "127.0.0.1:0"},
                           [](const std::string&, const Caller& caller) {
                             return std::to_string(caller.user) + " " + std::to_string(caller.pid);
                           });
  EXPECT_TRUE(server.place().starts_with("127.0.0.1:"));
  const Descriptor caller = connected_to_port(server.place());
  say(caller, "who\n");
  EXPECT_EQ(heard(caller), "4294967295 0");
}

TEST(LocalServerAtAnAddress, WhatComesBehindTheQuestionDoesNotTakeTheAnswer) {
  const std::string all(1 << 20, 'x');
  const LocalServer server({.address = "127.0.0.1:0"},
                           [&](const std::string&, const Caller&) { return all; });
  const Descriptor caller = connected_to_port(server.place());
  say(caller, "all\n" + std::string(100000, 'y'));
  EXPECT_EQ(heard(caller), all);
}

TEST(LocalServerAtAnAddress, APlaceThatIsTakenIsNamed) {
  const LocalServer first({.address = "127.0.0.1:0"}, echo);
  const Error error = error_of([&] { const LocalServer second({.address = first.place()}, echo); });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "cannot listen on " + first.place() + ": address already in use");
  EXPECT_EQ(error.hint(), "see who listens there: ss -tlnp");
}

TEST(LocalServerAtAnAddress, OtherWordsAreRefused) {
  for (const std::string address : {"", "9478", "127.0.0.1", "127.0.0.1:", ":9478", "::1:9478",
                                    "[127.0.0.1]:9478", "localhost:9478", "127.0.0.1:http"}) {
    const Error error = error_of([&] { const LocalServer server({.address = address}, echo); });
    EXPECT_EQ(error.kind(), Kind::usage);
    EXPECT_EQ(error.message(), "`" + address + "` is not an address with a port");
    EXPECT_EQ(error.hint(), "write it in digits, like 127.0.0.1:9478 or [::1]:9478");
  }
}

}  // namespace
}  // namespace ballast
