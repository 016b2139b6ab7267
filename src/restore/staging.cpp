#include "restore/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "base/text.h"
#include "host/parallel.h"
#include "operation/interruption.h"
#include "operation/meter.h"

namespace ballast {

namespace {

constexpr Duration longest_restore = std::chrono::hours(6);
constexpr Duration longest_preparation = std::chrono::minutes(1);
constexpr Duration time_to_answer = std::chrono::minutes(2);
constexpr Duration pause = std::chrono::milliseconds(100);
constexpr std::size_t told_at_most = 10;

std::string rows_of(const std::string& table) {
  return fmt::format("SELECT count(*) FROM public.{}", quoted_identifier(table));
}

bool server_answers(Engine& engine, const std::string& container) {
  const auto ready =
      engine.exec(container, {"pg_isready", "-q", "-h", "127.0.0.1"}, {}, std::chrono::seconds(10));
  return ready.status == 0;
}

std::string last_words(Server& server, const std::string& container) {
  return printable(last_lines(server.engine.logs(container, 5), 3));
}

// Names found by many threads, told in order.
class Findings {
 public:
  void add(const std::string& name, const char* what) {
    const std::lock_guard guard(mutex_);
    found_.push_back(fmt::format("{}: {}", name, what));
  }
  void throw_any(Kind kind, const std::string& message) {
    if (found_.empty()) return;
    std::sort(found_.begin(), found_.end());
    Error error(kind,
                fmt::format("{}: {}", message,
                            counted(static_cast<long long>(found_.size()), "attachment")),
                "see all that is wrong: ballast backup verify");
    for (std::size_t number = 0; number < std::min(found_.size(), told_at_most); ++number)
      error.add_context(found_[number]);
    throw error;
  }

