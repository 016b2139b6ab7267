#include "gate/order.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "gate/command_words.h"
#include "gate/order_words.h"

namespace ballast {
namespace {

using std::string_literals::operator""s;

Order order_of(std::string_view command) {
  auto parsed = parse_command(command);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) {
    ADD_FAILURE() << command << ": " << refusal->reason;
    return {};
  }
  return std::get<Order>(parsed);
}

std::string refusal_of(std::string_view command) {
  const auto parsed = parse_command(command);
  const auto* refusal = std::get_if<Refusal>(&parsed);
  if (refusal == nullptr) return "let through: " + std::get<Order>(parsed).text();
  EXPECT_EQ(printable(refusal->reason), refusal->reason);
  EXPECT_EQ(printable(refusal->hint), refusal->hint);
  EXPECT_FALSE(refusal->hint.empty());
  return refusal->reason;
}

TEST(OrderTest, TheFormsAreRead) {
  const Order deploy = order_of("deploy shop sha-a1b2c3d ken");
  EXPECT_EQ(deploy.verb, "deploy");
  EXPECT_EQ(deploy.stack, "shop");
  EXPECT_EQ(deploy.tag, "sha-a1b2c3d");
  EXPECT_EQ(deploy.operator_name, "ken");
  EXPECT_EQ(deploy.environment, "");
  EXPECT_FALSE(deploy.old_name);
  EXPECT_EQ(order_of("rollback shop").text(), "rollback shop");
  EXPECT_EQ(order_of("status").text(), "status");
  EXPECT_EQ(order_of("  verify   shop ").text(), "verify shop");
  EXPECT_EQ(order_of("history shop").text(), "history shop");
}

TEST(OrderTest, TheFormsOfBeforeMeanTheSame) {
  const Order words = order_of("sha-a1b2c3d github-actions[bot]");
  EXPECT_EQ(words.text(), "deploy sha-a1b2c3d");
  EXPECT_EQ(words.operator_name, "github-actions[bot]");
  EXPECT_TRUE(words.old_name);
  const Order odoo = order_of("/usr/local/bin/deploy_odoo18.sh sha-a1b2c3d ken@example.com");
  EXPECT_EQ(odoo.text(), "deploy sha-a1b2c3d");
  EXPECT_EQ(odoo.stack, "");
  EXPECT_TRUE(odoo.old_name);
  const Order general = order_of("/srv/scripts/deploy.sh shop sha-a1b2c3d prod ken");
  EXPECT_EQ(general.text(), "deploy shop sha-a1b2c3d prod");
  EXPECT_EQ(general.operator_name, "ken");
  EXPECT_TRUE(general.old_name);
}

TEST(OrderTest, WhatAShellWouldUnderstandIsRefusedByItsCharacter) {
  EXPECT_EQ(refusal_of("deploy shop $(id) ken"), "the command has `$` at character 13");
  EXPECT_EQ(refusal_of("deploy shop `id` ken"), "the command has ``` at character 13");
  EXPECT_EQ(refusal_of("deploy shop * ken"), "the command has `*` at character 13");
  EXPECT_EQ(refusal_of("status; id"), "the command has `;` at character 7");
  EXPECT_EQ(refusal_of("status|id"), "the command has `|` at character 7");
  EXPECT_EQ(refusal_of("deploy shop 'a b' ken"), "the command has a quote at character 13");
  EXPECT_EQ(refusal_of("deploy \"shop\" a ken"), "the command has a quote at character 8");
  EXPECT_EQ(refusal_of("deploy shop a\\ b ken"), "the command has `\\` at character 14");
  EXPECT_EQ(refusal_of("BALLAST_ROOT=/tmp status"), "the command has `=` at character 13");
  EXPECT_EQ(refusal_of("status\nid"), "the command has a line break at character 7");
  EXPECT_EQ(refusal_of("status\0id"s), "the command has a control character (0x00) at character 7");
  EXPECT_EQ(refusal_of("status\tshop"),
            "the command has a control character (0x09) at character 7");
  EXPECT_EQ(refusal_of("status \x1b[2J"),
            "the command has a control character (0x1b) at character 8");
  EXPECT_EQ(refusal_of("deploy shop sha-\xd0\xb0 ken"),
            "the command has a byte that is not ASCII (0xd0) at character 17");
}

TEST(OrderTest, WhatIsNoFormIsRefused) {
  EXPECT_EQ(refusal_of(""), "no command was given: this key opens no shell");
  EXPECT_EQ(refusal_of("   "), "no command was given: this key opens no shell");
  EXPECT_EQ(refusal_of("bash"), "`bash` is nothing that the gate does");
  EXPECT_EQ(refusal_of("internal-sftp"), "`internal-sftp` is nothing that the gate does");
  EXPECT_EQ(refusal_of("scp -t"), "`-t` is no operator");
  EXPECT_EQ(refusal_of("scp -t -r /srv"), "`scp` is nothing that the gate does");
  EXPECT_EQ(refusal_of("restore shop 20261125T022707Z"), "`restore` is nothing that the gate does");
  EXPECT_EQ(refusal_of("deploy shop"), "`deploy` has too few words");
  EXPECT_EQ(refusal_of("deploy shop sha-a ken more"), "`deploy` has too many words");
  EXPECT_EQ(refusal_of("rollback"), "`rollback` has too few words");
  EXPECT_EQ(refusal_of("rollback shop sha-a"), "`rollback` has too many words");
  EXPECT_EQ(refusal_of("rollback shop --with-data"), "`rollback` has too many words");
  EXPECT_EQ(refusal_of("rollback shop --image-only"), "`rollback` has too many words");
  EXPECT_EQ(refusal_of("status shop more"), "`status` has too many words");
  EXPECT_EQ(refusal_of("a b c d e f g"), "the command has 7 words, at most 6");
  EXPECT_EQ(refusal_of(std::string(100000, 'a')), "the command has 100000 bytes, at most 512");
}

TEST(OrderTest, NoWordIsTakenForAnOptionOrAPath) {
  EXPECT_EQ(refusal_of("deploy shop --to ken"), "`--to` is not a tag: `-` at character 1");
  EXPECT_EQ(refusal_of("deploy --root a ken"), "`--root` is not a stack name: `-` at character 1");
  EXPECT_EQ(refusal_of("deploy shop sha-a --json"), "`--json` is no operator");
  EXPECT_EQ(refusal_of("rollback --to"), "`--to` is not a stack name: `-` at character 1");
  EXPECT_EQ(refusal_of("status ../../etc"), "`../../etc` is not a stack name: `.` at character 1");
  EXPECT_EQ(refusal_of("verify /srv/stacks/shop"),
            "`/srv/stacks/shop` is not a stack name: `/` at character 1");
  EXPECT_EQ(refusal_of("deploy shop a:b ken"), "`a:b` is not a tag: `:` at character 2");
  EXPECT_EQ(refusal_of("deploy shop sha-a ../ken"), "`../ken` is no operator");
  EXPECT_EQ(refusal_of("/srv/scripts/deploy.sh shop sha-a --env ken"), "`--env` is no environment");
  EXPECT_EQ(refusal_of("/srv/scripts/../scripts/deploy.sh shop sha-a prod ken"),
            "`/srv/scripts/../scripts/deploy.sh` is nothing that the gate does");
  EXPECT_EQ(refusal_of("/usr/local/bin/deploy_odoo18.sh sha-a"),
            "`/usr/local/bin/deploy_odoo18.sh` has too few words");
}

TEST(OrderTest, ItBecomesOneCommand) {
  const OrderTerms terms{.root = "/", .key = "github-ci"};
  EXPECT_EQ(words_of(order_of("deploy shop sha-a ken"), terms),
            (std::vector<std::string>{"--root=/", "deploy", "--operator=ken", "--via-key=github-ci",
                                      "--", "shop", "sha-a"}));
  EXPECT_EQ(words_of(order_of("/srv/scripts/deploy.sh shop sha-a prod ken"),
                     {.root = "/", .key = "ci", .refuses_older = true}),
            (std::vector<std::string>{"--root=/", "deploy", "--operator=ken", "--via-key=ci",
                                      "--env=prod", "--refuse-older", "--", "shop", "sha-a"}));
  EXPECT_EQ(words_of(order_of("rollback shop"), terms),
            (std::vector<std::string>{"--root=/", "rollback", "--operator=github-ci",
                                      "--via-key=github-ci", "--", "shop"}));
  EXPECT_EQ(words_of(order_of("status shop"), terms),
            (std::vector<std::string>{"--root=/", "status", "--", "shop"}));
}

}  // namespace
}  // namespace ballast
