// What becomes of users, services, and of files that other programs prove.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "install/test_server.h"

namespace ballast {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string sudoers(sudoers_file);
const std::string sshd(sshd_file);
const std::string useradd =
    "useradd --system --no-log-init --no-create-home --home-dir / --gid ballast-gate --shell "
    "/bin/sh --password * --comment Deploys through ballast gate deploy";
const std::string prove_sudoers = "visudo -c -f -";
const std::string prove_sshd = "/usr/sbin/sshd -t";

class InstallAccounts : public testing::Test {
 protected:
  static std::function<void(ObservedServer&)> with(const DeployAccount& account) {
    return [account](ObservedServer& observed) {
      observed.gate_group = true;
      observed.deploy = account;
    };
  }
  static DeployAccount fit() {
    return {.id = 998, .home = "/", .groups = {"ballast-gate"}, .has_keys_of_its_own = false};
  }
  std::size_t index_of(const std::string& words) const {
    const auto& ran = server_.processes.ran;
    return static_cast<std::size_t>(std::ranges::find(ran, words) - ran.begin());
  }

  TestServer server_;
};

TEST_F(InstallAccounts, TheUserIsMadeWithoutAPasswordAndInNoOtherGroup) {
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, "ballast-gate"), "made");
  EXPECT_EQ(state_of(plan, "deploy"), "made");
  EXPECT_LT(index_of("groupadd --system ballast-gate"), index_of(useradd));
  EXPECT_LT(index_of(useradd), index_of(prove_sudoers));
  EXPECT_THAT(server_.record().users, ElementsAre("deploy"));
  EXPECT_THAT(server_.record().groups, ElementsAre("ballast-gate"));
}

TEST_F(InstallAccounts, OneThatItMadeGoesWithIt) {
  server_.install();
  server_.processes.ran.clear();
  const InstallPlan again = server_.install(Starter::cron, with(fit()));
  EXPECT_EQ(state_of(again, "deploy"), "in place");
  server_.uninstall(with(fit()));
  EXPECT_LT(index_of("userdel deploy"), index_of("groupdel ballast-gate"));
  EXPECT_LT(index_of("groupdel ballast-gate"), server_.processes.ran.size());
}

TEST_F(InstallAccounts, OneThatWasThereIsUsedWhenItMayDoNothingElse) {
  DeployAccount account = fit();
  account.groups = {"deploy"};
  const InstallPlan plan = server_.install(Starter::cron, with(account));
  EXPECT_EQ(state_of(plan, "deploy"), "changed");
  EXPECT_EQ(part_of(plan, "deploy").note, "it was here; now in group ballast-gate");
  EXPECT_THAT(server_.processes.ran, Contains("usermod --append --groups ballast-gate deploy"));
  EXPECT_TRUE(server_.has(sudoers));
  server_.uninstall(with(account));
  EXPECT_THAT(server_.processes.ran, Not(Contains("userdel deploy")));
}

TEST_F(InstallAccounts, OneThatIsMoreThanTheGatesIsNamed) {
  DeployAccount account = fit();
  account.groups = {"deploy", "docker", "sudo"};
  InstallPlan plan = server_.install(Starter::cron, with(account));
  EXPECT_EQ(state_of(plan, "deploy"), "left out");
  EXPECT_TRUE(part_of(plan, "deploy").trouble);
  EXPECT_EQ(part_of(plan, "deploy").note,
            "it was here, and it is in group docker, it is in group sudo: no gate for it");
  EXPECT_EQ(part_of(plan, "deploy").hint,
            "`gpasswd -d deploy docker && gpasswd -d deploy sudo`, then `ballast install`");
  EXPECT_FALSE(server_.has(sudoers));
  EXPECT_FALSE(server_.has(sshd));
  EXPECT_TRUE(server_.has(std::string(deploy_keys)));
  account = fit();
  account.home = "/home/deploy";
  account.has_keys_of_its_own = true;
  plan = server_.install(Starter::cron, with(account));
  EXPECT_EQ(part_of(plan, "deploy").hint,
            "its keys would no longer count: move each, with `restrict,command=\"/usr/bin/ballast "
            "gate --key NAME\"` before it, from /home/deploy/.ssh/authorized_keys to "
            "/etc/ballast/authorized_keys/deploy; then `ballast install`");
}

TEST_F(InstallAccounts, OneOfItsOwnThatSomebodyMadeStrongIsNamed) {
  server_.install();
  DeployAccount account = fit();
  account.groups = {"ballast-gate", "docker"};
  const InstallPlan plan = server_.install(Starter::cron, with(account));
  EXPECT_EQ(state_of(plan, "deploy"), "in place");
  EXPECT_TRUE(part_of(plan, "deploy").trouble);
  EXPECT_EQ(part_of(plan, "deploy").note,
            "it is in group docker: its keys would be good for more than the gate");
  EXPECT_EQ(part_of(plan, "deploy").hint, "`gpasswd -d deploy docker`");
}

