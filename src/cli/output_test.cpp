#include "cli/output.h"

#include <gtest/gtest.h>

#include "cli/test_support.h"

namespace ballast {

namespace {

using testing::Bench;

const CheckResult disk{.name = "disk-space",
                       .subject = "/srv",
                       .verdict = Verdict::fail,
                       .measured = "91 % used",
                       .hint = "ballast prune shop"};
const CheckResult memory{
    .name = "memory", .subject = "", .verdict = Verdict::pass, .measured = "2 GB", .hint = ""};

Preview preview() {
  return {
      .plan = {.kind = "deploy",
               .stack = "shop",
               .steps = {{.name = "pull", .title = "pull shop:a2", .undo = ""},
                         {.name = "tag", .title = "write the tag", .undo = "put the tag a1 back"},
                         {.name = "commit", .title = "record it", .undo = "", .commits = true}}},
      .gates = {disk, memory}};
}

StackStatus shop() {
  StackStatus stack;
  stack.name = "shop";
  stack.tag = "sha-a2";
  stack.last_good = "sha-a2";
  stack.environment = "prod";
  stack.operator_name = "ken";
  stack.deployed_at = Time(std::chrono::seconds(1795573627));
  stack.services = {
      {"web", "shop-web-1", "shop:sha-a2", "running", "healthy", "2026-11-25T02:27:07+00:00"}};
  stack.ready_to_roll_back = "yes";
  stack.ready_because = "to sha-a1, whose image is here";
  return stack;
}

Json only_object(const std::string& output) {
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 1) << output;
  return Json::parse(output);
}

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

using Keys = std::vector<std::string>;

TEST(Deploy, ClosesWithOneLine) {
  Bench bench;
  bench.script.result = {.operation = "id",
                         .stack = "shop",
                         .tag = "a2",
                         .digest = "",
                         .previous_tag = "a1",
                         .checks = {},
                         .elapsed = std::chrono::milliseconds(4200),
                         .note = "one\ntwo"};
  EXPECT_EQ(bench.run({"deploy", "shop", "a2"}).output,
            "shop runs a2, before: a1 (4.2 s)\n  one\n  two\n");
  EXPECT_EQ(bench.run({"deploy", "shop", "a2", "--quiet"}).output, "");
  bench.script.result.previous_tag.clear();
  EXPECT_EQ(bench.run({"deploy", "shop", "a2"}).output,
            "shop runs a2, its first release (4.2 s)\n  one\n  two\n");
}

TEST(Deploy, JsonIsOneObject) {
  Bench bench;
  bench.script.result.checks = {memory};
  const auto json = only_object(bench.run({"deploy", "shop", "a2", "--json"}).output);
  EXPECT_EQ(json.at("schema"), "ballast.deploy/1");
  EXPECT_EQ(keys(json),
            (Keys{"schema", "operation", "stack", "tag", "digest", "previous_tag", "checks",
                  "seconds", "outage_seconds", "expected_outage_seconds", "note", "exit"}));
  EXPECT_EQ(only_object(bench.run({"rollback", "shop", "--json"}).output).at("schema"),
            "ballast.rollback/1");
  EXPECT_EQ(only_object(bench.run({"adopt", "shop", "--json"}).output).at("schema"),
            "ballast.adopt/1");
}

TEST(Deploy, DryRunPrintsThePlanAndTheGates) {
  Bench bench;
  bench.script.preview = preview();
  const auto ran = bench.run({"deploy", "shop", "a2", "--dry-run"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_FALSE(bench.script.deployed);
  EXPECT_EQ(ran.output,
            "deploy shop: the plan; nothing was changed\n"
            "\n"
            "gates\n"
            "  fail  disk-space  /srv  91 % used\n"
            "  pass  memory            2 GB\n"
            "  disk-space: ballast prune shop\n"
            "\n"
            "steps\n"
            "   1. pull shop:a2\n"
            "   2. write the tag\n"
            "      undo: put the tag a1 back\n"
            "   3. record it\n"
            "      from here on it is finished, not undone\n"
            "\n"
            "a gate would refuse\n");
}

TEST(Deploy, DryRunPassesOverAnOverriddenGate) {
  Bench bench;
  bench.script.preview = preview();
  const auto ran =
      bench.run({"deploy", "shop", "a2", "--dry-run", "--override", "disk-space", "--reason", "x"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.output.find("  overridden  disk-space"), std::string::npos);
}

TEST(Rollback, DryRunTellsGatesThatOnlyWarn) {
  Bench bench;
  bench.script.preview = preview();
  bench.script.preview.gates_refuse = false;
  const auto ran = bench.run({"rollback", "shop", "--dry-run"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.output.find("gates, which warn and do not refuse\n  fail  disk-space"),
            std::string::npos);
  EXPECT_EQ(ran.output.find("would refuse"), std::string::npos);
}

TEST(Rollback, DryRunTellsHowTheDatabasesAre) {
  Bench bench;
  bench.script.preview.plan = {.kind = "rollback", .stack = "shop", .steps = {}};
  bench.script.preview.gates_refuse = false;
  bench.script.preview.databases = {"ten_a: res_users: column colour gone, theme new"};
  bench.script.preview.refusal =
      Error(Kind::refused, "the databases of shop have changed", "there are two ways");
  const auto ran = bench.run({"rollback", "shop", "--dry-run"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_EQ(ran.output,
            "rollback shop: the plan; nothing was changed\n"
            "\n"
            "databases\n"
            "  ten_a: res_users: column colour gone, theme new\n"
            "\n"
            "steps\n"
            "\n"
            "it would be refused: the databases of shop have changed\n"
            "there are two ways\n");
  const auto json = only_object(bench.run({"rollback", "shop", "--dry-run", "--json"}).output);
  EXPECT_EQ(json.at("databases").at(0), bench.script.preview.databases.front());
  EXPECT_EQ(json.at("loss"), nullptr);
  EXPECT_EQ(json.at("refusal").at("error").at("hint"), "there are two ways");
  EXPECT_EQ(json.at("exit"), 3);
}

TEST(Rollback, ItsTwoWaysExcludeEachOther) {
  Bench bench;
  const auto ran = bench.run({"rollback", "shop", "--image-only", "--with-data"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.errors,
            "error: --image-only and --with-data exclude each other\n"
            "hint: with --with-data the image comes back as well\n");
}

TEST(Rollback, PassesOnWhichWayIsWanted) {
  Bench bench;
  bench.run({"rollback", "shop", "--image-only"});
  EXPECT_TRUE(bench.script.rollback.image_only);
  EXPECT_FALSE(bench.script.rollback.with_data);
  bench.run({"rollback", "shop", "--with-data", "--keep-config"});
  EXPECT_TRUE(bench.script.rollback.with_data);
  EXPECT_TRUE(bench.script.rollback.keep_configuration);
}

TEST(Rollback, WithDataAsksWhoSitsThere) {
  Bench bench;
  bench.script.preview.databases = {"would be lost to the site, and kept aside: 12 min of data"};
  bench.terminal.is_terminal = true;
  bench.terminal.answer = "n";
  const auto ran = bench.run({"rollback", "shop", "--with-data"});
  EXPECT_EQ(ran.status, 3);
  EXPECT_NE(ran.output.find("kept aside: 12 min of data"), std::string::npos);
  EXPECT_FALSE(bench.script.rollback.with_data);
  EXPECT_EQ(bench.run({"rollback", "shop", "--with-data", "--yes"}).status, 0);
  EXPECT_TRUE(bench.script.rollback.with_data);
}

TEST(Deploy, AnUnknownAnswerRefusesToo) {
  Bench bench;
  bench.script.preview = preview();
  bench.script.preview.gates = {memory};
  bench.script.preview.gates[0].verdict = Verdict::unknown;
  const auto json = only_object(bench.run({"deploy", "shop", "a2", "--dry-run", "--json"}).output);
  EXPECT_EQ(json.at("schema"), "ballast.plan/1");
  EXPECT_EQ(json.at("exit"), 3);
  EXPECT_EQ(keys(json), (Keys{"schema", "plan", "gates", "overrides", "difference", "databases",
                              "loss", "refusal", "exit"}));
}

TEST(Errors, AreTextAndWithJsonAnObjectToo) {
  Bench bench;
  bench.script.error = Error(Kind::locked, "shop is held", "wait");
  bench.script.error->add_context("while deploying");
  const auto ran = bench.run({"deploy", "shop", "a2", "--json"});
  EXPECT_EQ(ran.status, 6);
  EXPECT_EQ(ran.errors, bench.script.error->text());
  EXPECT_EQ(
      only_object(ran.output),
      Json::parse(R"({"schema":"ballast.error/1","error":{"kind":"locked","message":"shop is held",
                            "hint":"wait","context":["while deploying"]},"exit":6})"));
}

TEST(Errors, AreRedOnlyOnATerminalThatWantsIt) {
  Bench bench;
  bench.terminal.is_terminal = true;
  const std::string red = "\x1b[31merror:\x1b[0m no command";
  EXPECT_TRUE(bench.run({}).errors.starts_with(red));
  EXPECT_TRUE(bench.run({"--no-color"}).errors.starts_with("error: no command"));
  bench.machine.variables["NO_COLOR"] = "1";
  EXPECT_TRUE(bench.run({}).errors.starts_with("error: no command"));
}

TEST(Errors, AClosedPipeEndsThePrintingOnly) {
  Bench bench;
  bench.terminal.closed = true;
  bench.script.statuses = {shop()};
  EXPECT_EQ(bench.run({"status"}).status, 0);
}

TEST(Errors, AnAnswerThatIsLostIsNoSuccess) {
  Bench bench;
  bench.terminal.full = true;
  bench.script.statuses = {shop()};
  const auto ran = bench.run({"status"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.errors,
            "error: the answer could not be written to standard output\n"
            "hint: what was asked was done, only its words are lost: is the disk full?\n");
}

TEST(Verify, ExitsWith8WhenItIsNotGood) {
  Bench bench;
  bench.script.verified = {
      .stack = "shop", .tag = "a2", .how = "127.0.0.1:8069", .checks = {disk}, .passed = false};
  const auto ran = bench.run({"verify", "shop"});
  EXPECT_EQ(ran.status, 8);
  EXPECT_EQ(ran.output,
            "shop a2: not good\n"
            "  asked through 127.0.0.1:8069\n"
            "  fail  disk-space  /srv  91 % used\n"
            "  disk-space: ballast prune shop\n");
  bench.script.verified.passed = true;
  const auto json = only_object(bench.run({"verify", "shop", "--json"}).output);
  EXPECT_EQ(keys(json), (Keys{"schema", "stack", "tag", "how", "passed", "checks", "exit"}));
  EXPECT_EQ(json.at("exit"), 0);
}

TEST(Status, SaysWhereStacksAreExpected) {
  Bench bench;
  const auto ran = bench.run({"status", "--root", "/tmp/server"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output,
            "no stacks in /tmp/server/srv/stacks\n"
            "a stack is a folder /tmp/server/srv/stacks/NAME with docker-compose.yml and .env; "
            "`ballast init NAME` then writes its policy\n");
}

TEST(Status, IsATableOfAllWithTroublesBelow) {
  Bench bench;
  auto blog = StackStatus{};
  blog.name = "blog";
  blog.tag = "unknown";
  blog.ready_to_roll_back = "unknown";
  blog.troubles = {"the engine does not answer"};
  blog.degraded = true;
  bench.script.statuses = {blog, shop()};
  const auto since = iso_local(*shop().deployed_at);
  const auto ran = bench.run({"status"});
  EXPECT_EQ(ran.status, 9);
  EXPECT_EQ(ran.output,
            "NAME  TAG      SINCE                      BY   STATE     READY TO ROLL BACK\n"
            "blog  unknown  -                          -    degraded  unknown\n"
            "shop  sha-a2   " +
                since +
                "  ken  ok        yes\n"
                "\n"
                "blog: the engine does not answer\n"
                "nobody watches: systemctl start ballast\n");
}

TEST(Status, OfOneIsASheet) {
  Bench bench;
  bench.script.statuses = {shop()};
  const auto since = iso_local(*shop().deployed_at);
  EXPECT_EQ(bench.run({"status", "shop"}).output,
            "shop: ok\n"
            "  tag        sha-a2\n"
            "  digest     -\n"
            "  released   " +
                since +
                " by ken, prod\n"
                "  last good  sha-a2\n"
                "  roll back  yes, to sha-a1, whose image is here\n"
                "\n"
                "  SERVICE  STATE    HEALTH   SINCE                      CONTAINER   IMAGE\n"
                "  web      running  healthy  2026-11-25T02:27:07+00:00  shop-web-1  shop:sha-a2\n"
                "\n"
                "  alerts: unknown: nobody watches: systemctl start ballast\n");
}

TEST(Status, TellsWhichRollbackIsReady) {
  Bench bench;
  auto one = shop();
  one.ready_kind = "data";
  one.ready_because = "to sha-a1: image and data of 02:27 (fallback copy, 12 min ago)";
  bench.script.statuses = {one};
  EXPECT_NE(bench.run({"status", "shop"})
                .output.find("  roll back  yes, to sha-a1: image and data of 02:27 (fallback copy, "
                             "12 min ago)\n"),
            std::string::npos);
  EXPECT_NE(bench.run({"status"}).output.find("yes, with data"), std::string::npos);
  const auto json = only_object(bench.run({"status", "--json"}).output);
  EXPECT_EQ(json.at("stacks").at(0).at("rollback").at("kind"), "data");
  bench.script.statuses.front().ready_kind = "image-only";
  EXPECT_NE(bench.run({"status"}).output.find("only --image-only"), std::string::npos);
}

TEST(Status, JsonHoldsEverything) {
  Bench bench;
  bench.script.statuses = {shop()};
  const auto json = only_object(bench.run({"status", "--json"}).output);
  EXPECT_EQ(json.at("schema"), "ballast.status/1");
  EXPECT_EQ(keys(json.at("stacks").at(0)),
            (Keys{"name", "tag", "digest", "last_good", "environment", "operator", "deployed_at",
                  "services", "rollback", "backup", "operation", "modified_by_hand", "troubles",
                  "degraded", "alerts", "alerts_unknown", "silences"}));
  EXPECT_EQ(keys(json.at("stacks").at(0).at("services").at(0)),
            (Keys{"name", "container", "image", "state", "health", "since"}));
}

TEST(History, IsATableOnATerminalAndTheFilesFormElsewhere) {
  Bench bench;
  bench.script.history.entries = {
      {"2026-11-25T11:27:07+09:00", "shop", "a2", "prod", "success", "ken", {}}};
  bench.script.history.unreadable_lines = 2;
  const auto piped = bench.run({"history"});
  EXPECT_EQ(piped.output, "2026-11-25T11:27:07+09:00 | shop | a2 | prod | success | ken\n");
  EXPECT_EQ(piped.errors, "2 lines of history.log left out: of another form\n");
  bench.terminal.is_terminal = true;
  EXPECT_EQ(bench.run({"history", "--no-color"}).output,
            "TIME                       STACK  VERSION  ENV   STATUS   OPERATOR\n"
            "2026-11-25T11:27:07+09:00  shop   a2       prod  success  ken\n");
  const auto json = only_object(bench.run({"history", "--json"}).output);
  EXPECT_EQ(keys(json), (Keys{"schema", "entries", "unreadable_lines", "exit"}));
  EXPECT_EQ(keys(json.at("entries").at(0)), (Keys{"timestamp", "stack", "version", "env", "status",
                                                  "operator", "modified_by_hand"}));
  EXPECT_EQ(json.at("entries").at(0).at("modified_by_hand"), Json());
}

TEST(History, ARollbackOfAnotherKindSaysSo) {
  Bench bench;
  bench.script.history.entries = {
      {"2026-11-25T11:27:07+09:00", "shop", "a1", "prod", "rollback", "ken", {}},
      {"2026-11-25T12:27:07+09:00", "shop", "a1", "prod", "rollback", "ken", {}}};
  bench.script.history.ways = {{.entry = 1, .text = "with data"}};
  bench.terminal.is_terminal = true;
  bench.terminal.width = 100;
  EXPECT_EQ(bench.run({"history", "--no-color"}).output,
            "TIME                       STACK  VERSION  ENV   STATUS               OPERATOR\n"
            "2026-11-25T11:27:07+09:00  shop   a1       prod  rollback             ken\n"
            "2026-11-25T12:27:07+09:00  shop   a1       prod  rollback, with data  ken\n");
  const auto json = only_object(bench.run({"history", "--json"}).output);
  EXPECT_FALSE(json.at("entries").at(0).contains("way"));
  EXPECT_EQ(json.at("entries").at(1).at("way"), "with data");
}

TEST(History, AReleaseThatWasChangedByHandBearsAMark) {
  Bench bench;
  bench.script.history.entries = {
      {"2026-11-25T11:27:07+09:00", "shop", "a1", "prod", "success", "ken", {}},
      {"2026-11-25T12:27:07+09:00", "shop", "a2", "prod", "success", "ken", {}}};
  const Time since = bench.clock.time;
  bench.script.history.marks = {{1, {since, "", "files of web were changed", "one"}}};
  const std::string remark =
      "shop a2 was modified by hand since " + iso_local(since) + ": files of web were changed\n";
  const auto piped = bench.run({"history"});
  EXPECT_EQ(piped.output,
            "2026-11-25T11:27:07+09:00 | shop | a1 | prod | success | ken\n"
            "2026-11-25T12:27:07+09:00 | shop | a2 | prod | success | ken\n");
  EXPECT_EQ(piped.errors, remark);
  bench.terminal.is_terminal = true;
  bench.terminal.width = 120;
  bench.terminal.width = 100;
  const auto shown = bench.run({"history", "--no-color"});
  EXPECT_EQ(shown.output,
            "TIME                       STACK  VERSION  ENV   STATUS                     OPERATOR\n"
            "2026-11-25T11:27:07+09:00  shop   a1       prod  success                    ken\n"
            "2026-11-25T12:27:07+09:00  shop   a2       prod  success, modified by hand  ken\n");
  EXPECT_EQ(shown.errors, remark);
  const auto json = only_object(bench.run({"history", "--json"}).output);
  EXPECT_EQ(json.at("entries").at(0).at("modified_by_hand"), Json());
  EXPECT_EQ(json.at("entries").at(1).at("modified_by_hand").at("reason"),
            "files of web were changed");
}

TEST(History, WhoMayNotReadTheJournalHearsThatMarksAreNotKnown) {
  Bench bench;
  bench.script.history.entries = {
      {"2026-11-25T11:27:07+09:00", "shop", "a1", "prod", "success", "ken", {}}};
  bench.script.history.marks_unknown = "the journal cannot be opened";
  EXPECT_EQ(bench.run({"history"}).errors,
            "whether a release was modified by hand is unknown: the journal cannot be opened\n");
}

TEST(Recover, ExitsWith5WhenAPersonIsNeeded) {
  Bench bench;
  EXPECT_EQ(bench.run({"recover"}).output, "nothing was interrupted\n");
  bench.script.recovered = {{"id1", "deploy", "shop", "undone", "it was cut off", 0}};
  const auto undone = bench.run({"recover", "shop"});
  EXPECT_EQ(undone.status, 0);
  EXPECT_EQ(undone.output, "deploy shop (id1): undone: it was cut off\n");
  bench.script.recovered.push_back({"id2", "deploy", "blog", "needs a person", "no", 5});
  const auto ran = bench.run({"recover", "--json"});
  EXPECT_EQ(ran.status, 5);
  const auto json = only_object(ran.output);
  EXPECT_EQ(keys(json.at("operations").at(1)),
            (Keys{"operation", "kind", "stack", "outcome", "message", "exit"}));
}

TEST(Init, WritesOrPrints) {
  Bench bench;
  EXPECT_EQ(bench.run({"init", "shop", "--dry-run"}).output, "env: prod\n");
  EXPECT_FALSE(bench.script.wrote);
  EXPECT_TRUE(
      bench.run({"init", "shop"}).output.starts_with("wrote /srv/stacks/shop/ballast.yaml\n"));
  EXPECT_TRUE(bench.script.wrote);
}

TEST(Config, ValidatesAllAndDoesNotStopAtTheFirstBrokenOne) {
  Bench bench;
  bench.script.stacks = {"blog", "shop"};
  bench.script.configurations["shop"] = {
      .stack = "shop", .path = "p", .results = {memory}, .policy = {}};
  const auto ran = bench.run({"config", "validate"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.output,
            "blog: not valid\n"
            "  error: broken: blog\n"
            "shop: valid\n"
            "  pass  memory  2 GB\n");
  const auto json = only_object(bench.run({"config", "validate", "--json"}).output);
  EXPECT_EQ(keys(json.at("stacks").at(0)), (Keys{"stack", "valid", "checks", "error"}));
  EXPECT_EQ(bench.run({"config", "validate", "shop"}).status, 0);
}

TEST(Config, ShowsThePolicyAsItHolds) {
  Bench bench;
  bench.script.configurations["shop"] = {
      .stack = "shop",
      .path = "p",
      .results = {},
      .policy = {{"env", "prod"}, {"verify", {{"timeout", "120s"}}}}};
  EXPECT_EQ(bench.run({"config", "show", "shop"}).output,
            "env             prod\n"
            "verify.timeout  120s\n");
  EXPECT_EQ(keys(only_object(bench.run({"config", "show", "shop", "--json"}).output)),
            (Keys{"schema", "stack", "path", "policy", "exit"}));
}

}  // namespace

}  // namespace ballast
