#include "model/retention.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace ballast {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;

const Time now = *parse_time("2026-11-25T12:00:00Z");

// Named by its kind and age in days.
KeptSet set_of(BackupKind kind, int days, bool complete = true) {
  return {.id = fmt::format("{}-{}", text_of(kind), days),
          .kind = kind,
          .time = now - hours(24 * days),
          .complete = complete,
          .ours = true};
}

KeptSet daily(int days, bool complete = true) { return set_of(BackupKind::daily, days, complete); }

std::vector<std::string> plan(const std::vector<KeptSet>& sets,
                              const RetentionLimits& limits = {}) {
  std::vector<std::string> lines;
  for (const RetentionVerdict& verdict : plan_retention(sets, limits, now))
    lines.push_back(
        fmt::format("{} {}: {}", verdict.remove ? "-" : "+", verdict.id, verdict.reason));
  return lines;
}

TEST(RetentionTest, TheNewestOfAKindStay) {
  EXPECT_THAT(plan({daily(3), daily(1), daily(2), set_of(BackupKind::weekly_full, 9),
                    set_of(BackupKind::weekly_full, 2), set_of(BackupKind::pre_deploy, 1),
                    set_of(BackupKind::pre_deploy, 4)},
                   {.daily = 2, .weekly = 1, .pre_deploy = 1}),
              ElementsAre("- daily-3: daily: beyond the newest 2",
                          "+ daily-1: kept: daily, among the newest 2",
                          "+ daily-2: kept: daily, among the newest 2",
                          "- weekly-full-9: weekly-full: beyond the newest 1",
                          "+ weekly-full-2: kept: weekly-full, among the newest 1",
                          "+ pre-deploy-1: kept: newest complete set",
                          "- pre-deploy-4: pre-deploy: beyond the newest 1"));
}

TEST(RetentionTest, TheDefaults) {
  for (const auto& [kind, limit] : std::map<BackupKind, int>{{BackupKind::daily, 7},
                                                             {BackupKind::weekly_full, 4},
                                                             {BackupKind::pre_deploy, 5},
                                                             {BackupKind::manual, 20}}) {
    std::vector<KeptSet> sets;
    for (int days = 0; days < 20; ++days) sets.push_back(set_of(kind, days));
    const auto verdicts = plan_retention(sets, {}, now);
    EXPECT_EQ(std::ranges::count(verdicts, false, &RetentionVerdict::remove), limit);
    EXPECT_FALSE(verdicts[static_cast<std::size_t>(limit) - 1].remove);
  }
}

TEST(RetentionTest, ManualOnesStay) {
  EXPECT_THAT(
      plan({daily(0), set_of(BackupKind::manual, 900), set_of(BackupKind::manual, 901, false)}),
      ElementsAre("+ daily-0: kept: newest complete set",
                  "+ manual-900: kept: manual, until removed by hand",
                  "+ manual-901: kept: manual, until removed by hand"));
}

TEST(RetentionTest, WhatNeverGoes) {
  KeptSet proved = daily(8);
  proved.proved = true;
  KeptSet proved_before = daily(9);
  proved_before.proved = true;
  KeptSet needed = daily(10);
  needed.needed = true;
  KeptSet foreign = daily(11);
  foreign.ours = false;
  EXPECT_THAT(
      plan({daily(1), proved, proved_before, needed, foreign, daily(12)},
           {.daily = 0, .weekly = 0, .pre_deploy = 0}),
      ElementsAre(
          "+ daily-1: kept: newest complete set", "+ daily-8: kept: newest set proved by a drill",
          "- daily-9: daily: beyond the newest 0", "+ daily-10: kept: an operation needs it",
          "+ daily-11: kept: not made by Ballast", "- daily-12: daily: beyond the newest 0"));
}