TEST_F(InstallAccounts, ACommandThatFailsIsNamedAndTheRestIsDone) {
  server_.processes.answers[useradd] = answer(4, "", "useradd: UID 998 is not unique\n");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, "deploy"), "failed");
  EXPECT_EQ(part_of(plan, "deploy").note, "exit status 4: useradd: UID 998 is not unique");
  EXPECT_TRUE(part_of(plan, "deploy").hint.starts_with("by hand: `useradd --system "));
  EXPECT_THAT(server_.record().users, ElementsAre());
  EXPECT_THAT(server_.record().groups, ElementsAre("ballast-gate"));
  EXPECT_TRUE(server_.has("/srv/scripts/deploy.sh"));
}

TEST_F(InstallAccounts, ASudoersFileThatVisudoRefusesIsNotWritten) {
  server_.processes.answers[prove_sudoers] =
      answer(1, "", "stdin:1:3: syntax error\nbad line\n    ^~~~\n");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, sudoers), "failed");
  EXPECT_EQ(part_of(plan, sudoers).note,
            "visudo refuses it: exit status 1: stdin:1:3: syntax error");
  EXPECT_FALSE(server_.has(sudoers));
  EXPECT_EQ(server_.processes.inputs[prove_sudoers], part_of(plan, sudoers).text);
  EXPECT_EQ(server_.record().file(sudoers), nullptr);
  EXPECT_THAT(server_.processes.ran, Not(Contains("visudo -c")));
}

TEST_F(InstallAccounts, ASudoersFileThatDoesNotGoWithTheOthersIsTakenBack) {
  server_.processes.answers["visudo -c"] = answer(1, "", "/etc/sudoers.d/x: syntax error\n");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, sudoers), "failed");
  EXPECT_FALSE(server_.has(sudoers));
}

// sshd -t is asked before and after.
class RefusingSshd : public FakeProcesses {
 public:
  Outcome run(const Command& command) override {
    Outcome outcome = FakeProcesses::run(command);
    const bool proof = join(command.argv, " ") == prove_sshd;
    if (proof && ++asked_ == 2) return answer(255, "", "ballast.conf line 5: no such thing\n");
    return outcome;
  }

 private:
  int asked_ = 0;
};

TEST_F(InstallAccounts, WhatSshdRefusesIsTakenBack) {
  server_.install();
  InstallRecord record = server_.record();
  const std::string older = "# of version 0.0.9\n";
  server_.write(sshd, older);
  record.put({.path = sshd, .mode = 0644, .sha256 = sha256_hex(older), .writing = {}});
  server_.write("/var/lib/ballast/installed.json", record_text(record), 0600);
  InstallPlan plan = server_.plan();
  EXPECT_EQ(state_of(plan, sshd), "changed");
  RefusingSshd processes;
  carry_out(processes, server_.paths, server_.observed, plan);
  EXPECT_EQ(state_of(plan, sshd), "failed");
  EXPECT_EQ(part_of(plan, sshd).note,
            "sshd -t refuses it: exit status 255: ballast.conf line 5: no such thing");
  EXPECT_EQ(server_.read(sshd), older);
  EXPECT_EQ(server_.record().file(sshd)->sha256, sha256_hex(older));
  EXPECT_EQ(server_.record().file(sshd)->writing, "");
}

TEST_F(InstallAccounts, WhatSshdDoesNotHeedIsTakenBack) {
  server_.processes.answers[sshd_effect] = answer(0, "authorizedkeysfile .ssh/authorized_keys\n");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, sshd), "failed");
  EXPECT_THAT(part_of(plan, sshd).note,
              HasSubstr("`Include /etc/ssh/sshd_config.d/*.conf` has to be"));
  EXPECT_FALSE(server_.has(sshd));
}

TEST_F(InstallAccounts, WhereSshdWasWrongBeforeItCannotBeAsked) {
  server_.processes.answers[prove_sshd] =
      answer(255, "", "Missing privilege separation directory: /run/sshd\n");
  const InstallPlan plan = server_.install();
  EXPECT_EQ(state_of(plan, sshd), "made");
  EXPECT_EQ(part_of(plan, sshd).note,
            "not checked: sshd -t failed before: exit status 255: Missing privilege separation "
            "directory: /run/sshd");
  EXPECT_TRUE(server_.has(sshd));
}

