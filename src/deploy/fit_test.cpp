#include "deploy/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ballast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Fingerprint with_columns(const std::map<std::string, std::string>& columns) {
  Fingerprint fingerprint;
  fingerprint.tables["public.res_users"] = {.columns = columns, .rest = "r"};
  return fingerprint;
}

const Fingerprint before = with_columns({{"id", "integer"}, {"colour", "text"}});
const Fingerprint after = with_columns({{"id", "integer"}, {"theme", "text"}});

TEST(FitTest, SameDatabasesFit) {
  const Fit fit = fit_between({{"shop", before}}, {{"shop", before}});
  EXPECT_EQ(fit.answer, Fit::Answer::same);
  EXPECT_THAT(fit.differences, IsEmpty());
  EXPECT_THAT(fit.remarks, IsEmpty());
}

TEST(FitTest, TellsWhatChangedInWhichDatabase) {
  const Fit fit =
      fit_between({{"ten_a", before}, {"ten_b", before}}, {{"ten_a", after}, {"ten_b", before}});
  EXPECT_EQ(fit.answer, Fit::Answer::different);
  EXPECT_THAT(fit.differences, ElementsAre("ten_a: res_users: column colour gone, theme new"));
}

TEST(FitTest, OneThatCameOrWentIsARemark) {
  const Fit fit =
      fit_between({{"ten_a", before}, {"ten_b", before}}, {{"ten_a", before}, {"ten_c", after}});
  EXPECT_EQ(fit.answer, Fit::Answer::same);
  EXPECT_THAT(fit.remarks, ElementsAre("ten_b is not there any more",
                                       "ten_c is newer than that release: nothing is known of it"));
}

TEST(FitTest, NothingInCommonIsNotKnown) {
  const Fit fit = fit_between({{"ten_a", before}}, {{"ten_c", after}});
  EXPECT_EQ(fit.answer, Fit::Answer::unknown);
  EXPECT_EQ(fit.because, "none of its databases is there");
}

TEST(FitTest, ManyDatabasesAreNotAllListed) {
  Fingerprints recorded;
  Fingerprints now;
  for (int number = 10; number < 40; ++number) {
    recorded["ten_" + std::to_string(number)] = before;
    now["ten_" + std::to_string(number)] = after;
  }
  const Fit fit = fit_between(recorded, now);
  EXPECT_THAT(fit.differences, SizeIs(13));
  EXPECT_EQ(fit.differences.back(), "and 18 databases more");
}

}  // namespace
}  // namespace ballast
