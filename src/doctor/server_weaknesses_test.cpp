#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/test_seen.h"

namespace ballast::doctor {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr auto keys_path = "/home/deploy/.ssh/authorized_keys";

ServerSeen with_keys(const std::string& text, unsigned owner = 0, unsigned mode = 0644) {
  ServerSeen server = good_server();
  const FileInfo info{.type = FileType::regular, .mode = mode, .owner = owner, .group = owner};
  const Account account{.name = "deploy", .user = 1001, .group = 1001, .home = "/home/deploy"};
  server.keys.found.push_back({account, {keys_path, text}, {{keys_path, info, "deploy", {}}}});
  return server;
}

ServerSeen with_cron(const std::string& text, const std::string& zone = "Etc/UTC") {
  ServerSeen server = good_server();
  server.cron.found.push_back(crontab(text));
  server.zone = known(*TimeZone::named(zone));
  return server;
}

TEST(ServerWeaknesses, NoneOfAGoodServer) {
  for (const Weakness& weakness : all_weaknesses())
    if (weakness.of_server != nullptr)
      EXPECT_THAT(texts(weakness.of_server(good_server())), IsEmpty()) << weakness.id;
}

TEST(ServerWeaknesses, WhatCouldNotBeReadIsUnknown) {
  ServerSeen server;
  for (Findings* unreadable : {&server.keys.unreadable, &server.sudoers.unreadable,
                               &server.cron.unreadable, &server.secrets.unreadable})
    unreadable->push_back(not_known("/etc/x", "permission denied"));
  for (const Weakness& weakness : all_weaknesses()) {
    if (weakness.of_server == nullptr) continue;
    const Findings findings = weakness.of_server(server);
    ASSERT_EQ(findings.size(), 1u) << weakness.id;
    EXPECT_TRUE(findings.front().is_unknown) << weakness.id;
  }
}

TEST(ServerWeaknesses, KeysThatTheirUserCanChange) {
  const std::string forced =
      "restrict,command=\"/usr/bin/ballast gate --key ci\" ssh-ed25519 AAAA ci\n";
  EXPECT_THAT(authorized_keys_writable(with_keys(forced)), IsEmpty());
  const Findings findings = authorized_keys_writable(with_keys(forced, 1001, 0600));
  EXPECT_THAT(
      texts(findings),
      ElementsAre(
          "/home/deploy/.ssh/authorized_keys: /home/deploy/.ssh/authorized_keys can be changed "
          "by deploy itself (mode 0600): whoever becomes deploy once gives itself a key "
          "without the forced command"));
  EXPECT_EQ(findings.front().mend,
            "ballast install\nthen move its lines into /etc/ballast/authorized_keys/deploy, and: "
            "rm /home/deploy/.ssh/authorized_keys");
  ServerSeen other = with_keys(forced, 1001);
  other.keys.found.front().account.name = "ci";
  EXPECT_THAT(authorized_keys_writable(other).front().mend,
              StartsWith("install -D -m 0644 /home/deploy/.ssh/authorized_keys "
                         "/etc/ssh/authorized_keys.d/ci\nprintf 'Match User ci\\n  "));
  EXPECT_THAT(texts(authorized_keys_writable(with_keys(forced, 0, 0666))),
              ElementsAre(HasSubstr("(mode 0666)")));
  EXPECT_THAT(authorized_keys_writable(with_keys("ssh-ed25519 AAAA ken\n", 1001)), IsEmpty());
}

TEST(ServerWeaknesses, ForcedCommandsWithoutRestrict) {
  const std::string text =
      "# keys\n"
      "command=\"/usr/local/bin/deploy.sh $SSH_ORIGINAL_COMMAND\",no-pty ssh-ed25519 AAAA "
      "github-ci\n"
      "RESTRICT,command=\"/usr/bin/ballast gate --key ci\" ssh-ed25519 AAAA ci\n"
      "ssh-ed25519 AAAA ken\n";
  EXPECT_THAT(
      texts(forced_command_unrestricted(with_keys(text))),
      ElementsAre(
          "/home/deploy/.ssh/authorized_keys:2: the key github-ci has a forced command but not "
          "`restrict`: forwarding, terminals and what sshd learns tomorrow stay open; "
          "$SSH_ORIGINAL_COMMAND in it lets words and globs through"));
}

TEST(ServerWeaknesses, AClockThatNobodyKeeps) {
  ServerSeen server = good_server();
  server.clock = known(ClockSeen{.synchronised = {}, .services = {}});
  EXPECT_THAT(texts(clock_not_synchronised(server)),
              ElementsAre(StartsWith("clock: no time service is enabled")));
  server.clock = known(ClockSeen{.synchronised = {}, .services = {"chrony"}});
  EXPECT_THAT(clock_not_synchronised(server), IsEmpty());
  server.clock = known(ClockSeen{.synchronised = false, .services = {"chrony"}});
  EXPECT_THAT(
      texts(clock_not_synchronised(server)),
      ElementsAre("clock: the kernel says that it is not synchronised, though chrony is enabled"));
  server.clock = known(ClockSeen{.synchronised = true, .services = {}});
  EXPECT_THAT(clock_not_synchronised(server), IsEmpty());  // a container, whose host keeps it
}

TEST(ServerWeaknesses, TheUsualWeeklyBackupOnAMonday) {
  const ServerSeen server = with_cron(
      "SHELL=/bin/sh\n"
      "# Daily at 3 AM JST\n"
      "0 18 * * * root /srv/scripts/backup-odoo18.sh daily\n"
      "\n"
      "# Weekly full: Sunday 4 AM JST\n"
      "0 19 * * 0 root /srv/scripts/backup-odoo18.sh weekly-full\n");
  const Findings findings = cron_wrong_zone(server);
  EXPECT_THAT(
      texts(findings),
      ElementsAre(
          "/etc/cron.d/odoo18-backup:6: `0 19 * * 0` is Sunday 19:00 here (Etc/UTC), Sunday "
          "19:00 UTC, Monday 04:00 JST; its comment says Sunday 04:00 JST"));
  EXPECT_EQ(findings.front().mend,
            "write `0 19 * * 6` there; or let Ballast keep the zone, in the policy of the stack:\n"
            "backup: {weekly-full: \"Sun 04:00 Asia/Tokyo\"}");
}

TEST(ServerWeaknesses, LocalAndUniversalTimeStandSideBySide) {
  EXPECT_THAT(texts(cron_wrong_zone(
                  with_cron("# Sunday 19:00 UTC\n0 4 * * 0 root backup\n", "Asia/Tokyo"))),
              ElementsAre(HasSubstr(
                  "`0 4 * * 0` is Sunday 04:00 here (Asia/Tokyo), Saturday 19:00 UTC, Saturday "
                  "19:00 UTC; its comment says Sunday 19:00 UTC")));
}

struct CronCase {
  const char* comment;
  const char* fields;
  const char* zone;
  const char* says;  // empty: nothing is wrong
};

class CronComments : public ::testing::TestWithParam<CronCase> {};

TEST_P(CronComments, AreHeldAgainstTheLine) {
  const CronCase& one = GetParam();
  const auto found = texts(cron_wrong_zone(with_cron(
      std::string("# ") + one.comment + "\n" + one.fields + " root odoo-backup\n", one.zone)));
  if (std::string(one.says).empty())
    EXPECT_THAT(found, IsEmpty()) << one.comment;
  else
    EXPECT_THAT(found, ElementsAre(HasSubstr(std::string("its comment says ") + one.says)))
        << one.comment;
}

INSTANTIATE_TEST_SUITE_P(
    All, CronComments,
    ::testing::Values(CronCase{"Sunday 4 AM JST", "0 19 * * 6", "Etc/UTC", ""},
                      CronCase{"Sunday 4 AM JST", "0 4 * * 0", "Asia/Tokyo", ""},
                      CronCase{"Sundays at 04:00 Asia/Tokyo (19:00 UTC Saturday)", "0 19 * * sat",
                               "Etc/UTC", ""},
                      CronCase{"Sunday 4 AM JST = 19:00 UTC Saturday", "0 19 * * 0", "Etc/UTC",
                               "Sunday 04:00 JST"},
                      CronCase{"every Sunday", "0 4 * * 1", "Etc/UTC", "Sunday 04:00 Etc/UTC"},
                      CronCase{"every Sunday", "0 4 * * *", "Etc/UTC", "Sunday 04:00 Etc/UTC"},
                      CronCase{"daily, 3 a.m. JST", "0 18 * * *", "Etc/UTC", ""},
                      CronCase{"daily, 3 a.m. JST", "0 3 * * *", "Etc/UTC", "every day 03:00 JST"},
                      CronCase{"times are JST", "30 4 * * *", "Etc/UTC", "every day 04:30 JST"},
                      CronCase{"times are JST", "30 4 * * *", "Asia/Tokyo", ""},
                      CronCase{"times are UTC", "30 4 * * *", "Etc/UTC", ""},
                      CronCase{"11:30pm", "30 23 * * *", "Etc/UTC", ""},
                      CronCase{"12 AM", "0 0 * * 7", "Etc/UTC", ""},
                      CronCase{"keeps 7 daily sets, 4 weekly ones", "0 3 * * *", "Etc/UTC", ""},
                      CronCase{"Monday to Friday", "0 3 * * 1-5", "Etc/UTC", ""},
                      CronCase{"Monday", "*/15 * * * *", "Etc/UTC", ""},
                      CronCase{"Monday", "0 3 1 * *", "Etc/UTC", ""},
                      CronCase{"Sunday 4 AM UTC+9", "0 19 * * 0", "Etc/UTC", "Sunday 04:00 UTC+9"},
                      CronCase{"Sunday 4 AM UTC+09:00", "0 19 * * 6", "Etc/UTC", ""},
                      CronCase{"Sunday 4 AM IST", "0 19 * * 0", "Etc/UTC", ""},
                      CronCase{"Saturday 20:00 PST", "0 4 * * 0", "Etc/UTC", ""},
                      CronCase{"Sunday 20:00 PST", "0 4 * * 0", "Etc/UTC", "Sunday 20:00 PST"}));

TEST(ServerWeaknesses, OnlyJobsOfOursAreRead) {
  EXPECT_THAT(
      cron_wrong_zone(with_cron("# Sunday 4 AM JST\n0 19 * * 0 root /usr/sbin/logrotate\n")),
      IsEmpty());
  ServerSeen server = good_server();
  server.cron.found.push_back(
      {{"/var/spool/cron/crontabs/root", "@weekly /root/backup.sh # Monday\n"}, false});
  EXPECT_THAT(
      texts(cron_wrong_zone(server)),
      ElementsAre(StartsWith("/var/spool/cron/crontabs/root:1: `0 0 * * 0` is Sunday 00:00 here")));
}

TEST(ServerWeaknesses, AZoneThatCronDoesNotRead) {
  EXPECT_THAT(
      texts(cron_tz_ignored(with_cron("CRON_TZ=Asia/Tokyo\n0 4 * * 0 root backup\n"))),
      ElementsAre(
          "/etc/cron.d/odoo18-backup:1: CRON_TZ=Asia/Tokyo is nothing that Debian's cron knows: "
          "the lines below it are read in Etc/UTC"));
  EXPECT_THAT(cron_tz_ignored(
                  with_cron("0 4 * * 0 root backup\nCRON_TZ=Asia/Tokyo\n0 4 * * 0 root uptime\n")),
              IsEmpty());
}

TEST(ServerWeaknesses, MembersOfTheGroupDocker) {
  ServerSeen server = good_server();
  server.docker_groups.value->front().members = {"deploy", "ken"};
  const Findings findings = docker_group_members(server);
  EXPECT_THAT(
      texts(findings),
      ElementsAre(
          "/etc/group:44: deploy is in the group docker, and so root: `docker run -v /:/host`",
          HasSubstr("ken is in the group docker")));
  EXPECT_EQ(findings.front().mend, "gpasswd -d deploy docker");
}

TEST(ServerWeaknesses, DockerOnTheNetwork) {
  ServerSeen server = good_server();
  server.docker_listens.value->push_back({"/etc/docker/daemon.json", "tcp://0.0.0.0:2375", false});
  server.docker_listens.value->push_back({"/etc/docker/daemon.json", "tcp://0.0.0.0:2376", true});
  EXPECT_THAT(
      texts(docker_tcp_open(server)),
      ElementsAre(
          "/etc/docker/daemon.json: Docker listens on tcp://0.0.0.0:2375 and asks nobody who they "
          "are: each who reaches it is root"));
}

TEST(ServerWeaknesses, SecretsOfTheServer) {
  ServerSeen server = good_server();
  const FileInfo info{.type = FileType::regular, .mode = 0604};
  server.secrets.found.push_back({"/etc/ballast/slack-url", info, "root", "a secret of slack"});
  EXPECT_THAT(
      texts(server_secrets_readable(server)),
      ElementsAre("/etc/ballast/slack-url: it holds a secret of slack, and its mode is 0604"));
  server.secrets.found.front().info.mode = 0600;
  EXPECT_THAT(server_secrets_readable(server), IsEmpty());
}

TEST(ServerWeaknesses, WildcardsOfSudo) {
  ServerSeen server = good_server();
  server.sudoers.found.push_back(
      {"/etc/sudoers.d/deploy",
       "Defaults:deploy env_keep += \"A*\"\n"
       "deploy ALL=(root) NOPASSWD: /usr/bin/docker ps, \\\n"
       "  /usr/bin/docker compose -f /srv/stacks/shop/docker-compose.yml *\n"
       "Cmnd_Alias LOGS = /usr/bin/tail /var/log/odoo/?.log\n"
       "deploy ALL=(root) NOPASSWD: LOGS\n"
       "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl restart odoo\\*\n"
       "deploy ALL=(root) NOPASSWD: /usr/bin/ballast ^deploy shop sha-[0-9a-f]+$\n"
       "deploy ALL=(root) NOPASSWD: /usr/bin/ballast ^deploy .*$\n"});
  EXPECT_THAT(
      texts(sudoers_wildcard(server)),
      ElementsAre(
          "/etc/sudoers.d/deploy:2: deploy may run `/usr/bin/docker compose -f "
          "/srv/stacks/shop/docker-compose.yml *`: the wildcard matches blanks too, and so any "
          "further option",
          StartsWith("/etc/sudoers.d/deploy:4: Cmnd_Alias LOGS may run "),
          StartsWith("/etc/sudoers.d/deploy:8: deploy may run ")));
  EXPECT_EQ(sudoers_wildcard(server).front().mend,
            "write each command with its exact arguments, then: visudo -cf /etc/sudoers.d/deploy");
}

TEST(Accounts, OfTheGroupDocker) {
  const auto accounts = accounts_in(
      "root:x:0:0:root:/root:/bin/bash\nken:x:1000:1000::/home/ken:/bin/bash\n"
      "ci:x:1001:998::/home/ci:/bin/sh\nbroken\n");
  ASSERT_EQ(accounts.size(), 3u);
  EXPECT_EQ(accounts[1].home, "/home/ken");
  const auto groups =
      docker_groups_in("/etc/group", "root:x:0:\ndocker:x:998:root,ken,ken\n", accounts);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups.front().subject, "/etc/group:2");
  EXPECT_THAT(groups.front().members, ElementsAre("ci", "ken"));
}

