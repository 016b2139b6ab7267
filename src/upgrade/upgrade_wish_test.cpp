#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "upgrade/needs.h"
#include "upgrade/test_work.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Wished = UpgradeWish::Kind;
using Installed = std::map<std::string, std::vector<InstalledModule>>;

std::string trouble(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), Kind::usage);
    return error.message() + " | " + error.hint();
  }
  return "no error";
}

std::string wish_trouble(const std::string& text) {
  return trouble([&] { parse_upgrade_wish(text); });
}

TEST(UpgradeWishTest, IsReadFromTheCommandLine) {
  EXPECT_EQ(parse_upgrade_wish("").kind, Wished::by_policy);
  EXPECT_EQ(parse_upgrade_wish("all").kind, Wished::all);
  EXPECT_EQ(parse_upgrade_wish("none").kind, Wished::none);
  const UpgradeWish wish = parse_upgrade_wish("shop_theme, shop_sale,shop_theme");
  EXPECT_EQ(wish.kind, Wished::modules);
  EXPECT_THAT(wish.modules, ElementsAre("shop_theme", "shop_sale"));
}

TEST(UpgradeWishTest, RefusesWhatIsNoModule) {
  const std::string hint =
      " | write `all` or `none` alone, or modules with commas between: shop_theme,shop_sale";
  EXPECT_EQ(wish_trouble("a,,b"), "--upgrade: `` is not the name of a module" + hint);
  EXPECT_EQ(wish_trouble("a b"), "--upgrade: `a b` is not the name of a module" + hint);
  EXPECT_EQ(wish_trouble("a,all"), "--upgrade: `all` is not the name of a module" + hint);
  EXPECT_EQ(wish_trouble("--stop\n"), "--upgrade: `--stop` is not the name of a module" + hint);
  EXPECT_EQ(wish_trouble(","), "--upgrade: `` is not the name of a module" + hint);
}

TEST(UpgradeWishTest, IsOfAStackThatCanBeUpgraded) {
  test::TestWork world;
  Stack& stack = world.work.stack;
  stack.policy_path = "/srv/stacks/shop/ballast.yaml";
  stack.policy.preset = Preset::generic;
  stack.policy.database_service.clear();
  const auto said = [&](const std::string& wish) {
    return trouble([&] { require_upgradable(stack, parse_upgrade_wish(wish)); });
  };
  EXPECT_EQ(said(""), "no error");
  EXPECT_EQ(said("all"),
            "--upgrade, but nothing is known that shop could upgrade | leave it out; or give it a "
            "command (`migrate: {run: …}`) in /srv/stacks/shop/ballast.yaml");
  stack.policy.migrate.run = "./migrate";
  EXPECT_EQ(said("all"), "no error");
  EXPECT_EQ(said("none"), "no error");
  EXPECT_EQ(said("a,b"),
            "--upgrade a,b: shop is no Odoo, and has no modules | write --upgrade all, to run its "
            "`migrate.run` whatever `migrate.detect` says, or --upgrade none");
  stack.policy.preset = Preset::odoo;
  EXPECT_EQ(said("none"),
            "--upgrade, but nothing is known that shop could upgrade | leave it out; or say where "
            "its database runs (`database.service`) in /srv/stacks/shop/ballast.yaml");
  stack.policy.database_service = "db";
  EXPECT_EQ(said("a,b"), "no error");
}

class DecideTest : public ::testing::Test {
 protected:
  DecideTest() {
    policy_.preset = Preset::odoo;
    needs_.databases = {{"ten_a", {{"a", "1", "2", "version 1 → 2"}}, {}, {}},
                        {"ten_b", {}, {}, {}}};
  }
  std::vector<std::string> decided(const std::string& wish) {
    needs_.work.clear();
    decide(needs_, policy_, parse_upgrade_wish(wish), installed_);
    std::vector<std::string> lines{needs_.decided_by};
    for (const UpgradeWork& work : needs_.work)
      lines.push_back(work.database + ":" + join(work.modules, ","));
    return lines;
  }

  Policy policy_;
  Needs needs_;
  Installed installed_{{"ten_a", {{"a", "1", "installed"}, {"theme", "1", "installed"}}},
                       {"ten_b", {{"a", "2", "installed"}}}};
};

TEST_F(DecideTest, AsThePolicySays) {
  EXPECT_THAT(decided(""), ElementsAre("policy", "ten_a:a"));
  policy_.upgrade.when = Policy::UpgradeWhen::ask;
  EXPECT_THAT(decided(""), ElementsAre("policy", "ten_a:a"));
  policy_.upgrade.when = Policy::UpgradeWhen::never;
  EXPECT_THAT(decided(""), ElementsAre("policy"));
}

TEST_F(DecideTest, TheOperatorHasTheLastWord) {
  policy_.upgrade.when = Policy::UpgradeWhen::never;
  EXPECT_THAT(decided("all"), ElementsAre("--upgrade", "ten_a:all", "ten_b:all"));
  EXPECT_THAT(decided("none"), ElementsAre("--upgrade"));
  EXPECT_THAT(decided("theme,a"), ElementsAre("--upgrade", "ten_a:theme,a", "ten_b:a"));
  EXPECT_THAT(decided("theme"), ElementsAre("--upgrade", "ten_a:theme"));
}

TEST_F(DecideTest, AModuleThatNoDatabaseHas) {
  EXPECT_EQ(trouble([&] { decided("thema"); }),
            "--upgrade: no database has the module `thema` | did you mean `theme`?");
  EXPECT_EQ(trouble([&] { decided("stock"); }),
            "--upgrade: no database has the module `stock` | with --dry-run a deploy tells which "
            "modules are due; a module is first installed in Odoo itself");
}

TEST_F(DecideTest, AGenericStackRunsItsCommandOnce) {
  policy_.preset = Preset::generic;
  needs_.databases.clear();
  EXPECT_THAT(decided(""), ElementsAre("policy"));
  EXPECT_THAT(decided("all"), ElementsAre("--upgrade", ":"));
  needs_.detects = true;
  EXPECT_THAT(decided(""), ElementsAre("policy", ":"));
  EXPECT_THAT(decided("none"), ElementsAre("--upgrade"));
}

}  // namespace
}  // namespace ballast
