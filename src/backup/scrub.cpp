#include "backup/scrub.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "backup/pool_damage.h"
#include "base/json.h"
#include "host/parallel.h"
#include "operation/interruption.h"
#include "operation/meter.h"

namespace ballast {

namespace {

constexpr Duration a_day = std::chrono::hours(24);

struct ScrubState {
  unsigned next = 0;
  std::optional<Time> at;
};

// What cannot be read begins anew: reading too much harms nothing.
ScrubState read_state(Disk& disk, const std::string& path) {
  const auto text = disk.read(path);
  const auto json = text ? parse_json(*text) : std::nullopt;
  if (!json) return {};
  return {.next = static_cast<unsigned>(number_at(*json, "next")) % attachment_folders,
          .at = parse_time(text_at(*json, "at"))};
}

void write_state(Disk& disk, const std::string& path, unsigned next, Time at) {
  disk.replace(path,
               pretty_json({{"schema", "ballast.scrub/1"}, {"next", next}, {"at", iso_utc(at)}}),
               0600);
}

class Scrubbing {
 public:
  Scrubbing(Server& server, const SetStore& store, Progress& progress)
      : server_(server), store_(store), meter_(progress, "read again:") {}

  Scrubbed run(const ScrubPart& part) {
    scrubbed_.folders = part.count;
    for (unsigned number = 0; number < part.count; ++number)
      read_folder(attachment_folder((part.first + number) % attachment_folders));
    std::ranges::sort(scrubbed_.damaged);
    put_aside(server_, store_, scrubbed_.damaged);
    return std::move(scrubbed_);
  }

 private:
  void read_folder(const std::string& folder) {
    const auto files = server_.host.trees.files_in({store_.pool(), folder});
    parallel_for(files.size(), copy_threads(),
                 [&](std::size_t number) { read_file(folder + "/" + files[number].name); });
  }

  void read_file(const std::string& path) {
    const auto name = parse_attachment_name(path);
    if (!name) return;
    stop_when_interrupted(server_.host, "reading the pool again");
    const auto found = server_.host.trees.digest({store_.pool(), path}, DigestAlgorithm::sha1,
                                                 [&](std::uint64_t bytes) { meter_.add(bytes); });
    if (!found) return;
    const std::lock_guard guard(mutex_);
    ++scrubbed_.files;
    scrubbed_.bytes += found->size;
    if (found->digest != name->hex()) scrubbed_.damaged.push_back(*name);
  }

  Server& server_;
  const SetStore& store_;
  Meter meter_;
  Scrubbed scrubbed_;
  std::mutex mutex_;
};

}  // namespace

ScrubPart next_scrub(unsigned next, std::optional<Duration> since, Duration period) {
  if (period.count() <= 0) return {.first = next, .count = 0};
  const auto passed = std::clamp(since.value_or(a_day), Duration{1}, period);
  const auto folders = static_cast<long long>(attachment_folders);
  const long long due = (folders * passed.count() + period.count() - 1) / period.count();
  return {.first = next, .count = static_cast<unsigned>(due)};
}

Scrubbed scrub_pool(Server& server, const SetStore& store, Duration period, Progress& progress) {
  if (!server.host.disk.info(store.pool())) return {};
  const std::string path = store.scrub_state();
  const Time now = server.host.clock.now();
  const ScrubState state = read_state(server.host.disk, path);
  const auto since = state.at ? std::optional<Duration>(now - *state.at) : std::nullopt;
  const ScrubPart part = next_scrub(state.next, since, period);
  if (part.count == 0) return {};
  Scrubbed scrubbed = Scrubbing(server, store, progress).run(part);
  write_state(server.host.disk, path, (part.first + part.count) % attachment_folders, now);
  return scrubbed;
}

}  // namespace ballast
