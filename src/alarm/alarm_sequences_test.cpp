// Random lives of an alarm against its rules, which are said once more in the simplest way.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "alarm/alarm.h"

namespace ballast {
namespace {

using namespace std::chrono_literals;

std::string text_of(const std::optional<Page>& page) {
  if (!page) return "";
  return std::string(news_text(page->news)) + (page->unknown ? " unknown" : "");
}

struct Step {
  Instant at{};
  std::optional<Verdict> seen;
  Mute mute = Mute::none;
};

// Looks back over all that ever happened instead of keeping a state.
class Model {
 public:
  explicit Model(const AlarmRule& rule) : rule_(rule) {}

  std::string step(const Step& step) {
    steps_.push_back(step);
    const std::string page = judge(step);
    if (page.empty()) return page;
    told_.push_back({step.at, steps_.size() - 1, page});
    return page;
  }

 private:
  struct Told {
    Instant at;
    std::size_t step;
    std::string page;
  };

  std::string judge(const Step& step) const {
    if (step.seen == Verdict::pass) return judge_pass();
    if (step.mute != Mute::none) return "";
    const bool fires = is_firing();
    if (!fires && !is_unknown()) return "";
    const std::string wanted = fires ? "" : " unknown";
    if (level_in(episode_before(steps_.size())) < (fires ? 2 : 1)) {
      if (told_since(step.at - rule_.flap_hold, "")) return "";
      if (!fires && told_since(step.at - rule_.flap_hold, " unknown")) return "";
      return "firing" + wanted;
    }
    const int level = level_in(episode_before(steps_.size()));
    const std::string kind = level == 2 ? "" : " unknown";
    if (rule_.remind_every == 0s) return "";
    const Duration pause = std::max(rule_.remind_every, rule_.flap_hold);
    return told_since(step.at - pause, kind) ? "" : "reminder" + kind;
  }

  std::string judge_pass() const {
    const int level = level_in(episode_before(steps_.size() - 1));
    return level == 0 ? "" : level == 2 ? "resolved" : "resolved unknown";
  }

  // The first step after the last pass before `end`.
  std::size_t episode_before(std::size_t end) const {
    for (std::size_t index = end; index > 0; --index)
      if (steps_[index - 1].seen == Verdict::pass) return index;
    return 0;
  }

  // 2: told that it fails, 1: told that nobody knows.
  int level_in(std::size_t episode, std::size_t until = ~std::size_t{0}) const {
    int level = 0;
    for (const Told& told : told_)
      if (told.step >= episode && told.step < until)
        level = std::max(level, told.page.ends_with("unknown") ? 1 : 2);
    return level;
  }

  // Steps from here on count: nothing before the last one that was not held against it.
  std::size_t counted_from() const {
    const std::size_t episode = episode_before(steps_.size());
    for (std::size_t index = steps_.size(); index > episode; --index)
      if (steps_[index - 1].mute == Mute::suppressed && level_in(episode, index) < 2) return index;
    return episode;
  }

  bool is_firing() const {
    if (level_in(episode_before(steps_.size())) == 2) return true;
    std::optional<Instant> first;
    for (std::size_t index = counted_from(); index < steps_.size(); ++index) {
      if (steps_[index].seen != Verdict::fail) continue;
      if (!first) first = steps_[index].at;
      if (steps_[index].at - *first >= rule_.failing_for) return true;
    }
    return false;
  }

  bool is_unknown() const {
    if (level_in(episode_before(steps_.size())) >= 1) return true;
    std::optional<Instant> first;
    for (std::size_t index = counted_from(); index < steps_.size(); ++index) {
      if (steps_[index].seen == Verdict::fail) first.reset();
      if (steps_[index].seen != Verdict::unknown) continue;
      if (!first) first = steps_[index].at;
      if (steps_[index].at - *first >= rule_.unknown_for) return true;
    }
    return false;
  }

  // A page, not a resolve, of this kind after that instant.
  bool told_since(Instant after, const std::string& kind) const {
    return std::ranges::any_of(told_, [&](const Told& told) {
      return told.at > after && (told.page == "firing" + kind || told.page == "reminder" + kind);
    });
  }

  AlarmRule rule_;
  std::vector<Step> steps_;
  std::vector<Told> told_;
};

// A machine whose wall clock is set, and that is booted now and then.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) { timeline_.advance(clocks_); }

  int pick(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }
  bool chance(int percent) { return pick(1, 100) <= percent; }

