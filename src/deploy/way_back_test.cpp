#include "deploy/way_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "deploy/rollback_target.h"
#include "host/test_error.h"
#include "upgrade/fallback.h"
#include "upgrade/fingerprint.h"
#include "upgrade/test_work.h"

namespace ballast {
namespace {

using ::testing::ElementsAre;

const Time noon = *parse_time("2026-11-27T12:00:00Z");

Fingerprints shop_with(const std::string& column) {
  Fingerprint fingerprint;
  fingerprint.tables["public.res_users"] = {.columns = {{column, "text"}}, .rest = {}};
  return {{"shop", fingerprint}};
}

class Details : public Silence {
 public:
  std::vector<std::string> lines;
  void detail(std::string_view text) override { lines.emplace_back(text); }
};

// Two good releases: sha-a000000, which is returned to, and sha-a000001, which runs.
class WayBackTest : public ::testing::Test {
 protected:
  explicit WayBackTest(const std::string& options = {})
      : world({}, R"({"tag": "sha-a000000", "release": "r0", "image": "sha256:0", "copies": ")" +
                      (kept / "r0") + "\"" + options + "}") {
    world.engine.answer("/images/sha256:0/json", 200, R"({"Id": "sha256:0"})");
    for (const std::string number : {"0", "1"}) {
      std::filesystem::create_directories(kept / ("r" + number));
      record(number);
    }
  }

  void record(const std::string& number) {
    const std::string id = "r" + number;
    OperationRecord operation = world.work.operation;
    operation.id = id;
    operation.state = OperationState::finished;
    operation.ended = noon;
    world.journal.record(operation, ReleaseRecord{.id = id,
                                                  .stack = "shop",
                                                  .tag = "sha-a00000" + number,
                                                  .image_id = "sha256:" + number,
                                                  .repo_digest = {},
                                                  .repository = "fixture/shop",
                                                  .config_hash = {},
                                                  .environment = "prod",
                                                  .operator_name = "ann",
                                                  .outcome = "good",
                                                  .copies = kept / id,
                                                  .at = noon});
  }
  void keep(const std::string& release, const Fingerprints& fingerprints) {
    kept.write(release + "/" + schema_file, pretty_json(fingerprints_json(fingerprints)));
  }
  void keep_a_copy() {
    FallbackCopy copy;
    copy.operation = "r1";
    copy.at = world.host.clock.now();
    copy.release = "r0";
    copy.set = "20261127T120000Z-0001";
    keep_fallback(world.journal, "shop", copy, copy.at);
  }
  WayBack back() {
    return whole_way_back(world.server, &world.journal, world.work.stack,
                          {.to = {}, .tag = "sha-a000001", .image_id = "sha256:1"});
  }
  void compare(Progress& progress) {
    const Step step = rollback_steps::fit_step_of("sha-a000000");
    Facts facts;
    StepRun run(world.host, world.journal, progress, world.work.operation, step, 0, facts,
                StepState::intended);
    rollback_steps::compare_databases(world.work, run);
    summary = run.summary;
    fact = run.fact();
  }

  TestFolder kept;
  test::TestWork world;
  std::string summary;
  Json fact;
};

TEST_F(WayBackTest, TheSameDatabasesNeedTheImageOnly) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("colour"));
  EXPECT_EQ(back().ready, "yes");
  EXPECT_EQ(back().kind, "image");
  EXPECT_EQ(back().because, "to sha-a000000, image only");
}

TEST_F(WayBackTest, WhatWasNeverRecordedIsNotKnown) {
  keep("r1", shop_with("colour"));
  EXPECT_EQ(back().kind, "");
  EXPECT_EQ(back().because, "to sha-a000000, whose image is here");
  kept.write(std::string("r0/") + schema_file, "{");
  EXPECT_EQ(back().kind, "");
}

TEST_F(WayBackTest, ChangedDatabasesComeBackFromTheCopy) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("theme"));
  keep_a_copy();
  EXPECT_EQ(back().ready, "yes");
  EXPECT_EQ(back().kind, "data");
  EXPECT_THAT(back().because, ::testing::StartsWith("to sha-a000000: image and data of "));
  EXPECT_THAT(back().because, ::testing::EndsWith(" (fallback copy, just now)"));
}

TEST_F(WayBackTest, WithoutACopyThereIsTheImageAlone) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("theme"));
  EXPECT_EQ(back().kind, "image-only");
  EXPECT_EQ(back().because,
            "only --image-only: the databases have changed since sha-a000000, and no copy of that "
            "time is left");
}

TEST_F(WayBackTest, ItIsNotedWithItsKind) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("colour"));
  note_way_back(world.work, "sha256:1");
  const WayBack noted = noted_way_back(world.journal, "shop");
  EXPECT_EQ(noted.kind, "image");
  EXPECT_EQ(noted.because, "to sha-a000000, image only; the engine does not answer now");
}

// No database answers in these: it goes by what was recorded.
TEST_F(WayBackTest, ARollbackToOtherDatabasesIsRefused) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("theme"));
  Silence silence;
  const Error error = error_of([&] { compare(silence); });
  EXPECT_EQ(error.kind(), Kind::refused);
  EXPECT_EQ(error.message(),
            "the databases of shop have changed since sha-a000000, which may not run on them; "
            "nothing was changed");
  EXPECT_THAT(error.context(), ElementsAre("shop: res_users: column colour gone, theme new"));
  EXPECT_EQ(error.hint(),
            "the image alone, against the databases as they are: ballast rollback shop --to "
            "sha-a000000 --image-only; no copy of its data is left for --with-data");
}

TEST_F(WayBackTest, TheRefusalNamesBothWays) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("theme"));
  keep_a_copy();
  Silence silence;
  const std::string hint = error_of([&] { compare(silence); }).hint();
  EXPECT_THAT(hint,
              ::testing::StartsWith(
                  "there are two ways. The image alone, against the databases as they are: "
                  "ballast rollback shop --to sha-a000000 --image-only. Or image and data of "));
  EXPECT_THAT(hint,
              ::testing::EndsWith(" of data, an unknown number of rows: ballast rollback shop --to "
                                  "sha-a000000 --with-data"));
}

TEST_F(WayBackTest, TheSameDatabasesGoOn) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("colour"));
  Details details;
  compare(details);
  EXPECT_EQ(summary, "they are as sha-a000000 left them");
  EXPECT_THAT(details.lines,
              ElementsAre("the databases do not answer: the database service of shop does not "
                          "run; it goes by what the release that runs left"));
}

TEST_F(WayBackTest, UnknownOnesAreToldAndGoOn) {
  Details details;
  compare(details);
  EXPECT_EQ(summary, "not known; the image comes back alone");
  EXPECT_THAT(details.lines, ElementsAre("whether the databases still fit sha-a000000 is not "
                                         "known: it kept no picture of its databases"));
}

class ImageOnlyTest : public WayBackTest {
 protected:
  ImageOnlyTest() : WayBackTest(R"(, "image_only": true)") {
    world.journal.begin(world.work.operation);
  }
};

TEST_F(ImageOnlyTest, WhatDiffersIsToldAndKept) {
  keep("r0", shop_with("colour"));
  keep("r1", shop_with("theme"));
  Details details;
  compare(details);
  EXPECT_EQ(summary, "they have changed; the image comes back alone, as asked");
  EXPECT_THAT(details.lines, ::testing::Contains("shop: res_users: column colour gone, theme new"));
  EXPECT_EQ(json_text(fact.at("differences")),
            R"(["shop: res_users: column colour gone, theme new"])");
}

}  // namespace
}  // namespace ballast