TEST(SshKeys, AreWhereSshdIsTold) {
  const Account deploy{.name = "deploy", .home = "/home/deploy"};
  const Account ken{.name = "ken", .home = "/home/ken"};
  EXPECT_THAT(places_of_keys({}, deploy), ElementsAre("/home/deploy/.ssh/authorized_keys",
                                                      "/home/deploy/.ssh/authorized_keys2"));
  const std::vector<TextFile> sshd{
      {"10-deploy.conf",
       "Match User ci,deploy\n  AuthorizedKeysFile /etc/ssh/authorized_keys.d/%u\n"},
      {"sshd_config", "AuthorizedKeysFile .ssh/keys %h/.keys\nAuthorizedKeysFile none\n"}};
  EXPECT_THAT(places_of_keys(sshd, deploy), ElementsAre("/etc/ssh/authorized_keys.d/deploy"));
  EXPECT_THAT(places_of_keys(sshd, ken), ElementsAre("/home/ken/.ssh/keys", "/home/ken/.keys"));
  EXPECT_THAT(
      places_of_keys({{"sshd_config", "Match Address 10.0.0.0/8\nAuthorizedKeysFile /x\n"}}, ken),
      ElementsAre("/home/ken/.ssh/authorized_keys", "/home/ken/.ssh/authorized_keys2"));
}

TEST(SshKeys, QuotesHoldAnOptionTogether) {
  const auto keys = ssh_keys_in(
      "from=\"10.0.0.1,10.0.0.2\",command=\"a \\\"b\\\", c\" sk-ssh-ed25519@openssh.com AAAA a "
      "name\n");
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_THAT(keys[0].options, ElementsAre("from", "command"));
  EXPECT_EQ(keys[0].command, "a \"b\", c");
  EXPECT_EQ(keys[0].name, "a name");
}

}  // namespace
}  // namespace ballast::doctor