 private:
  std::vector<std::string> found_;
  std::mutex mutex_;
};

}  // namespace

void await_server(Server& server, const std::string& container, const std::string& what,
                  Progress& progress) {
  Host& host = server.host;
  const Monotonic deadline = host.clock.monotonic() + time_to_answer;
  while (true) {
    const auto now = server.engine.container(container);
    if (!now || !now->running())
      throw Error(Kind::failed, fmt::format("{} ended: {}", what, last_words(server, container)));
    if (server_answers(server.engine, container)) return;
    stop_when_interrupted(host, "waiting for " + what);
    if (host.clock.monotonic() >= deadline)
      throw Error(Kind::failed,
                  fmt::format("{} does not answer within {}: {}", what,
                              human_duration(time_to_answer), last_words(server, container)),
                  fmt::format("look at its log: docker logs {}", now->name));
    progress.note("waiting for " + what);
    host.clock.sleep(pause);
  }
}

void prepare_unaccent(Postgres& postgres, const std::string& database) {
  postgres.query(database,
                 "CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public; "
                 "ALTER FUNCTION public.unaccent(text) IMMUTABLE",
                 longest_preparation);
}

void create_as_in_set(Postgres& postgres, const SetDatabase& database) {
  create_database(postgres,
                  {.name = database.name,
                   .encoding = database.encoding,
                   .collate = database.collate,
                   .ctype = database.ctype},
                  database.owner);
}

void fill_database(Postgres& postgres, DumpReader& reader, const SetDatabase& database,
                   const std::string& name) {
  if (reader.makes_unaccent(database.dump)) prepare_unaccent(postgres, name);
  reader.restore(database.dump, name, postgres.clients().network_environment());
  postgres.query(name, "ANALYZE", longest_restore);
}

void prove_database(Postgres& postgres, const SetDatabase& database, const std::string& name) {
  std::vector<std::string> differences;
  for (const auto& [table, rows] : database.rows) {
    const auto answer = postgres.query(name, rows_of(table), longest_restore);
    const std::string found = answer.empty() ? "no answer" : answer.front().at(0);
    if (found != std::to_string(rows))
      differences.push_back(fmt::format("{}: {} rows instead of {}", table, found, rows));
  }
  if (differences.empty()) return;
  Error error(Kind::verification, fmt::format("the copy of database {} is not what the set says",
                                              printable(database.name)));
  for (const std::string& difference : differences) error.add_context(difference);
  throw error;
}

FilestoreCopy::FilestoreCopy(Server& server, const StoredSet& stored, const SetDatabase& database,
                             std::string folder, std::string name)
    : server_(server),
      stored_(stored),
      database_(database),
      filestore_(stored.set.filestore.value_or(SetFilestore{})),
      folder_(std::move(folder)),
      name_(std::move(name)) {}

// From folder to folder, so that the number of attachments costs no memory.
void FilestoreCopy::go_through(const Batch& work) const {
  if (database_.attachments.empty()) return;
  AttachmentList list = attachments_of(server_, stored_, database_);
  for (unsigned folder = 0; folder < attachment_folders; ++folder)
    if (const auto names = list.names_in(folder); !names.empty()) work(folder, names);
}

void FilestoreCopy::place_all(unsigned folder, const std::vector<AttachmentName>& names,
                              const OnBytes& on_bytes, const Missing& missing) {
  make_folder(fmt::format("{}/{}", name_, attachment_folder(folder)));
  parallel_for(names.size(), copy_threads(), [&](std::size_t number) {
    const AttachmentName& name = names[number];
    stop_when_interrupted(server_.host, "copying attachments");
    if (!server_.host.trees.place({stored_.pool(), name.text()}, {folder_, path_of(name)},
                                  ownership(filestore_.mode & 0666U), on_bytes))
      missing(name);
  });
}

void FilestoreCopy::fill(Progress& progress) {
  make_folder(name_);
  Meter meter(progress, "attachments copied:", database_.attachment_bytes);
  Findings missing;
  go_through([&](unsigned folder, const std::vector<AttachmentName>& names) {
    place_all(
        folder, names, [&](std::uint64_t bytes) { meter.add(bytes); },
        [&](const AttachmentName& name) { missing.add(name.text(), "not in the pool"); });
  });
  missing.throw_any(Kind::failed, "the pool lacks what the set names");
  server_.host.trees.sync(folder_);
}

void FilestoreCopy::fill_beside(const std::string& other, Progress& progress) {
  progress.note("looking for attachments that were collected since");
  Findings missing;
  go_through([&](unsigned folder, const std::vector<AttachmentName>& names) {
    std::set<std::string> present;
    for (const SizedName& file : server_.host.trees.files_in(
             {other, fmt::format("{}/{}", name_, attachment_folder(folder))}))
      present.insert(file.name);
    std::vector<AttachmentName> absent = names;
    std::erase_if(absent, [&](const AttachmentName& name) { return present.contains(name.hex()); });
    if (absent.empty()) return;
    place_all(folder, absent, {},
              [&](const AttachmentName& name) { missing.add(name.text(), "not in the pool"); });
  });
  missing.throw_any(Kind::failed, "the pool lacks what the set names");
}

void FilestoreCopy::prove(Progress& progress) {
  Meter meter(progress, "attachments read again:", database_.attachment_bytes);
  Findings wrong;
  const auto look_at = [&](const AttachmentName& name) {
    stop_when_interrupted(server_.host, "reading attachments again");
    const auto found = server_.host.trees.digest({folder_, path_of(name)}, DigestAlgorithm::sha1,
                                                 [&](std::uint64_t bytes) { meter.add(bytes); });
    if (!found) wrong.add(name.text(), "missing");
    if (found && found->digest != name.hex())
      wrong.add(name.text(), "other content than its name says");
  };
  go_through([&](unsigned, const std::vector<AttachmentName>& names) {
    parallel_for(names.size(), copy_threads(), [&](std::size_t number) { look_at(names[number]); });
  });
  wrong.throw_any(Kind::verification, "the copies of attachments are not what the set says");
}

void FilestoreCopy::make_folder(const std::string& name) const {
  server_.host.trees.make_directory({folder_, name}, ownership(filestore_.mode));
}

Ownership FilestoreCopy::ownership(unsigned mode) const {
  return {.mode = mode, .owner = filestore_.uid, .group = filestore_.gid};
}

std::string FilestoreCopy::path_of(const AttachmentName& name) const {
  return fmt::format("{}/{}", name_, name.text());
}

}  // namespace ballast
