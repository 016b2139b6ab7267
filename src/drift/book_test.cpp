#include "drift/book.h"

#include <gmock/gmock.h>

#include "host/host.h"
#include "journal/test_journal.h"
#include "live/modified_by_hand.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Time noon = *parse_time("2026-11-25T12:00:00Z");

Difference difference(const std::string& what, std::vector<std::string> keys) {
  Difference made;
  made.what = what;
  made.subject = ".env";
  made.keys = std::move(keys);
  return made;
}

DriftReport report_of(std::vector<Difference> differences) {
  return {.stack = "shop",
          .at = noon,
          .release = "sha-a1",
          .differences = std::move(differences),
          .unknown = {}};
}

std::vector<std::string> news(const DriftReport& report, DriftState& state,
                              const std::string& session = "") {
  std::vector<std::string> texts;
  for (const DriftFinding& one : news_of(report, session, state)) texts.push_back(one.text);
  return texts;
}

TEST(NewsOf, IsToldOnceUntilItIsGone) {
  DriftState state;
  const DriftReport changed = report_of({difference("env", {"env:1"})});
  EXPECT_THAT(news(changed, state), ElementsAre(".env was changed"));
  EXPECT_THAT(news(changed, state), IsEmpty());
  EXPECT_THAT(news(report_of({}), state), IsEmpty());
  EXPECT_THAT(news(changed, state), ElementsAre(".env was changed"));
}

TEST(NewsOf, WhatCouldNotBeComparedIsNotGone) {
  DriftState state;
  const DriftReport changed = report_of({difference("env", {"env:1"})});
  news(changed, state);
  DriftReport unknown = report_of({});
  unknown.unknown = {"containers: the engine does not answer"};
  news(unknown, state);
  EXPECT_THAT(news(changed, state), IsEmpty());
}

TEST(NewsOf, OfFilesOnlyTheNewOnesAreNamed) {
  DriftState state;
  Difference files = difference("files", {"a", "b"});
  files.subject = "web";
  files.paths = {{docker::ChangeKind::changed, "/a"}, {docker::ChangeKind::changed, "/b"}};
  state.known = {"a"};
  EXPECT_THAT(news(report_of({files}), state),
              ElementsAre("web: a file is not as in its image: /b"));
}

TEST(NewsOf, WhatASessionChangedIsKnownFromItsEndOn) {
  DriftState state;
  const DriftReport changed = report_of({difference("env", {"env:1"})});
  EXPECT_THAT(news(changed, state, "s1"), IsEmpty());
  EXPECT_THAT(news(changed, state, "s1"), IsEmpty());
  const DriftReport more = report_of({difference("env", {"env:2"})});
  EXPECT_THAT(news(more, state, "s1"), ElementsAre(".env was changed"));
}

TEST(NewsOf, AContainerThatSomebodyWasSeenToReplaceIsNoNews) {
  Difference recreated = difference("recreated", {"c"});
  recreated.subject = "web";
  recreated.changed = noon + 2s;
  DriftState seen;
  seen.replaced = {{"web", noon}};
  EXPECT_THAT(news(report_of({recreated}), seen), IsEmpty());
  recreated.keys = {"d"};
  recreated.changed = noon + 1h;
  EXPECT_EQ(news(report_of({recreated}), seen).size(), 1);
  DriftState unseen;
  EXPECT_EQ(news(report_of({recreated}), unseen).size(), 1);
}

class DriftBookTest : public JournalTest {
 protected:
  static DriftFinding finding(const std::string& text, bool changes = false) {
    return {.what = "executed",
            .subject = "web",
            .text = text,
            .at = noon,
            .changes_release = changes,
            .key = {}};
  }
  std::vector<std::string> recorded() {
    std::vector<std::string> texts;
    for (const Json& one : recorded_findings(journal_, "shop", Time{}))
      texts.push_back(text_at(one, "text") + "; " + text_at(one, "who"));
    return texts;
  }

  RealHost real_;
  Host& host_ = real_.get();
  Journal journal_{path()};
};

