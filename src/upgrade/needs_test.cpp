#include "upgrade/needs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Modules = std::vector<InstalledModule>;

Addon addon(const std::string& name, const std::string& version, const std::string& hash = "h",
            const std::vector<std::string>& depends = {"base"}) {
  return {.name = name,
          .version = version,
          .trouble = {},
          .hash = "whole",
          .upgrade_hash = hash,
          .depends = depends};
}

Modules with(const Modules& others) {
  Modules installed{{"base", "18.0.1.3", "installed"}};
  installed.insert(installed.end(), others.begin(), others.end());
  return installed;
}

DatabaseNeed need(const Modules& installed, const std::vector<Addon>& image,
                  const ModuleHashes& recorded = {}) {
  return need_of("ten_a", with(installed), image_modules(image, std::nullopt), recorded);
}

std::vector<std::string> lines(const DatabaseNeed& need) {
  std::vector<std::string> found;
  for (const ModuleNeed& module : need.modules)
    found.push_back(
        fmt::format("{} {} {}: {}", module.name, module.from, module.to, module.because));
  return found;
}

TEST(NeedTest, NothingWhereAllIsTheSame) {
  const DatabaseNeed found = need(
      {{"shop_theme", "18.0.1.0", "installed"}},
      {addon("shop_theme", "18.0.1.0"), addon("never_installed", "2.0")}, {{"shop_theme", "h"}});
  EXPECT_FALSE(found.due());
  EXPECT_THAT(found.dependents, IsEmpty());
  EXPECT_THAT(found.absent, IsEmpty());
}

TEST(NeedTest, AnotherVersion) {
  EXPECT_THAT(lines(need({{"shop_theme", "18.0.1.0", "installed"}}, {addon("shop_theme", "1.1")})),
              ElementsAre("shop_theme 18.0.1.0 18.0.1.1: version 18.0.1.0 → 18.0.1.1"));
  EXPECT_THAT(lines(need({{"shop_theme", "18.0.1.1", "installed"}}, {addon("shop_theme", "1.0")})),
              ElementsAre("shop_theme 18.0.1.1 18.0.1.0: version 18.0.1.1 → 18.0.1.0"));
}

TEST(NeedTest, AVersionIsComparedAsOdooStoresIt) {
  EXPECT_FALSE(need({{"a", "18.0.1.0", "installed"}}, {addon("a", "1.0")}).due());
  EXPECT_FALSE(need({{"a", "18.0.1.0", "installed"}}, {addon("a", "18.0.1.0")}).due());
  EXPECT_FALSE(need({{"a", "18.0.1.0", "installed"}}, {addon("a", "")}).due());
  EXPECT_TRUE(need({{"a", "18.0.18.0", "installed"}}, {addon("a", "18.0.18.1")}).due());
}

TEST(NeedTest, WithoutASeriesVersionsCannotBeCompared) {
  const Modules no_base{{"a", "18.0.1.0", "installed"}};
  EXPECT_FALSE(
      need_of("x", no_base, image_modules({addon("a", "1.0", "h", {"a"})}, std::nullopt), {})
          .due());
}

TEST(NeedTest, WhatWasLeftHalfway) {
  EXPECT_THAT(
      lines(need({{"a", "18.0.1.0", "to upgrade"}, {"b", "", "to install"}},
                 {addon("a", "1.1"), addon("b", "1.0")})),
      ElementsAre("a 18.0.1.0 18.0.1.1: left `to upgrade`", "b  18.0.1.0: left `to install`"));
  EXPECT_THAT(lines(need({{"sale", "18.0.1.0", "to upgrade"}}, {})),
              ElementsAre("sale 18.0.1.0 : left `to upgrade`"));
  EXPECT_FALSE(need({{"a", "18.0.1.0", "to remove"}}, {addon("a", "1.0")}).due());
}

TEST(NeedTest, ANewDependency) {
  EXPECT_THAT(
      lines(need({{"a", "18.0.1.0", "installed"}}, {addon("a", "1.0", "h", {"base", "stock"})})),
      ElementsAre("a 18.0.1.0 18.0.1.0: it needs stock, which is not installed"));
}

