#include "tools/postgres_clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/text.h"
#include "tools/postgres.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

// Answers each command in turn; keeps them.
class ScriptedProcesses : public Processes {
 public:
  std::vector<Outcome> answers;
  std::vector<Command> asked;

  Outcome run(const Command& command) override {
    asked.push_back(command);
    Outcome outcome = answers.at(asked.size() - 1);
    if (command.on_output) command.on_output(std::exchange(outcome.output, {}));
    return outcome;
  }
  std::optional<std::string> find(const std::string&) override { return std::nullopt; }
};

class HostClientsTest : public testing::Test {
 protected:
  ServerAddress address() const {
    return parse_server_address("/etc/shop.url", "postgres://odoo:hunter2@db:5433/shop");
  }
  Postgres postgres() {
    return Postgres(std::make_unique<HostClients>(processes, address(), "/etc/shop.url"));
  }
  void will_say(const std::string& output) {
    Outcome outcome;
    outcome.status = 0;
    outcome.output = output;
    processes.answers.push_back(outcome);
  }
  void will_fail(int status, const std::string& errors) {
    Outcome outcome;
    outcome.status = status;
    outcome.errors = errors;
    processes.answers.push_back(outcome);
  }
  Error error_of(const std::function<void(Postgres&)>& what) {
    Postgres server = postgres();
    try {
      what(server);
    } catch (const Error& error) {
      EXPECT_THAT(error.text(), Not(HasSubstr("hunter2")));
      return error;
    }
    return Error(Kind::failed, "(no error)");
  }
  Error error_of_query() {
    return error_of([](Postgres& server) { server.query("shop", "SELECT 1"); });
  }

  ScriptedProcesses processes;
};

TEST_F(HostClientsTest, TheConnectionIsInTheEnvironmentAndNotInArgv) {
  will_say("1\n");
  EXPECT_THAT(postgres().query("shop", "SELECT 1", 7s), ElementsAre(ElementsAre("1")));
  const Command& command = processes.asked.front();
  EXPECT_EQ(command.argv, psql_argv("shop", "SELECT 1"));
  EXPECT_THAT(join(command.argv, " "), Not(HasSubstr("hunter2")));
  EXPECT_THAT(command.environment, ElementsAre(Pair("PGCONNECT_TIMEOUT", "5"), Pair("PGHOST", "db"),
                                               Pair("PGOPTIONS", "-c statement_timeout=7000"),
                                               Pair("PGPASSWORD", "hunter2"),
                                               Pair("PGPORT", "5433"), Pair("PGUSER", "odoo")));
  EXPECT_EQ(command.deadline, 7s);
  EXPECT_TRUE(command.dies_with_us);
}

TEST_F(HostClientsTest, OptionsOfTheAddressHoldBesideOurs) {
  const auto given = parse_server_address(
      "/etc/shop.url", "host=db options='-c role=owner' connect_timeout=20 application_name=x");
  EXPECT_THAT(client_environment(given, {"PGOPTIONS=-c a=1", "PGAPPNAME=ballast 7"}),
              ElementsAre(Pair("PGAPPNAME", "ballast 7"), Pair("PGCONNECT_TIMEOUT", "20"),
                          Pair("PGHOST", "db"), Pair("PGOPTIONS", "-c role=owner -c a=1")));
}

TEST_F(HostClientsTest, WhatHoldsSecretsIsFedToStdin) {
  will_say("");
  will_say("");
  Postgres server = postgres();
  server.run_quietly("ALTER ROLE odoo PASSWORD 'x';");
  EXPECT_EQ(processes.asked.back().input, "ALTER ROLE odoo PASSWORD 'x';");
  EXPECT_THAT(processes.asked.back().argv, ElementsAre("psql", "-X", "-q", "-w", "-1", "-v",
                                                       "ON_ERROR_STOP=1", "-d", "postgres"));
}

TEST_F(HostClientsTest, OutputIsHandedOnAsItComes) {
  will_say("bytes of a dump");
  std::string got;
  HostClients clients(processes, address(), "/etc/shop.url");
  clients.stream({{"pg_dump"}, {}, 1h}, [&](std::string_view bytes) { got += bytes; });
  EXPECT_EQ(got, "bytes of a dump");
}