TEST_F(DriftBookTest, WhatIsAddedIsRecordedAndWaitsUntilItIsTold) {
  {
    DriftBook book(host_, journal_, "shop");
    book.add({finding("web: docker exec: sh")}, {{"ken", "pts/0", "", noon}});
  }
  DriftBook again(host_, journal_, "shop");
  ASSERT_EQ(again.pending().size(), 1);
  EXPECT_EQ(again.pending().front().finding.text, "web: docker exec: sh");
  EXPECT_EQ(again.pending().front().users.front().user, "ken");
  EXPECT_THAT(recorded(), ElementsAre("web: docker exec: sh; logged in: ken (pts/0)"));
  again.told();
  EXPECT_THAT(DriftBook(host_, journal_, "shop").pending(), IsEmpty());
}

TEST_F(DriftBookTest, OnlyWhatChangesTheReleaseMarksIt) {
  DriftBook book(host_, journal_, "shop");
  book.add({finding("web: docker exec: sh")}, {});
  EXPECT_FALSE(modified_by_hand(journal_, "shop"));
  book.add({finding("web: recreated by hand", true)}, {});
  ASSERT_TRUE(modified_by_hand(journal_, "shop"));
  EXPECT_EQ(modified_by_hand(journal_, "shop")->reason, "web: recreated by hand");
  book.add({finding("web: removed by hand", true)}, {});
  EXPECT_EQ(modified_by_hand(journal_, "shop")->reason, "web: recreated by hand");
}

TEST_F(DriftBookTest, OneThatWasKilledBeforeItWroteTheRecordWritesItThen) {
  DriftState state;
  state.pending = {{.id = "one", .finding = finding("web: docker exec: sh"), .users = {}}};
  journal_.set_fact("shop", "drift", state_json(state), noon);
  DriftBook book(host_, journal_, "shop");
  EXPECT_THAT(recorded(), ElementsAre("web: docker exec: sh; nobody is logged in"));
}

TEST(DriftState, ComesBackFromJson) {
  DriftState state;
  state.known = {"a", "b"};
  state.session = "s1";
  state.own = {{"one", {"/etc/a"}}};
  state.replaced = {{"web", noon}};
  state.deed = noon;
  const DriftState back = parse_state(state_json(state));
  EXPECT_EQ(back.known, state.known);
  EXPECT_EQ(back.session, "s1");
  EXPECT_EQ(back.own, state.own);
  EXPECT_EQ(back.replaced, state.replaced);
  EXPECT_EQ(back.deed, noon);
  EXPECT_THAT(parse_state(nullptr).known, IsEmpty());
}

class PeriodsTest : public JournalTest {
 protected:
  Journal journal_{path()};
};

TEST_F(PeriodsTest, OfASession) {
  EXPECT_FALSE(session_period(journal_, "shop", noon));
  journal_.set_fact("shop", "session-open", {{"id", "s1"}, {"until", iso_utc(noon + 1h)}}, noon);
  EXPECT_EQ(session_period(journal_, "shop", noon)->until, Time::max());
  EXPECT_EQ(session_period(journal_, "shop", noon)->from, noon);
  EXPECT_EQ(session_period(journal_, "shop", noon + 2h)->until, noon + 1h);
  journal_.set_fact("shop", "session-open", nullptr, noon + 10min);
  EXPECT_EQ(session_period(journal_, "shop", noon + 2h)->until, noon + 10min);
}

TEST_F(PeriodsTest, OfOperations) {
  auto first = operation("one", "shop", 1000);
  journal_.begin(first);
  journal_.end("one", OperationState::finished, 0, "", at(2000));
  journal_.begin(operation("two", "shop", 3000));
  const auto periods = operation_periods(journal_, "shop", at(4000));
  ASSERT_EQ(periods.size(), 2);
  EXPECT_EQ(periods[0].from, at(3000));
  EXPECT_EQ(periods[0].until, Time::max());
  EXPECT_EQ(periods[1].until, at(2000));
}

}  // namespace
}  // namespace ballast