TEST(NeedTest, OtherFilesOfTheSameVersion) {
  const Modules installed{{"a", "18.0.1.0", "installed"}, {"b", "18.0.1.0", "installed"}};
  EXPECT_THAT(lines(need(installed, {addon("a", "1.0", "new"), addon("b", "1.0", "new")},
                         {{"a", "old"}, {"b", "new"}})),
              ElementsAre("a 18.0.1.0 18.0.1.0: its files changed"));
}

TEST(NeedTest, AHashThatIsNotKnownTellsNothing) {
  const Modules installed{{"a", "18.0.1.0", "installed"}};
  EXPECT_FALSE(need(installed, {addon("a", "1.0", "new")}).due());
  EXPECT_FALSE(need(installed, {addon("a", "1.0", "new")}, {{"a", ""}}).due());
  EXPECT_FALSE(need(installed, {addon("a", "1.0", "")}, {{"a", "old"}}).due());
}

TEST(NeedTest, TheVersionIsToldBeforeTheFiles) {
  EXPECT_THAT(lines(need({{"a", "18.0.1.0", "installed"}}, {addon("a", "1.1", "new", {"stock"})},
                         {{"a", "old"}})),
              ElementsAre("a 18.0.1.0 18.0.1.1: version 18.0.1.0 → 18.0.1.1"));
}

TEST(NeedTest, TellsWhichModulesFollow) {
  const DatabaseNeed found =
      need({{"a", "18.0.1.0", "installed"},
            {"b", "18.0.1.0", "installed"},
            {"c", "18.0.1.0", "installed"},
            {"d", "18.0.1.0", "installed"}},
           {addon("a", "1.1"), addon("b", "1.0", "h", {"a"}), addon("c", "1.0", "h", {"b", "base"}),
            addon("d", "1.0"), addon("e", "1.0", "h", {"a"})});
  EXPECT_THAT(found.dependents, ElementsAre("b", "c"));
}

TEST(NeedTest, EverythingFollowsBase) {
  const std::vector<Addon> odoo{addon("base", "1.4", "", {}), addon("web", "1.0", "", {})};
  const DatabaseNeed found =
      need_of("ten_a", with({{"a", "18.0.1.0", "installed"}, {"web", "18.0.1.0", "installed"}}),
              image_modules({addon("a", "1.0", "h", {})}, odoo), {});
  EXPECT_THAT(lines(found), ElementsAre("base 18.0.1.3 18.0.1.4: version 18.0.1.3 → 18.0.1.4"));
  EXPECT_THAT(found.dependents, ElementsAre("a", "web"));
}

TEST(NeedTest, WhatIsInstalledButNotInTheImage) {
  Addon broken = addon("broken", "1.1");
  broken.trouble = "no __manifest__.py";
  Addon off = addon("off", "1.1");
  off.installable = false;
  const Modules installed{{"broken", "18.0.1.0", "installed"},
                          {"gone", "18.0.1.0", "installed"},
                          {"off", "18.0.1.0", "installed"}};
  const DatabaseNeed unsure = need(installed, {broken, off});
  EXPECT_FALSE(unsure.due());
  EXPECT_THAT(unsure.absent, ElementsAre("broken (no __manifest__.py)", "off (not installable)"));
  const DatabaseNeed sure =
      need_of("ten_a", with(installed),
              image_modules({broken, off}, std::vector<Addon>{addon("base", "1.3", "", {})}), {});
  EXPECT_THAT(sure.absent,
              ElementsAre("broken (no __manifest__.py)", "gone", "off (not installable)"));
}

TEST(NeedTest, ThePolicysFolderComesFirst) {
  const auto image =
      image_modules({addon("web", "1.1")}, std::vector<Addon>{addon("web", "1.0", "", {})});
  EXPECT_EQ(image.find("web")->version, "1.1");
  EXPECT_EQ(image.find("stock"), nullptr);
}

Needs needs() {
  Needs needs;
  needs.databases = {{"ten_a",
                      {{"a", "1", "2", "version 1 → 2"}, {"b", "1", "1", "its files changed"}},
                      {"c"},
                      {}},
                     {"ten_b", {}, {}, {"gone"}},
                     {"ten_c", {}, {}, {}}};
  needs.work = {{"ten_a", {"a", "b"}}};
  needs.decided_by = "policy";
  return needs;
}

