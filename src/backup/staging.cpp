#include "backup/staging.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/text.h"
#include "host/parallel.h"

namespace ballast {

namespace {

constexpr Duration longest_restore = std::chrono::hours(6);
constexpr Duration time_to_answer = std::chrono::minutes(2);
constexpr Duration pause = std::chrono::milliseconds(100);
constexpr int restore_jobs = 2;
constexpr std::size_t told_at_most = 10;
constexpr std::size_t told_every = 1000;

std::string rows_of(const std::string& table) {
  return fmt::format("SELECT count(*) FROM public.{}", quoted_identifier(table));
}

void stop_when_interrupted(Host& host, const std::string& what) {
  if (host.interrupts.cuts_short()) throw Error(Kind::interrupted, "interrupted while " + what);
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

docker::NewContainer restorer_beside(const docker::Container& database,
                                     const std::string& set_folder) {
  return {.image = database.image_id,
          .network = "container:" + database.id,
          .binds = {{set_folder, "/set", false}}};
}

void fill_database(Postgres& postgres, Workbench& restorer, const SetDatabase& database,
                   const std::string& name) {
  const auto environment = postgres.network_environment();
  restorer.must(
      {"pg_restore", "--exit-on-error", "--no-password", fmt::format("-j{}", restore_jobs), "-d",
       connection_to(name), "/set/" + database.dump},
      environment, longest_restore);
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
      filestore_(stored.set.filestore.value_or(SetFilestore{})),
      pool_(stored.pool()),
      folder_(std::move(folder)),
      name_(std::move(name)) {
  if (database.attachments.empty()) return;
  auto names = read_attachments(server, stored, database);
  if (!names)
    throw Error(Kind::failed, fmt::format("{}/{} is missing", stored.folder, database.attachments));
  names_ = std::move(*names);
}

void FilestoreCopy::fill(Progress& progress) {
  const Ownership folders = ownership(filestore_.mode);
  server_.host.trees.make_directory({folder_, name_}, folders);
  int last = -1;
  for (const AttachmentName& name : names_)
    if (name.sha1[0] != last) {
      last = name.sha1[0];
      server_.host.trees.make_directory({folder_, fmt::format("{}/{:02x}", name_, last)}, folders);
    }
  std::mutex telling;
  std::size_t placed = 0;
  Findings missing;
  parallel_for(names_.size(), copy_threads(), [&](std::size_t number) {
    stop_when_interrupted(server_.host, "copying attachments");
    const AttachmentName& name = names_[number];
    if (!server_.host.trees.place({pool_, name.text()}, {folder_, path_of(name)},
                                  ownership(filestore_.mode & 0666U)))
      missing.add(name.text(), "not in the pool");
    const std::lock_guard guard(telling);
    if (++placed % told_every == 0)
      progress.note(fmt::format("{} of {} attachments copied", placed, names_.size()));
  });
  missing.throw_any(Kind::failed, "the pool lacks what the set names");
  server_.host.trees.sync(folder_);
}

void FilestoreCopy::prove(Progress& progress) {
  progress.note(fmt::format("reading {} again",
                            counted(static_cast<long long>(names_.size()), "attachment")));
  Findings wrong;
  parallel_for(names_.size(), copy_threads(), [&](std::size_t number) {
    stop_when_interrupted(server_.host, "reading attachments again");
    const AttachmentName& name = names_[number];
    const auto found = server_.host.trees.digest({folder_, path_of(name)}, DigestAlgorithm::sha1);
    if (!found) wrong.add(name.text(), "missing");
    if (found && found->digest != name.hex())
      wrong.add(name.text(), "other content than its name says");
  });
  wrong.throw_any(Kind::verification, "the copies of attachments are not what the set says");
}

Ownership FilestoreCopy::ownership(unsigned mode) const {
  return {.mode = mode, .owner = filestore_.uid, .group = filestore_.gid};
}

std::string FilestoreCopy::path_of(const AttachmentName& name) const {
  return fmt::format("{}/{}", name_, name.text());
}

}  // namespace ballast