TEST_F(InstallAccounts, WithoutSudoAndSshdTheirFilesAreLeftOut) {
  const InstallPlan plan = server_.install(Starter::cron, [](ObservedServer& observed) {
    observed.traits.sudo = false;
    observed.traits.sshd = false;
  });
  EXPECT_EQ(state_of(plan, sudoers), "left out");
  EXPECT_EQ(part_of(plan, sudoers).note, "sudo is not installed");
  EXPECT_EQ(part_of(plan, sshd).note, "openssh-server is not installed");
  EXPECT_FALSE(part_of(plan, sshd).trouble);
  EXPECT_FALSE(server_.has(sudoers));
}

TEST_F(InstallAccounts, TheStarterIsEnabledAndTheOthersAreNot) {
  const auto timers_before = [](ObservedServer& observed) {
    observed.units["ballast-schedule.timer"] = {.enabled = true, .active = true};
    observed.units["ballast.service"] = {};
  };
  const InstallPlan plan = server_.install(Starter::daemon, timers_before);
  EXPECT_EQ(state_of(plan, "ballast-schedule.timer"), "removed");
  EXPECT_EQ(state_of(plan, "ballast.service"), "made");
  EXPECT_LT(index_of("systemctl disable --now ballast-schedule.timer"),
            index_of("systemctl daemon-reload"));
  EXPECT_LT(index_of("systemctl daemon-reload"),
            index_of("systemctl enable --now ballast.service"));
  EXPECT_LT(index_of("systemctl try-reload-or-restart ssh.service"), server_.processes.ran.size());
  EXPECT_THAT(server_.record().services, ElementsAre("ballast.service"));
  server_.processes.ran.clear();
  const auto runs = [](ObservedServer& observed) {
    observed.units["ballast.service"] = {.enabled = true, .active = true};
  };
  EXPECT_EQ(state_of(server_.install(Starter::daemon, runs), "ballast.service"), "in place");
  EXPECT_THAT(server_.processes.ran, Not(Contains(HasSubstr("systemctl"))));
  server_.uninstall(runs);
  EXPECT_LT(index_of("systemctl disable --now ballast.service"), server_.processes.ran.size());
}

TEST_F(InstallAccounts, WhereSystemdDoesNotRunItIsEnabledForLater) {
  const auto asleep = [](ObservedServer& observed) {
    observed.systemd_runs = false;
    observed.units["ballast.service"] = {};
  };
  InstallPlan plan = server_.install(Starter::daemon, asleep);
  EXPECT_THAT(server_.processes.ran, Contains("systemctl enable ballast.service"));
  EXPECT_THAT(server_.processes.ran, Not(Contains("systemctl daemon-reload")));
  EXPECT_THAT(plan.notes, Contains("systemd does not run here: ballast.service starts with it; "
                                   "until then, by hand: `ballast watch`"));
  EXPECT_THAT(plan.notes,
              Contains("sshd reads its settings when it is told to: `service ssh reload`"));
  plan = server_.install(Starter::daemon, [](ObservedServer& observed) {
    observed.systemd_runs = false;
    observed.systemctl = false;
  });
  EXPECT_THAT(plan.notes, Contains("there is no systemd here, so that nothing starts "
                                   "ballast.service: `ballast install --cron`, or by hand: "
                                   "`ballast watch`"));
}

TEST_F(InstallAccounts, AServiceThatDoesNotStartIsNamed) {
  server_.processes.answers["systemctl enable --now ballast.service"] =
      answer(1, "", "Job for ballast.service failed.\n");
  const InstallPlan plan = server_.install(Starter::daemon);
  EXPECT_EQ(state_of(plan, "ballast.service"), "failed");
  EXPECT_EQ(part_of(plan, "ballast.service").hint,
            "see `systemctl status ballast.service` and `journalctl -u ballast.service`");
  EXPECT_THAT(server_.record().services, ElementsAre("ballast.service"));
}

TEST_F(InstallAccounts, TheStarterIsTheOneThatIsThere) {
  ObservedServer observed;
  EXPECT_EQ(chosen_starter({}, observed), Starter::cron);
  observed.systemd_runs = true;
  EXPECT_EQ(chosen_starter({}, observed), Starter::daemon);
  observed.record.starter = Starter::timers;
  EXPECT_EQ(chosen_starter({}, observed), Starter::timers);
  EXPECT_EQ(chosen_starter(Starter::cron, observed), Starter::cron);
}

TEST_F(InstallAccounts, OfAnotherRootThereAreFilesOnly) {
  const InstallPlan plan = server_.install(Starter::daemon, [](ObservedServer& observed) {
    observed.machine = false;
    observed.systemd_runs = false;
  });
  EXPECT_THAT(server_.processes.ran, ElementsAre());
  EXPECT_EQ(state_of(plan, "deploy"), "absent");
  EXPECT_THAT(plan.notes, Contains("it is not this machine's root: no user was made, no service "
                                   "enabled, nothing checked"));
  EXPECT_TRUE(server_.has(sudoers));
}

}  // namespace
}  // namespace ballast
