#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "cli/test_support.h"

namespace ballast {
namespace {

using testing::Bench;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Ran;

const std::string hash_a(64, 'a');
const std::string hash_b(64, 'b');

class AuditCommand : public ::testing::Test {
 protected:
  AuditCommand() {
    bench_.script.records = {record(1, "beginning", ""), record(2, "silence", "shop"),
                             record(3, "gate", "blog")};
    bench_.script.audited.records = 3;
    bench_.script.audited.head = AuditHead{3, hash_a};
    bench_.script.audited.knows_history = true;
  }
  static AuditRecord record(long long number, const std::string& kind, const std::string& stack) {
    return {.number = number,
            .at = Time(std::chrono::seconds(1'795'573'627 + number)),
            .kind = kind,
            .stack = stack,
            .who = "ken",
            .content = {{"event", "told"}, {"stack", stack}, {"reason", "new disk"}, {"for", 60}},
            .previous = hash_b,
            .hash = hash_a};
  }
  static AuditFinding finding() {
    return {.what = Tampering::changed,
            .place = "history.log",
            .subject = "line 7",
            .text = "line 7 was changed",
            .says = "by eve\x1b[0m",
            .should = "by ken",
            .hint = "put it back"};
  }
  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), "audit");
    return bench_.run(words);
  }
  std::string errors_of(std::vector<std::string> words) {
    const Ran ran = run(std::move(words));
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.output, "");
    return ran.errors;
  }

  Bench bench_;
};

TEST_F(AuditCommand, AWholeChainIsSaidToBeWhole) {
  const Ran ran = run({"verify"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.output, "3 records, the head is 3:" + hash_a +
                            "\n"
                            "nothing was changed, removed, inserted or reordered\n"
                            "whether the newest were cut off or all was computed anew only a "
                            "published head tells: --head HEAD\n");
}

TEST_F(AuditCommand, PublishedHeadsAreAskedForAndTold) {
  bench_.script.audited.heads = {{{2, hash_b}, 1}};
  const Ran ran = run({"verify", "--head", "2:" + hash_b, "--head", hash_a});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(bench_.script.heads, ElementsAre(AuditHead{2, hash_b}, AuditHead{0, hash_a}));
  EXPECT_THAT(ran.output,
              HasSubstr("record 2 has the hash that was published; 1 record came after it\n"));
  EXPECT_THAT(ran.output, Not(HasSubstr("--head")));
}

TEST_F(AuditCommand, TamperingIsExitEightAndSaysWhatWasWhere) {
  bench_.script.audited.findings = {finding()};
  const Ran ran = run({"verify"});
  EXPECT_EQ(ran.status, 8);
  EXPECT_EQ(ran.output, "3 records, the head is 3:" + hash_a +
                            "\n"
                            "changed in history.log: line 7 was changed\n"
                            "  it says       by eve\\x1b[0m\n"
                            "  it should say by ken\n"
                            "to do (history.log): put it back\n");
}

TEST_F(AuditCommand, TheSameForPrograms) {
  bench_.script.audited.findings = {finding()};
  bench_.script.audited.heads = {{{2, hash_b}, 1}};
  const Ran ran = run({"verify", "--json"});
  EXPECT_EQ(ran.status, 8);
  const Json json = parse_json(ran.output).value();
  EXPECT_EQ(text_at(json, "schema"), "ballast.audit-verify/1");
  EXPECT_EQ(json.at("head"), (Json{{"number", 3}, {"hash", hash_a}}));
  EXPECT_EQ(json.at("heads").at(0), (Json{{"number", 2}, {"hash", hash_b}, {"later", 1}}));
  EXPECT_EQ(json_text(json.at("findings").at(0)),
            R"({"kind":"changed","place":"history.log","subject":"line 7",)"
            R"("text":"line 7 was changed","says":"by eve\u001b[0m","should":"by ken",)"
            R"("hint":"put it back"})");
  EXPECT_EQ(number_at(json, "exit"), 8);
}

TEST_F(AuditCommand, AHistoryThatIsNotInTheChainYetIsToldOf) {
  bench_.script.audited.knows_history = false;
  EXPECT_THAT(run({"verify"}).output, HasSubstr("history.log is not yet in the chain: the next "
                                                "deploy, or `ballast recover`, takes it in\n"));
}

TEST_F(AuditCommand, ListsWhatIsAskedFor) {
  EXPECT_THAT(run({"list"}).output, HasSubstr("silence    shop   ken"));
  EXPECT_THAT(run({"list"}).output, HasSubstr("told reason='new disk' for=60"));
  const auto numbers = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "list");
    words.emplace_back("--json");
    std::vector<long long> found;
    const Json listed = parse_json(run(words).output).value();
    for (const Json& record : listed.at("records")) found.push_back(number_at(record, "number"));
    return found;
  };
  EXPECT_THAT(numbers({}), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers({"--stack", "shop"}), ElementsAre(2));
  EXPECT_THAT(numbers({"--kind", "gate"}), ElementsAre(3));
  EXPECT_THAT(numbers({"--limit", "2"}), ElementsAre(2, 3));
  EXPECT_THAT(numbers({"--since", "2026-11-25T02:27:09Z"}), ElementsAre(2, 3));
}

TEST_F(AuditCommand, ExportsAllOfItForPrograms) {
  for (const auto& words :
       {std::vector<std::string>{"export"}, std::vector<std::string>{"export", "--json"}}) {
    const Json json = parse_json(run(words).output).value();
    EXPECT_EQ(text_at(json, "schema"), "ballast.audit/1");
    EXPECT_EQ(json.at("head"), (Json{{"number", 3}, {"hash", hash_a}}));
    EXPECT_EQ(json.at("records").size(), 3U);
    EXPECT_EQ(json_text(json.at("records").at(1)),
              R"({"number":2,"at":1795573629000,"kind":"silence","stack":"shop","who":"ken",)"
              R"("content":{"event":"told","stack":"shop","reason":"new disk","for":60},)"
              R"("previous":")" +
                  hash_b + R"(","hash":")" + hash_a + "\"}");
  }
}

TEST_F(AuditCommand, WrongWordsAreNamed) {
  EXPECT_THAT(errors_of({}), HasSubstr("error: "));
  EXPECT_THAT(errors_of({"verfy"}), HasSubstr("verify"));
  EXPECT_EQ(errors_of({"verify", "--head", "3f9a"}),
            "error: --head `3f9a` is not a head\n"
            "hint: all of it, as it stands in a notification or in a set's manifest: a number, a "
            "colon and 64 hex digits, or the digits alone\n");
  EXPECT_EQ(errors_of({"list", "--kind", "gates"}),
            "error: no kind of record `gates`\nhint: did you mean `gate`?\n");
  EXPECT_EQ(errors_of({"verify", "--kind", "gate"}),
            "error: --kind does not go with verify\nhint: usage: ballast audit verify\n");
  EXPECT_EQ(errors_of({"list", "--head", hash_a}),
            "error: --head does not go with list\n"
            "hint: usage: ballast audit verify --head HEAD\n");
}

}  // namespace
}  // namespace ballast
