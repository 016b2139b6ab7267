#include "model/weaknesses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/model_test_support.h"
#include "model/policy.h"
#include "model/settings.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

const ComposeFile compose =
    parse_compose("c.yml", "services: {web: {image: 'a/b:${WEB_TAG}'}, db: {image: postgres}}");

Policy read(const std::string& text) { return read_policy(compose, "b.yaml", text).policy; }

std::string policy_error(const std::string& text) {
  return error_text(Kind::usage, [&] { read(text); });
}

std::string settings_error(const std::string& text) {
  return error_text(Kind::usage, [&] { read_settings("s.yaml", text); });
}

constexpr auto accepting =
    "doctor:\n  accept:\n    database-port-published: behind the firewall, 2026-11, ken\n"
    "    list-db-on: \"one tenant\"\n";

TEST(AcceptedWeaknesses, AreReadFromThePolicyOfAStack) {
  EXPECT_THAT(read(accepting).accepted_weaknesses,
              ElementsAre(Pair("database-port-published", "behind the firewall, 2026-11, ken"),
                          Pair("list-db-on", "one tenant")));
  EXPECT_THAT(
      accepted_in_policy("b.yaml", accepting),
      ElementsAre(Pair("database-port-published", ::testing::_), Pair("list-db-on", ::testing::_)));
  EXPECT_TRUE(accepted_in_policy("b.yaml", std::nullopt).empty());
  EXPECT_TRUE(read("doctor:\n  accept:\n").accepted_weaknesses.empty());
}

TEST(AcceptedWeaknesses, AreReadFromTheSettingsOfTheServer) {
  const auto settings =
      read_settings("s.yaml", "doctor: {accept: {docker-group-members: \"ken alone, ken\"}}");
  EXPECT_THAT(settings.accepted_weaknesses,
              ElementsAre(Pair("docker-group-members", "ken alone, ken")));
}

TEST(AcceptedWeaknesses, AreWrittenAsTheyAreRead) {
  const Policy policy = read(accepting);
  EXPECT_THAT(
      print_policy(policy),
      HasSubstr("  accept:\n    database-port-published: \"behind the firewall, 2026-11, ken\"\n"
                "    list-db-on: \"one tenant\"\n"));
  EXPECT_EQ(read(print_policy(policy)).accepted_weaknesses, policy.accepted_weaknesses);
  EXPECT_EQ(policy_json(policy)["doctor"]["accept"]["list-db-on"], "one tenant");
  EXPECT_THAT(print_policy(read("")), HasSubstr("\ndoctor:\n"));
}

TEST(AcceptedWeaknesses, AnUnknownIdNamesTheNearestOfItsScope) {
  EXPECT_EQ(policy_error("doctor:\n  accept:\n    databse-port-published: x\n"),
            "b.yaml:3: `doctor.accept` names no weakness: `databse-port-published` | "
            "did you mean `database-port-published`?");
  EXPECT_THAT(policy_error("doctor: {accept: {everything: x}}"),
              HasSubstr("| weaknesses of a stack: addons-volume, backup-never-drilled, "));
  EXPECT_THAT(settings_error("doctor: {accept: {cron-zone: x}}"),
              HasSubstr("s.yaml:1: `doctor.accept` names no weakness: `cron-zone` | "));
}

TEST(AcceptedWeaknesses, OneOfTheOtherScopeSaysWhereItBelongs) {
  EXPECT_EQ(policy_error("doctor: {accept: {sudoers-wildcard: x}}"),
            "b.yaml:1: `doctor.accept`: `sudoers-wildcard` is a weakness of a server | "
            "accept it in /etc/ballast/ballast.yaml");
  EXPECT_EQ(settings_error("doctor: {accept: {mutable-tag: x}}"),
            "s.yaml:1: `doctor.accept`: `mutable-tag` is a weakness of a stack | "
            "accept it in ballast.yaml of each stack that has it");
}

TEST(AcceptedWeaknesses, AReasonIsRequired) {
  constexpr auto hint =
      " | say why, until when, and who decided it: \"behind the firewall, 2026-11, ken\"";
  for (const char* text :
       {"doctor: {accept: {list-db-on: }}", "doctor: {accept: {list-db-on: \" \"}}"})
    EXPECT_EQ(policy_error(text),
              std::string("b.yaml:1: `doctor.accept.list-db-on`: a reason is required") + hint);
  EXPECT_THAT(policy_error("doctor: {accept: {list-db-on: \"a\\nb\"}}"),
              HasSubstr("no plain text"));
  EXPECT_THAT(policy_error("doctor: {accept: [list-db-on]}"),
              HasSubstr("ids and reasons belong under it"));
  EXPECT_EQ(settings_error("doctor: {acept: {}}"),
            "s.yaml:1: unknown key `doctor.acept` | did you mean `doctor.accept`?");
}

}  // namespace
}  // namespace ballast
