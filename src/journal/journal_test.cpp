#include "journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace ballast {
namespace {

namespace files = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Time at(long long milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    std::string pattern = (files::temp_directory_path() / "ballast-journal-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~JournalTest() override { files::remove_all(folder_); }
  std::string path() const { return (folder_ / "state" / "ballast.db").string(); }

  static OperationRecord operation(const std::string& id, const std::string& stack = "shop", long long started = 1000) {
    return {.id = id, .kind = "deploy", .stack = stack, .operator_name = "ken", .environment = "prod",
            .request = {{"tag", "sha-a000001"}}, .plan = {{"steps", Json::array()}}, .state = OperationState::running,
            .ballast_version = "0.1.0", .process = 42, .boot = "boot", .started = at(started), .ended = {},
            .exit_status = 0, .message = {}};
  }
  static ReleaseRecord release(const std::string& id, const std::string& tag, const std::string& outcome) {
    return {.id = id, .stack = "shop", .tag = tag, .image_id = "sha256:1", .repo_digest = "acme/shop@sha256:2",
            .repository = "acme/shop", .config_hash = "c", .environment = "prod", .operator_name = "ken",
            .outcome = outcome, .copies = "/copies", .at = at(5)};
  }
  static HistoryEntry line(const std::string& status) {
    return history_entry(at(0), "shop", "sha-a000001", "prod", status, "ken");
  }
  void sql(const std::string& text) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path().c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, text.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
  }
  std::string error() {
    try {
      Journal journal(path());
    } catch (const Error& error) {
      return error.message();
    }
    return "no error";
  }
  files::path folder_;
};

TEST_F(JournalTest, IsRootsAlone) {
  const Journal journal(path());
  struct stat found {};
  ASSERT_EQ(::stat(path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  ASSERT_EQ(::stat((folder_ / "state").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0700u);
}

TEST_F(JournalTest, AnOperationReadsBackAsItWasBegun) {
  Journal(path()).begin(operation("one"));
  const auto found = Journal(path()).operation("one");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->kind, "deploy");
  EXPECT_EQ(found->stack, "shop");
  EXPECT_EQ(found->operator_name, "ken");
  EXPECT_EQ(text_at(found->request, "tag"), "sha-a000001");
  EXPECT_EQ(found->state, OperationState::running);
  EXPECT_EQ(found->process, 42);
  EXPECT_EQ(found->started, at(1000));
  EXPECT_FALSE(found->ended.has_value());
  EXPECT_FALSE(Journal(path()).operation("two").has_value());
}

TEST_F(JournalTest, UnfinishedOnesOldestFirstAndByStack) {
  Journal journal(path());
  journal.begin(operation("late", "shop", 2000));
  journal.begin(operation("early", "shop", 1000));
  journal.begin(operation("other", "erp", 1500));
  journal.end("late", OperationState::undone, 4, "failed", at(3000));
  ASSERT_EQ(journal.unfinished("").size(), 2u);
  EXPECT_EQ(journal.unfinished("").front().id, "early");
  ASSERT_EQ(journal.unfinished("erp").size(), 1u);
  EXPECT_EQ(journal.newest_operation("shop")->id, "late");
  EXPECT_EQ(journal.newest_operation("shop")->exit_status, 4);
  EXPECT_EQ(journal.newest_operation("shop")->ended, at(3000));
  EXPECT_THAT(journal.stacks(), ElementsAre("erp", "shop"));
}

TEST_F(JournalTest, AStepMovesFromIntentToFact) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.record_step("one", {.number = 0, .name = "switch", .state = StepState::intended, .fact = {}, .at = at(1)});
  journal.record_step("one", {.number = 0, .name = "switch", .state = StepState::done, .fact = {{"before", "x"}}, .at = at(2)});
  const auto steps = journal.steps("one");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps.front().state, StepState::done);
  EXPECT_EQ(text_at(steps.front().fact, "before"), "x");
  EXPECT_EQ(steps.front().at, at(2));
}

TEST_F(JournalTest, AStepOfNoOperationIsRefused) {
  Journal journal(path());
  EXPECT_THROW(journal.record_step("none", {.number = 0, .name = "x", .state = StepState::done, .fact = {}, .at = {}}), Error);
}

TEST_F(JournalTest, StepHistoryAndReleaseAreOneTransaction) {
  Journal journal(path());
  journal.begin(operation("one"));
  ReleaseRecord stray = release("none", "sha-a000001", "good");
  EXPECT_THROW(journal.record_step("one", {.number = 0, .name = "commit", .state = StepState::done, .fact = {}, .at = {}},
                                   {line("success")}, stray),
               Error);
  EXPECT_THAT(journal.steps("one"), IsEmpty());
  EXPECT_THAT(journal.history_rows(), IsEmpty());
  stray.id = "one";
  journal.record_step("one", {.number = 0, .name = "commit", .state = StepState::done, .fact = {}, .at = {}},
                      {line("deployed"), line("success")}, stray);
  ASSERT_EQ(journal.history_rows().size(), 2u);
  EXPECT_EQ(journal.history_rows().back().entry.status, "success");
  EXPECT_EQ(journal.history_rows().back().entry.line(), line("success").line());
}

TEST_F(JournalTest, ReleasesNewestFirstByOutcome) {
  Journal journal(path());
  journal.begin(operation("one"));
  journal.end("one", OperationState::finished, 0, "done", at(1), {}, release("one", "sha-a000001", "good"));
  journal.begin(operation("two"));
  journal.end("two", OperationState::undone, 4, "no", at(2), {}, release("two", "sha-bad0001", "failed"));
  ASSERT_EQ(journal.releases("shop").size(), 2u);
  EXPECT_EQ(journal.releases("shop").front().tag, "sha-bad0001");
  ASSERT_EQ(journal.releases("shop", "good").size(), 1u);
  const ReleaseRecord good = journal.releases("shop", "good").front();
  EXPECT_EQ(good.repo_digest, "acme/shop@sha256:2");
  EXPECT_EQ(good.copies, "/copies");
  EXPECT_EQ(good.at, at(5));
  EXPECT_THAT(journal.releases("erp"), IsEmpty());
}

TEST_F(JournalTest, SeenTagsAndFactsAreReplaced) {
  Journal journal(path());
  EXPECT_FALSE(journal.seen_tag("acme/shop", "t").has_value());
  journal.see_tag("acme/shop", "t", {.image_id = "1", .repo_digest = "", .at = at(1)});
  journal.see_tag("acme/shop", "t", {.image_id = "2", .repo_digest = "d", .at = at(2)});
  EXPECT_EQ(journal.seen_tag("acme/shop", "t")->image_id, "2");
  journal.set_fact("shop", "valid", "a", at(1));
  journal.set_fact("shop", "valid", {{"b", 1}}, at(2));
  EXPECT_EQ(number_at(journal.fact("shop", "valid")->value, "b"), 1);
  EXPECT_EQ(journal.fact("shop", "valid")->at, at(2));
}

TEST_F(JournalTest, ANewerSchemaIsRefused) {
  { const Journal journal(path()); }
  sql("PRAGMA user_version = 99");
  EXPECT_EQ(error(), "the journal " + path() + " was written by a newer ballast (schema 99, this one knows 1)");
  EXPECT_THROW(Journal::open_for_reading(path()), Error);
}

TEST_F(JournalTest, AnotherProgramsDatabaseIsRefused) {
  files::create_directories(folder_ / "state");
  sql("CREATE TABLE theirs (x)");
  EXPECT_EQ(error(), path() + " is no journal of ballast");
}

TEST_F(JournalTest, AnEmptyFileOfSchemaZeroIsMigrated) {
  files::create_directories(folder_ / "state");
  std::ofstream(path()).close();
  EXPECT_EQ(error(), "no error");
}

TEST_F(JournalTest, ADamagedFileIsNamed) {
  files::create_directories(folder_ / "state");
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_THAT(error(), HasSubstr("the journal " + path() + " is damaged"));
}

TEST_F(JournalTest, ReadingMakesNothing) {
  EXPECT_FALSE(Journal::open_for_reading(path()).has_value());
  EXPECT_FALSE(files::exists(folder_ / "state"));
}

TEST_F(JournalTest, ReadsWhileAnotherWrites) {
  Journal writer(path());
  writer.begin(operation("one"));
  const auto reader = Journal::open_for_reading(path());
  ASSERT_TRUE(reader.has_value());
  EXPECT_EQ(reader->unfinished("").size(), 1u);
}

// Whatever the moment of its death: what it had reported as written is there, and nothing is half there.
TEST_F(JournalTest, AKilledWriterLeavesWhatItCommitted) {
  { Journal(path()).begin(operation("one")); }
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Journal journal(path());
    for (int number = 0;; ++number) {
      journal.record_step("one", {.number = number, .name = "s", .state = StepState::done, .fact = {}, .at = {}}, {line("deployed")}, std::nullopt);
      [[maybe_unused]] const auto written = ::write(pipe[1], &number, sizeof number);
    }
  }
  int last = -1;
  for (int seen = 0; seen < 20; ++seen) ASSERT_EQ(::read(pipe[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  const Journal journal(path());
  EXPECT_GE(journal.steps("one").size(), 20u);
  EXPECT_EQ(journal.steps("one").size(), journal.history_rows().size());
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace ballast