constexpr const char* no_room =
    "psql: error: connection to server at \"db\", port 5433 failed: FATAL:  sorry, too many "
    "clients "
    "already";

class SteppingClock : public Clock {
 public:
  Time now() override { return {}; }
  Monotonic monotonic() override { return Monotonic(slept); }
  void sleep(Duration duration) override { slept += duration; }
  Duration slept{};
};

TEST_F(HostClientsTest, AServerWithoutRoomIsAskedAgain) {
  will_fail(2, no_room);
  will_fail(2, no_room);
  will_say("1\n");
  SteppingClock clock;
  Postgres server = postgres();
  server.wait_for_room(clock, 1min);
  EXPECT_THAT(server.query("shop", "SELECT 1"), ElementsAre(ElementsAre("1")));
  EXPECT_EQ(clock.slept, 2s);
}

TEST_F(HostClientsTest, AServerThatStaysWithoutRoomIsNamed) {
  for (int tries = 0; tries < 4; ++tries) will_fail(2, no_room);
  SteppingClock clock;
  const Error error = error_of([&](Postgres& server) {
    server.wait_for_room(clock, 3s);
    server.query("shop", "SELECT 1");
  });
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), std::string("PostgreSQL refuses a query in shop: ") + no_room);
  EXPECT_EQ(error.hint(), "look at the log of the server at db:5433");
  EXPECT_EQ(processes.asked.size(), 4U);
}

TEST_F(HostClientsTest, WhoDoesNotWaitForRoomIsToldAtOnce) {
  will_fail(2, no_room);
  EXPECT_THAT(error_of_query().message(), HasSubstr("too many clients already"));
  EXPECT_EQ(processes.asked.size(), 1U);
}

TEST_F(HostClientsTest, ClientsThatAreNotInstalled) {
  Outcome outcome;
  outcome.not_found = true;
  processes.answers.push_back(outcome);
  const Error error = error_of_query();
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(),
            "psql is not installed on this host: a database server outside the stack is reached "
            "with it");
  EXPECT_EQ(error.hint(), "apt-get install postgresql-client");
}

TEST_F(HostClientsTest, AServerThatDoesNotAnswer) {
  will_fail(2,
            "psql: error: connection to server at \"db\" (10.0.0.5), port 5433 failed: Connection "
            "refused\n\tIs the server running on that host and accepting TCP/IP connections?\n");
  const Error error = error_of_query();
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), "the database server at db:5433 does not answer: Connection refused");
  EXPECT_EQ(error.hint(),
            "is it up, and does it let this host in? where it is stands in /etc/shop.url");
}

TEST_F(HostClientsTest, AServerThatRefusesThePassword) {
  will_fail(2,
            "psql: error: connection to server at \"db\" (10.0.0.5), port 5433 failed: FATAL:  "
            "password authentication failed for user \"odoo\"\nconnection to server at \"db\" "
            "(10.0.0.5), port 5433 failed: FATAL:  password authentication failed for user "
            "\"odoo\"\n");
  const Error error = error_of_query();
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(),
            "the database server at db:5433 refuses the connection: password authentication failed "
            "for user \"odoo\"");
  EXPECT_EQ(error.hint(), "correct /etc/shop.url");
}

TEST_F(HostClientsTest, AQueryThatIsRefused) {
  will_fail(1, "ERROR:  syntax error, says hunter2\n");
  const Error error = error_of_query();
  EXPECT_EQ(error.kind(), Kind::failed);
  EXPECT_EQ(error.message(), "PostgreSQL refuses a query in shop: ERROR:  syntax error, says ***");
  EXPECT_EQ(error.hint(), "look at the log of the server at db:5433");
}

TEST_F(HostClientsTest, ARoleThatLacksARight) {
  will_fail(1, "ERROR:  permission denied to create role\n");
  EXPECT_EQ(error_of_query().hint(),
            "the role lacks a right: a backup needs one that may read everything, a restore a "
            "superuser (ALTER ROLE name SUPERUSER, by another one)");
}