TEST(RetentionTest, IncompleteSetsCountForNothing) {
  EXPECT_THAT(plan({daily(0, false), daily(1), daily(2, false), daily(3), daily(4)},
                   {.daily = 2, .weekly = 4, .pre_deploy = 5}),
              ElementsAre("+ daily-0: kept: incomplete, but no newer daily set is complete",
                          "+ daily-1: kept: newest complete set",
                          "- daily-2: daily: incomplete, and a newer one is complete",
                          "+ daily-3: kept: daily, among the newest 2",
                          "- daily-4: daily: beyond the newest 2"));
}

TEST(RetentionTest, AnotherKindDoesNotReplaceAnIncompleteSet) {
  EXPECT_THAT(plan({set_of(BackupKind::weekly_full, 0), daily(1, false)}),
              ElementsAre("+ weekly-full-0: kept: newest complete set",
                          "+ daily-1: kept: incomplete, but no newer daily set is complete"));
}

TEST(RetentionTest, AForeignSetPushesNothingOut) {
  KeptSet foreign = daily(0);
  foreign.ours = false;
  EXPECT_THAT(
      plan({foreign, daily(1), daily(2)}, {.daily = 2, .weekly = 4, .pre_deploy = 5}),
      ElementsAre("+ daily-0: kept: not made by Ballast", "+ daily-1: kept: newest complete set",
                  "+ daily-2: kept: daily, among the newest 2"));
}

TEST(RetentionTest, ASetFromTheFuturePushesNothingOut) {
  EXPECT_THAT(
      plan({daily(-400), daily(1), daily(2)}, {.daily = 1, .weekly = 4, .pre_deploy = 5}),
      ElementsAre("+ daily--400: kept: dated after now", "+ daily-1: kept: newest complete set",
                  "- daily-2: daily: beyond the newest 1"));
}

TEST(RetentionTest, OfTwoInOneSecondTheIdDecides) {
  KeptSet other = daily(1);
  other.id = "daily-1b";
  EXPECT_THAT(plan({daily(1), other}, {.daily = 1, .weekly = 4, .pre_deploy = 5}),
              ElementsAre("- daily-1: daily: beyond the newest 1",
                          "+ daily-1b: kept: newest complete set"));
}

TEST(RetentionTest, NoSets) { EXPECT_THAT(plan({}), ElementsAre()); }

// Random lists, with many sets at one moment, and what must hold of every plan.
class RetentionProperties : public ::testing::TestWithParam<unsigned> {
 protected:
  bool chance(unsigned one_in) { return random_() % one_in == 0; }

  KeptSet any_set(int number) {
    return {.id = fmt::format("{:03}", number),
            .kind = backup_kinds.at(random_() % backup_kinds.size()),
            .time = now - hours(static_cast<int>(random_() % 40) - 2),
            .complete = !chance(3),
            .proved = chance(8),
            .needed = chance(12),
            .ours = !chance(10)};
  }

  std::vector<KeptSet> any_sets() {
    std::vector<KeptSet> sets(random_() % 40);
    for (std::size_t index = 0; index < sets.size(); ++index)
      sets[index] = any_set(static_cast<int>(index));
    std::ranges::shuffle(sets, random_);
    return sets;
  }

  RetentionLimits any_limits() {
    return {.daily = static_cast<int>(random_() % 5),
            .weekly = static_cast<int>(random_() % 5),
            .pre_deploy = static_cast<int>(random_() % 5)};
  }

  std::mt19937 random_{GetParam()};
};

using Removals = std::map<std::string, bool>;

Removals removals(const std::vector<KeptSet>& sets, const RetentionLimits& limits) {
  Removals by_id;
  for (const RetentionVerdict& verdict : plan_retention(sets, limits, now))
    by_id[verdict.id] = verdict.remove;
  return by_id;
}

std::vector<KeptSet> kept_of(const std::vector<KeptSet>& sets, const RetentionLimits& limits) {
  const Removals removed = removals(sets, limits);
  std::vector<KeptSet> kept;
  std::ranges::copy_if(sets, std::back_inserter(kept),
                       [&](const KeptSet& set) { return !removed.at(set.id); });
  return kept;
}

