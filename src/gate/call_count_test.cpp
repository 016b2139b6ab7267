#include "gate/call_count.h"

#include "journal/test_journal.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

using CallCountTest = JournalTest;

TEST_F(CallCountTest, CountsWhatIsWithinTheTime) {
  Journal journal(path());
  const Time now = Time(100h);
  EXPECT_EQ(calls_within(journal, "ci", now, 1h), 0);
  count_call(journal, "ci", now - 61min);
  count_call(journal, "ci", now - 59min);
  count_call(journal, "ci", now);
  count_call(journal, "bob", now);
  EXPECT_EQ(calls_within(journal, "ci", now, 1h), 2);
  EXPECT_EQ(calls_within(journal, "ci", now, 24h), 3);
  EXPECT_EQ(calls_within(journal, "bob", now, 24h), 1);
}

TEST_F(CallCountTest, AClockThatWasSetBackGivesNothingBack) {
  Journal journal(path());
  count_call(journal, "ci", Time(100h));
  EXPECT_EQ(calls_within(journal, "ci", Time(50h), 1h), 1);
}

TEST_F(CallCountTest, ItIsKeptForADay) {
  Journal journal(path());
  count_call(journal, "ci", Time(100h));
  count_call(journal, "ci", Time(125h));
  EXPECT_EQ(journal.fact("", "gate-calls:ci")->value.size(), 1U);
}

}  // namespace
}  // namespace ballast