TEST(NeedsTest, SurviveTheWayThroughJson) {
  Needs before = needs();
  before.detected = "two migrations\n";
  before.detects = true;
  before.fresh = true;
  before.unknown = "why";
  const Needs after = needs_from_json(needs_json(before));
  EXPECT_EQ(needs_json(after), needs_json(before));
  ASSERT_EQ(after.databases.size(), 3u);
  EXPECT_EQ(after.databases[0].modules[1].because, "its files changed");
  EXPECT_THAT(after.work.front().modules, ElementsAre("a", "b"));
  EXPECT_TRUE(after.due());
  EXPECT_FALSE(needs_from_json(Json()).due());
}

TEST(NeedsTest, AreToldInOneLine) {
  EXPECT_EQ(needs_summary(needs()),
            "ten_a: a 1 → 2, b (its files changed); ten_b, ten_c: nothing to do");
  Needs same = needs();
  same.databases[1].modules = same.databases[0].modules;
  EXPECT_EQ(needs_summary(same),
            "ten_a, ten_b: a 1 → 2, b (its files changed); ten_c: nothing to do");
}

TEST(NeedsTest, TheLineSaysWhatIsNotDone) {
  Needs never = needs();
  never.work.clear();
  EXPECT_EQ(needs_summary(never),
            "ten_a: a 1 → 2, b (its files changed); ten_b, ten_c: nothing to do; not done: the "
            "policy says `upgrade: never`");
  never.decided_by = "--upgrade";
  EXPECT_EQ(needs_summary(never),
            "ten_a: a 1 → 2, b (its files changed); ten_b, ten_c: nothing to do; --upgrade none");
  Needs unknown;
  unknown.decided_by = "policy";
  unknown.unknown = "PostgreSQL does not answer";
  EXPECT_EQ(needs_summary(unknown), "what is due is not known: PostgreSQL does not answer");
  Needs fresh;
  fresh.fresh = true;
  EXPECT_EQ(needs_summary(fresh), "nothing runs yet: there is nothing to change");
  Needs generic;
  generic.decided_by = "policy";
  EXPECT_EQ(needs_summary(generic), "nothing to do");
  generic.detects = true;
  generic.work.emplace_back();
  EXPECT_EQ(needs_summary(generic), "the data is to be migrated");
}

TEST(NeedsTest, ManyModulesAreCutShort) {
  DatabaseNeed need{.database = "x", .modules = {}, .dependents = {}, .absent = {}};
  for (const char* name : {"a", "b", "c", "d", "e", "f"})
    need.modules.push_back({name, "1", "2", "version 1 → 2"});
  EXPECT_EQ(need_text(need), "a 1 → 2, b 1 → 2, c 1 → 2, d 1 → 2, 2 more");
}

TEST(NeedsTest, EachDatabaseHasItsLine) {
  EXPECT_THAT(needs_lines(needs()),
              ElementsAre("ten_a: a (version 1 → 2), b (its files changed); upgraded along: c",
                          "ten_b: nothing to do; installed, but not in the image: gone",
                          "ten_c: nothing to do"));
  Needs asked = needs();
  asked.decided_by = "--upgrade";
  asked.work = {{"ten_a", {"all"}}};
  EXPECT_EQ(needs_lines(asked).back(), "--upgrade: all in ten_a");
  asked.work.clear();
  EXPECT_EQ(needs_lines(asked).back(), "--upgrade none: nothing is upgraded");
}

TEST(NeedsTest, WhatACommandPrintedIsShown) {
  Needs generic;
  generic.detected = "one\n\x1b[2J\n";
  EXPECT_THAT(needs_lines(generic), ElementsAre("migrate.detect: one", "migrate.detect: \\x1b[2J"));
}

TEST(NeedsTest, StepsStandInThePlanWhereSomethingCouldChange) {
  Policy policy;
  EXPECT_FALSE(may_change_databases(policy));
  policy.migrate.run = "./migrate";
  EXPECT_TRUE(may_change_databases(policy));
  policy.preset = Preset::odoo;
  EXPECT_FALSE(may_change_databases(policy));
  policy.database_service = "db";
  EXPECT_TRUE(may_change_databases(policy));
}

}  // namespace
}  // namespace ballast
