// One alert's state machine: what was seen goes in, what a person must be told comes out. Pure; all
// its times are of a Timeline.
#pragma once

#include <optional>
#include <string_view>

#include "alarm/timeline.h"
#include "base/json.h"
#include "base/time.h"
#include "check/check.h"
#include "model/alert.h"

namespace ballast {

struct AlarmRule {
  Duration failing_for{};                          // `for`: fails this long before it fires
  Duration unknown_for = std::chrono::minutes(5);  // cannot be asked this long
  Duration remind_every = std::chrono::hours(4);   // zero: never
  Duration flap_hold = std::chrono::minutes(15);   // at most one page in this time
};

enum class AlarmState { ok, pending, firing, unknown };

// Why it keeps quiet for now.
enum class Mute {
  none,
  silenced,  // a person said so: what fails meanwhile is told when the silence is over
  // Something else is at work, or known to be the cause. What fails meanwhile is not held against
  // it: only what still fails for its whole time afterwards is.
  suppressed,
};

struct Page {
  News news = News::firing;
  bool unknown = false;
};

class Alarm {
 public:
  // What is to be told now, if anything. Call it for each observation.
  std::optional<Page> observe(const AlarmRule& rule, Verdict verdict, Mute mute, Instant now);
  // The same for time that passes with no new observation: reminders, and what was held.
  std::optional<Page> wait(const AlarmRule& rule, Mute mute, Instant now);

  AlarmState state() const { return state_; }
  bool is_bad() const { return bad_since_.has_value(); }  // since the last pass
  bool is_told() const { return told_ != Told::nothing; }
  // It is, or was told at some time, which holds back the next page.
  bool has_anything_to_keep() const { return is_bad() || failing_told_ || unknown_told_; }
  // When it could page next, for who sleeps until then; nullopt: only an observation can change it.
  std::optional<Instant> wakes(const AlarmRule& rule) const;

  // One that somebody else told already.
  static Alarm told_before(Instant now);

  Json json() const;
  static Alarm parse(const Json& json);  // what cannot be read begins anew

 private:
  enum class Told { nothing, unknown, failing };

  std::optional<Page> passed();
  void fell(const AlarmRule& rule, Verdict verdict, Instant now);
  void restart();
  std::optional<Page> due(const AlarmRule& rule, Instant now);
  Page tell(Told what, News news, Instant now);
  bool is_held(const AlarmRule& rule, Told what, Instant now) const;
  std::optional<Instant>& last_told(Told what);
  const std::optional<Instant>& last_told(Told what) const;

  AlarmState state_ = AlarmState::ok;
  Told told_ = Told::nothing;  // in this episode, which begins and ends with a pass
  std::optional<Instant> bad_since_;
  std::optional<Instant> failing_since_;
  std::optional<Instant> unknown_since_;
  std::optional<Instant> failing_told_;  // over all episodes
  std::optional<Instant> unknown_told_;
};

std::string_view alarm_state_text(AlarmState state);  // "ok", "pending", "firing", "unknown"

}  // namespace ballast
