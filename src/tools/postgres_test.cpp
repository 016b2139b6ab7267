#include "tools/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tools/test_postgres.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(PostgresTest, NoPasswordStandsInTheCommandLine) {
  EXPECT_THAT(psql_argv("shop", "SELECT 1"),
              ElementsAre("psql", "-X", "-q", "-w", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F",
                          "\x1f", "-R", "\x1e", "-d", "shop", "-c", "SELECT 1"));
  EXPECT_THAT(dump_argv("shop", "0003-1", std::chrono::seconds(60)),
              ElementsAre("pg_dump", "-Fc", "-Z1", "--no-password", "--snapshot=0003-1",
                          "--lock-wait-timeout=60000", "-d", "shop"));
}

TEST(PostgresTest, ANameIsNeverTakenForAConnectionString) {
  const auto database = [](const std::string& name) { return psql_argv(name, "").at(13); };
  EXPECT_EQ(database("ten_shop"), "ten_shop");
  EXPECT_EQ(database("host=evil"), "dbname='host=evil'");
  EXPECT_EQ(database("a='\\"), "dbname='a=\\'\\\\'");
  EXPECT_EQ(database("postgres://evil"), "dbname='postgres://evil'");
}

TEST(PostgresTest, RowsAndFieldsMayHoldAnythingPrintable) {
  EXPECT_THAT(parse_rows("a b\x1f|\x1e"
                         "line\nbreak\x1f\n"),
              ElementsAre(ElementsAre("a b", "|"), ElementsAre("line\nbreak", "")));
  EXPECT_THAT(parse_rows(""), IsEmpty());
  EXPECT_THAT(parse_rows("\n"), IsEmpty());
}

TEST(PostgresTest, OnePsqlAsksInSeveralDatabases) {
  EXPECT_THAT(
      commands_for_each({"shop", "it's"}, "SELECT 1"),
      ElementsAre("SELECT 1", "\\echo \x1d", "\\connect 'dbname=\\'it\\\\\\'s\\''", "SELECT 1"));
  EXPECT_THAT(
      split_answers("a\x1f"
                    "b\n\x1d\n\x1d\nc\n"),
      ElementsAre(ElementsAre(ElementsAre("a", "b")), IsEmpty(), ElementsAre(ElementsAre("c"))));
}

class CountedClients : public ScriptedServer {
 public:
  CountedClients(std::vector<std::string>& told, int& clients, Answer answer)
      : ScriptedServer(told, std::move(answer)), clients_(clients) {}
  Result run(const Call& call) override {
    ++clients_;
    return ScriptedServer::run(call);
  }

 private:
  int& clients_;
};

// Answers with what it is asked, but for the database that it does not know.
class EchoingServer {
 public:
  Postgres postgres() {
    return Postgres(std::make_unique<CountedClients>(told, clients, [](const std::string& command) {
      const bool is_gone = command.find("gone") != std::string::npos;
      const bool is_question = command.starts_with("SELECT");
      return PostgresClients::Result{.status = is_gone ? 2 : 0,
                                     .output = is_question ? command + "\n" : std::string(),
                                     .errors = is_gone ? "no such database" : ""};
    }));
  }
  std::vector<std::string> told;
  int clients = 0;
};

TEST(PostgresTest, WhatIsAskedInSeveralIsAnsweredInTheirOrder) {
  EchoingServer server;
  Postgres postgres = server.postgres();
  EXPECT_THAT(
      postgres.query_each({"a", "b"}, "SELECT 1"),
      ElementsAre(ElementsAre(ElementsAre("SELECT 1")), ElementsAre(ElementsAre("SELECT 1"))));
  EXPECT_THAT(server.told, ElementsAre("SELECT 1", "\\connect 'dbname=\\'b\\''", "SELECT 1"));
  EXPECT_THAT(postgres.query_each({}, "SELECT 1"), IsEmpty());
}

// Which one it is that cannot be asked is told by asking each alone.
TEST(PostgresTest, OneThatCannotBeAskedTogetherIsAskedAlone) {
  EchoingServer server;
  Postgres postgres = server.postgres();
  EXPECT_THAT(postgres.query_each({"a", "gone"}, "SELECT 1"), SizeIs(2));
  EXPECT_THAT(server.told,
              ElementsAre("SELECT 1", "\\connect 'dbname=\\'gone\\''", "SELECT 1", "SELECT 1"));
}

TEST(PostgresTest, ManyAreAskedByAFewClients) {
  EchoingServer server;
  Postgres postgres = server.postgres();
  EXPECT_THAT(postgres.query_each(std::vector<std::string>(120, "a"), "SELECT 1"), SizeIs(120));
  EXPECT_EQ(std::ranges::count(server.told, "SELECT 1"), 120);
  EXPECT_EQ(server.told.size(), 120u + 117u);  // all but the first of each client are gone to
}

// A command line has an end.
TEST(PostgresTest, ManyStatementsKeepTheirOrder) {
  EchoingServer server;
  Postgres postgres = server.postgres();
  std::vector<std::string> statements;
  for (int number = 0; number < 120; ++number)
    statements.push_back("SELECT " + std::to_string(number));
  const auto answers = postgres.query_in_turn("shop", statements);
  ASSERT_THAT(answers, SizeIs(120));
  EXPECT_THAT(answers.front(), ElementsAre(ElementsAre("SELECT 0")));
  EXPECT_THAT(answers.back(), ElementsAre(ElementsAre("SELECT 119")));
  EXPECT_EQ(server.told, statements);
  EXPECT_EQ(server.clients, 3);
}

TEST(PostgresTest, NamesAndTextsAreQuoted) {
  EXPECT_EQ(quoted_identifier("te\"n"), "\"te\"\"n\"");
  EXPECT_EQ(quoted_literal("it's"), "'it''s'");
}

}  // namespace
}  // namespace ballast