  Instant pass_time(Duration duration) {
    clocks_.wall += duration;
    clocks_.monotonic += duration;
    if (chance(3)) clocks_.wall += Duration(1h) * pick(-30, 30);
    const Instant before = timeline_.now();
    const Instant now = timeline_.advance(clocks_);
    EXPECT_EQ(now - before, duration) << "a jump of the wall clock was seen";
    return now;
  }
  void restart_the_daemon(Alarm& alarm) {
    alarm = Alarm::parse(*parse_json(json_text(alarm.json())));
    timeline_ = Timeline::parse(*parse_json(json_text(timeline_.json())));
  }
  void boot() {
    clocks_.boot = "boot " + std::to_string(++boots_);
    clocks_.monotonic = Monotonic(Duration(pick(1, 100'000)));
    clocks_.wall += Duration(1h) * pick(-30, 30);
    const Instant before = timeline_.now();
    EXPECT_GE(timeline_.advance(clocks_), before);
  }

 private:
  std::mt19937 random_;
  Timeline timeline_;
  Clocks clocks_{.wall = Time(1'795'573'627s), .monotonic = Monotonic(50s), .boot = "boot 0"};
  int boots_ = 0;
};

// Failing, passing, flapping or silent for a while.
class Weather {
 public:
  Step next(World& world, Instant at) {
    if (left_-- <= 0) {
      mood_ = world.pick(0, 4);
      left_ = world.pick(1, 40);
    }
    if (mute_left_-- <= 0) {
      mute_ = world.chance(70) ? Mute::none : world.chance(50) ? Mute::silenced : Mute::suppressed;
      mute_left_ = world.pick(1, 30);
    }
    return {.at = at, .seen = verdict(world), .mute = mute_};
  }

 private:
  std::optional<Verdict> verdict(World& world) const {
    if (world.chance(10)) return std::nullopt;
    switch (mood_) {
      case 0: return Verdict::pass;
      case 1: return Verdict::fail;
      case 2: return Verdict::unknown;
      case 3: return world.chance(50) ? Verdict::fail : Verdict::pass;
      default: return world.chance(50) ? Verdict::fail : Verdict::unknown;
    }
  }
  int mood_ = 0;
  int left_ = 0;
  Mute mute_ = Mute::none;
  int mute_left_ = 0;
};

struct Seen {
  Step step;
  std::string page;
};

// What must hold whatever the rules say in detail.
void require_sense(const AlarmRule& rule, const std::vector<Seen>& all) {
  bool told = false;
  std::map<std::string, Instant> last;
  std::optional<Instant> bad_since;
  for (const Seen& seen : all) {
    const bool is_page = seen.page.starts_with("firing") || seen.page.starts_with("reminder");
    if (is_page) {
      const std::string kind = seen.page.ends_with("unknown") ? "unknown" : "failing";
      if (last.contains(kind)) {
        ASSERT_GE(seen.step.at - last[kind], rule.flap_hold) << "two pages for one";
      }
      last[kind] = seen.step.at;
      told = true;
    }
    if (seen.step.seen == Verdict::pass) {
      ASSERT_EQ(seen.page.starts_with("resolved"), told)
          << "a resolve is missing, or is of nothing";
      told = false;
    }
    if (seen.step.mute != Mute::none || seen.step.seen != Verdict::fail)
      bad_since.reset();
    else if (!bad_since)
      bad_since = seen.step.at;
    const Duration longest = rule.failing_for + rule.flap_hold;
    const bool must_be_told = bad_since && seen.step.at - *bad_since >= longest;
    ASSERT_TRUE(told || !must_be_told) << "a missed page";
  }
}

void run_sequence(unsigned seed) {
  World world(seed);
  const AlarmRule rule{.failing_for = Duration(1s) * (world.chance(30) ? 0 : world.pick(1, 600)),
                       .unknown_for = Duration(1s) * world.pick(0, 900),
                       .remind_every = Duration(1min) * world.pick(0, 120),
                       .flap_hold = Duration(1s) * (world.chance(20) ? 0 : world.pick(1, 1800))};
  Alarm alarm;
  Model model(rule);
  Weather weather;
  std::vector<Seen> all;
  for (int count = 0; count < 150; ++count) {
    if (world.chance(8)) world.restart_the_daemon(alarm);
    if (world.chance(2)) world.boot();
    const Step step = weather.next(world, world.pass_time(Duration(1s) * world.pick(1, 60)));
    const auto page = step.seen ? alarm.observe(rule, *step.seen, step.mute, step.at)
                                : alarm.wait(rule, step.mute, step.at);
    ASSERT_EQ(text_of(page), model.step(step)) << "seed " << seed << ", step " << count;
    all.push_back({step, text_of(page)});
  }
  require_sense(rule, all);
}

TEST(AlarmSequences, AgreeWithTheRules) {
  const char* is_long = std::getenv("BALLAST_LONG");
  const unsigned count = is_long != nullptr && std::string(is_long) == "1" ? 10'000 : 150;
  for (unsigned seed = 1; seed <= count && !testing::Test::HasFatalFailure(); ++seed) {
    SCOPED_TRACE(seed);
    run_sequence(seed);
  }
}

}  // namespace
}  // namespace ballast
