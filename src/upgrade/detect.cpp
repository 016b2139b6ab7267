#include "upgrade/detect.h"

#include <fmt/format.h>

#include "base/text.h"
#include "live/candidate.h"
#include "upgrade/run_upgrade.h"

namespace ballast {

namespace {

constexpr Duration longest = std::chrono::minutes(2);
constexpr Duration time_to_end = std::chrono::seconds(5);
constexpr Duration pause = std::chrono::milliseconds(50);
constexpr int status_questions = 200;
constexpr std::size_t most_output = 16u << 10;

// Gone with this object, whatever happens; what is left by a kill has its mark.
class RemovedAtEnd {
 public:
  explicit RemovedAtEnd(Work& work) : work_(work) {}
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;
  ~RemovedAtEnd() {
    try {
      remove_candidates(work_.server, work_.operation.id);
    } catch (const std::exception&) {
      return;
    }
  }

 private:
  Work& work_;
};

Error no_answer(const std::string& why, const std::string& output) {
  Error error(Kind::failed, fmt::format("`migrate.detect` {}", why),
              "it has to end with 0 when nothing is to be migrated, and with 1 when something is");
  for (const std::string& line : split_lines(last_lines(output, 5)))
    error.add_context("it said: " + printable(line));
  return error;
}

// Its log may end a moment before the engine knows how it ended.
docker::Container ended(Work& work, const std::string& id) {
  for (int asked = 0; asked < status_questions; ++asked) {
    const auto container = work.server.engine.container(id);
    if (!container) throw Error(Kind::failed, "the container of `migrate.detect` was removed");
    if (!container->running()) return *container;
    work.server.host.clock.sleep(pause);
  }
  throw Error(Kind::failed, "the Docker Engine does not tell how `migrate.detect` ended",
              "look at it: journalctl -u docker");
}

Detected judged(const docker::Container& container, const std::string& output) {
  if (!container.error.empty())
    throw no_answer("did not start: " + printable(container.error), output);
  if (container.exit_code != 0 && container.exit_code != 1)
    throw no_answer(fmt::format("ended with {}", container.exit_code), output);
  return {.due = container.exit_code == 1, .output = output};
}

Detected asked(Work& work, const std::string& id) {
  Engine& engine = work.server.engine;
  std::string output;
  const auto take = [&](std::string_view line) {
    if (output.size() < most_output) output += work.stack.secrets.mask(std::string(line)) + "\n";
  };
  const auto end = engine.follow_log(id, longest, take,
                                     [&] { return !work.server.host.interrupts.cuts_short(); });
  if (end == Engine::LogEnd::container_ended) return judged(ended(work, id), output);
  engine.stop_container(id, time_to_end);
  if (end == Engine::LogEnd::told_to_stop)
    throw Error(Kind::interrupted, "interrupted while `migrate.detect` ran");
  throw no_answer(fmt::format("did not end within {}", human_duration(longest)), output);
}

}  // namespace

Detected detect(Work& work, const docker::Image& image) {
  const std::string& command = work.stack.policy.migrate.detect;
  if (command.empty()) {
    const docker::Container* live = work.running.of(work.stack.policy.service);
    const bool same = live != nullptr && live->image_id == image.id;
    return {.due = !same,
            .output = same ? "" : "without `detect` every other image is taken to migrate"};
  }
  const std::string tag = text_at(work.operation.request, "tag");
  const RemovedAtEnd removed(work);
  const UpgradePlace place = in_production(work, tag, image);
  return asked(work, place.start({.entrypoint = "sh", .words = {"-c", command}}));
}

}  // namespace ballast
