#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;

const Time noon = *parse_time("2026-11-25T12:00:00Z");

DriftOverview as_released() {
  DriftOverview overview;
  overview.report = {
      .stack = "shop", .at = noon, .release = "sha-a1", .differences = {}, .unknown = {}};
  overview.released = noon;
  return overview;
}

TEST(Drift, NothingIsZero) {
  Bench bench;
  bench.script.drift = as_released();
  const auto ran = bench.run({"drift", "shop"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "shop: as sha-a1 was released\n");
  EXPECT_EQ(bench.script.stack, "shop");
  EXPECT_FALSE(bench.script.contents);
}

TEST(Drift, ShowsEachDifferenceAndWhoWasThere) {
  Bench bench;
  bench.script.drift = as_released();
  Difference env;
  env.what = "env";
  env.subject = ".env";
  env.patch = "-A=1\n+A=2\n";
  env.changed = noon;
  Difference files;
  files.what = "files";
  files.subject = "web";
  files.paths = {{docker::ChangeKind::added, "/opt/a"}};
  files.changes_release = true;
  bench.script.drift.report.differences = {env, files};
  bench.script.drift.report.unknown = {"containers: the engine does not answer"};
  bench.script.drift.modified = ModifiedByHand{noon, "", "web: a file", "one"};
  bench.script.drift.recorded = {{.at = noon,
                                  .what = "executed",
                                  .subject = "web",
                                  .text = "web: docker exec: sh",
                                  .who = "logged in: ken (pts/0)",
                                  .logged_in = Json::array()}};
  const std::string at = iso_local(noon);
  const auto ran = bench.run({"drift", "shop", "--files"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_TRUE(bench.script.contents);
  EXPECT_EQ(ran.output, "shop: changed by hand since sha-a1 was released at " + at +
                            "\n"
                            "  modified by hand since " +
                            at +
                            ": web: a file\n"
                            "  .env was changed (" +
                            at +
                            ")\n"
                            "    -A=1\n"
                            "    +A=2\n"
                            "  web: a file is not as in its image: added /opt/a\n"
                            "    added /opt/a\n"
                            "  unknown: containers: the engine does not answer\n"
                            "\n"
                            "recorded since then:\n"
                            "  " +
                            at + "  web: docker exec: sh; logged in: ken (pts/0)\n");
  const auto json = parse_json(bench.run({"drift", "shop", "--json"}).output);
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("schema"), "ballast.drift/1");
  EXPECT_EQ(json->at("differences").at(0).at("patch"), "-A=1\n+A=2\n");
  EXPECT_EQ(json->at("differences").at(1).at("paths").at(0),
            (Json{{"path", "/opt/a"}, {"change", "added"}}));
  EXPECT_EQ(json->at("modified_by_hand").at("release"), "one");
  EXPECT_EQ(json->at("recorded").at(0).at("who"), "logged in: ken (pts/0)");
  EXPECT_EQ(json->at("exit"), 9);
}

TEST(Drift, WhatIsNotKnownIsNotTheSame) {
  Bench bench;
  bench.script.drift = as_released();
  bench.script.drift.report.unknown = {"no release is recorded to compare with"};
  bench.script.drift.released.reset();
  const auto ran = bench.run({"drift", "shop"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_EQ(ran.output,
            "shop: not all is known\n"
            "  unknown: no release is recorded to compare with\n");
}

TEST(Drift, WhatWasOnlyDoneAndLeftNothingBehindIsShownAndIsNoDifference) {
  Bench bench;
  bench.script.drift = as_released();
  bench.script.drift.recorded = {{.at = noon,
                                  .what = "restarted",
                                  .subject = "web",
                                  .text = "web: restarted by hand",
                                  .who = "nobody is logged in",
                                  .logged_in = Json::array()}};
  const auto ran = bench.run({"drift", "shop"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "shop: as sha-a1 was released\n\nrecorded since then:\n  " +
                            iso_local(noon) + "  web: restarted by hand; nobody is logged in\n");
}

}  // namespace
}  // namespace ballast