const KeptSet* newest(const std::vector<KeptSet>& sets, auto&& is_wanted) {
  const KeptSet* best = nullptr;
  for (const KeptSet& set : sets)
    if (set.ours && set.time <= now && is_wanted(set) &&
        (best == nullptr || std::pair(set.time, set.id) > std::pair(best->time, best->id)))
      best = &set;
  return best;
}

TEST_P(RetentionProperties, WhatNeverGoesStays) {
  const auto sets = any_sets();
  const Removals removed = removals(sets, any_limits());
  for (const KeptSet& set : sets) {
    if (!set.ours || set.needed || set.kind == BackupKind::manual || set.time > now) {
      EXPECT_FALSE(removed.at(set.id)) << set.id;
    }
  }
  const auto* complete = newest(sets, [](const KeptSet& set) { return set.complete; });
  const auto* proved = newest(sets, [](const KeptSet& set) { return set.proved; });
  EXPECT_TRUE(complete == nullptr || !removed.at(complete->id));
  EXPECT_TRUE(proved == nullptr || !removed.at(proved->id));
}

TEST_P(RetentionProperties, TheNumbersAreKept) {
  const auto sets = any_sets();
  const RetentionLimits limits = any_limits();
  const auto kept = kept_of(sets, limits);
  const auto complete = [](BackupKind kind) {
    return [kind](const KeptSet& set) { return set.complete && set.ours && set.kind == kind; };
  };
  for (const auto& [kind, limit] : {std::pair(BackupKind::daily, limits.daily),
                                    std::pair(BackupKind::weekly_full, limits.weekly),
                                    std::pair(BackupKind::pre_deploy, limits.pre_deploy)})
    EXPECT_GE(std::ranges::count_if(kept, complete(kind)),
              std::min<std::ptrdiff_t>(limit, std::ranges::count_if(sets, complete(kind))));
}

TEST_P(RetentionProperties, AnIncompleteSetPushesNoCompleteOneOut) {
  const auto sets = any_sets();
  const RetentionLimits limits = any_limits();
  std::vector<KeptSet> only_complete;
  std::ranges::copy_if(sets, std::back_inserter(only_complete),
                       [](const KeptSet& set) { return set.complete; });
  const Removals with = removals(sets, limits);
  for (const auto& [id, remove] : removals(only_complete, limits)) EXPECT_EQ(with.at(id), remove);
}

TEST_P(RetentionProperties, AnIncompleteSetGoesOnlyForANewerCompleteOneOfItsKind) {
  const auto sets = any_sets();
  const Removals removed = removals(sets, any_limits());
  for (const KeptSet& set : sets) {
    const auto* better = newest(
        sets, [&](const KeptSet& other) { return other.complete && other.kind == set.kind; });
    if (!set.complete && removed.at(set.id)) {
      ASSERT_NE(better, nullptr);
      EXPECT_GE(better->time, set.time);
    }
  }
}

TEST_P(RetentionProperties, ASecondRunRemovesNothing) {
  const auto sets = any_sets();
  const RetentionLimits limits = any_limits();
  const auto once = kept_of(sets, limits);
  EXPECT_EQ(kept_of(once, limits).size(), once.size());
}

TEST_P(RetentionProperties, TheOrderDoesNotMatter) {
  auto sets = any_sets();
  const RetentionLimits limits = any_limits();
  const Removals before = removals(sets, limits);
  std::ranges::shuffle(sets, random_);
  EXPECT_EQ(removals(sets, limits), before);
}

TEST_P(RetentionProperties, ANewCompleteSetOnlyAddsToWhatMayGo) {
  auto sets = any_sets();
  const RetentionLimits limits = any_limits();
  const Removals before = removals(sets, limits);
  KeptSet fresh = any_set(999);
  fresh.time = now;
  fresh.complete = fresh.ours = true;
  sets.push_back(fresh);
  const Removals after = removals(sets, limits);
  EXPECT_FALSE(after.at("999"));
  for (const auto& [id, remove] : before) {
    if (remove) {
      EXPECT_TRUE(after.at(id)) << id;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Random, RetentionProperties, ::testing::Range(0u, 300u));

}  // namespace
}  // namespace ballast