TEST_F(HostClientsTest, AServerWhoseDiskIsFull) {
  will_fail(1, "ERROR:  could not extend file \"base/1/2\": No space left on device\n");
  EXPECT_EQ(error_of_query().hint(),
            "free some space where the database server keeps its files: df -h; ballast prune");
}

TEST(AdviceTest, WhatAnotherProgramSaysIsNotOfTheServer) {
  EXPECT_EQ(advice_on("cp: error writing '/to/file': No space left on device"), "");
  EXPECT_EQ(advice_on("sh: /from: permission denied"), "");
}

TEST_F(HostClientsTest, TheDatabaseThatIsAskedForTheOthers) {
  will_fail(2,
            "psql: error: connection to server at \"db\", port 5433 failed: FATAL:  permission "
            "denied for database \"postgres\"\nDETAIL:  User does not have CONNECT privilege.\n");
  will_say("");
  Postgres server = postgres();
  server.maintenance_query("SELECT 1");
  EXPECT_EQ(server.maintenance_database(), "shop");
}

TEST_F(HostClientsTest, ClientsThatAreOlderThanTheServer) {
  will_say("pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n");
  will_say("16.4\n");
  const Error error = error_of([](Postgres& server) { server.require_clients(); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(), "pg_dump 15 on this host cannot read the server's PostgreSQL 16");
  EXPECT_EQ(error.hint(),
            "apt-get install postgresql-client-16; where Debian has none, from "
            "https://apt.postgresql.org");
}

TEST_F(HostClientsTest, ClientsThatAreNewerThanTheServer) {
  will_say("pg_dump (PostgreSQL) 17.1\n");
  will_say("9.6.24\n");
  postgres().require_clients();
}

TEST(ConnectionTroubleTest, OnlyWhatIsAboutTheConnection) {
  EXPECT_EQ(connection_trouble("psql: error: could not translate host name \"nodb\" to address: "
                               "Name or service not known\n"),
            "could not translate host name \"nodb\" to address: Name or service not known");
  EXPECT_EQ(connection_trouble("pg_dump: error: connection to server on socket "
                               "\"/var/run/postgresql/.s.PGSQL.5432\" failed: No such file or "
                               "directory\n\tIs the server running locally?\n"),
            "No such file or directory");
  EXPECT_EQ(connection_trouble("connection to server at \"db\", port 5432 failed: timeout expired"),
            "timeout expired");
  EXPECT_EQ(connection_trouble("pg_dump: error: query failed: ERROR:  permission denied for "
                               "table x\n"),
            "");
  EXPECT_EQ(connection_trouble("pg_dump: error: backup failed: the connection to server was lost"),
            "");
  EXPECT_EQ(connection_trouble(""), "");
}

TEST(MajorVersionTest, OfServersAndPrograms) {
  EXPECT_EQ(major_version("15.14"), 15);
  EXPECT_EQ(major_version("pg_dump (PostgreSQL) 16.4 (Debian 16.4-1)"), 16);
  EXPECT_EQ(major_version("9.6.24"), 9);
  EXPECT_EQ(major_version("none"), 0);
}

TEST(ContainerClientsTest, ProgramsOfTheServersOwnVersionComeFirst) {
  EXPECT_EQ(path_of_clients({{"PG_MAJOR", "15"}, {"PATH", "/usr/bin:/bin"}}),
            "/usr/lib/postgresql/15/bin:/usr/bin:/bin");
  EXPECT_EQ(path_of_clients({{"PG_MAJOR", "9.6"}, {"PATH", "/bin"}}),
            "/usr/lib/postgresql/9.6/bin:/bin");
  EXPECT_EQ(path_of_clients({{"PATH", "/bin"}}), "");
  EXPECT_EQ(path_of_clients({{"PG_MAJOR", "15"}}), "");
  EXPECT_EQ(path_of_clients({{"PG_MAJOR", "../x"}, {"PATH", "/bin"}}), "");
}

}  // namespace
}  // namespace ballast
