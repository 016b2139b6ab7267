#include "alarm/alarm.h"

#include <algorithm>
#include <array>
#include <span>

namespace ballast {

namespace {

constexpr auto states = std::to_array<std::string_view>({"ok", "pending", "firing", "unknown"});
constexpr auto tellings = std::to_array<std::string_view>({"nothing", "unknown", "failing"});

template <typename Value>
Value value_of(std::span<const std::string_view> words, std::string_view text) {
  const auto found = std::ranges::find(words, text);
  return found == words.end() ? Value{} : static_cast<Value>(found - words.begin());
}

bool has_lasted(const std::optional<Instant>& since, Duration wanted, Instant now) {
  return since && now - *since >= wanted;
}

Json instant_json(const std::optional<Instant>& instant) {
  return instant ? Json(instant->count()) : Json();
}

std::optional<Instant> instant_at(const Json& json, std::string_view key) {
  if (!member(json, key).is_number_integer()) return std::nullopt;
  return Instant(number_at(json, key));
}

// A reminder is a page too.
Duration reminding(const AlarmRule& rule) { return std::max(rule.remind_every, rule.flap_hold); }

void take_earlier(std::optional<Instant>& earliest, Instant instant) {
  if (!earliest || instant < *earliest) earliest = instant;
}

}  // namespace

std::optional<Page> Alarm::observe(const AlarmRule& rule, Verdict verdict, Mute mute, Instant now) {
  if (verdict == Verdict::pass) return passed();
  fell(rule, verdict, now);
  return wait(rule, mute, now);
}

std::optional<Page> Alarm::wait(const AlarmRule& rule, Mute mute, Instant now) {
  if (mute == Mute::suppressed) restart();
  return mute == Mute::none ? due(rule, now) : std::nullopt;
}

// A resolve wakes nobody, and what was told must be told to be over: no mute holds it back.
std::optional<Page> Alarm::passed() {
  const Told told = told_;
  Alarm calm;
  calm.failing_told_ = failing_told_;
  calm.unknown_told_ = unknown_told_;
  *this = calm;
  if (told == Told::nothing) return std::nullopt;
  return Page{.news = News::resolved, .unknown = told == Told::unknown};
}

// What cannot be asked is no pass: it ends no failure. A failure is an answer: it ends not knowing.
void Alarm::fell(const AlarmRule& rule, Verdict verdict, Instant now) {
  if (!bad_since_) bad_since_ = now;
  if (state_ == AlarmState::ok) state_ = AlarmState::pending;
  const bool fails = verdict == Verdict::fail;
  if (fails) unknown_since_.reset();
  auto& since = fails ? failing_since_ : unknown_since_;
  if (!since) since = now;
  if (state_ == AlarmState::firing) return;
  if (fails && has_lasted(failing_since_, rule.failing_for, now)) state_ = AlarmState::firing;
  if (!fails && has_lasted(unknown_since_, rule.unknown_for, now)) state_ = AlarmState::unknown;
}

// Nothing that was seen so far counts, but what a person knows already.
void Alarm::restart() {
  if (state_ == AlarmState::ok || told_ == Told::failing) return;
  state_ = told_ == Told::unknown ? AlarmState::unknown : AlarmState::pending;
  failing_since_.reset();
  unknown_since_.reset();
}

std::optional<Page> Alarm::due(const AlarmRule& rule, Instant now) {
  if (state_ != AlarmState::firing && state_ != AlarmState::unknown) return std::nullopt;
  const Told wanted = state_ == AlarmState::firing ? Told::failing : Told::unknown;
  if (told_ < wanted) {
    if (is_held(rule, wanted, now)) return std::nullopt;
    return tell(wanted, News::firing, now);
  }
  const bool reminds = rule.remind_every > Duration::zero();
  if (!reminds || !has_lasted(last_told(told_), reminding(rule), now)) return std::nullopt;
  return tell(told_, News::reminder, now);
}

Page Alarm::tell(Told what, News news, Instant now) {
  told_ = what;
  last_told(what) = now;
  return {.news = news, .unknown = what == Told::unknown};
}

// That it fails is more than that nobody knows, and is not held back by it.
bool Alarm::is_held(const AlarmRule& rule, Told what, Instant now) const {
  const auto held_by = [&](const std::optional<Instant>& told) {
    return told && now - *told < rule.flap_hold;
  };
  return held_by(failing_told_) || (what == Told::unknown && held_by(unknown_told_));
}

std::optional<Instant>& Alarm::last_told(Told what) {
  return what == Told::unknown ? unknown_told_ : failing_told_;
}

const std::optional<Instant>& Alarm::last_told(Told what) const {
  return what == Told::unknown ? unknown_told_ : failing_told_;
}

std::optional<Instant> Alarm::wakes(const AlarmRule& rule) const {
  std::optional<Instant> earliest;
  if (failing_since_ && state_ != AlarmState::firing)
    take_earlier(earliest, *failing_since_ + rule.failing_for);
  if (unknown_since_ && state_ == AlarmState::pending)
    take_earlier(earliest, *unknown_since_ + rule.unknown_for);
  const bool fires = state_ == AlarmState::firing;
  if (!fires && state_ != AlarmState::unknown) return earliest;
  const Told wanted = fires ? Told::failing : Told::unknown;
  if (told_ >= wanted && rule.remind_every > Duration::zero())
    take_earlier(earliest, *last_told(told_) + reminding(rule));
  if (told_ < wanted) {
    Instant held{};
    if (failing_told_) held = std::max(held, *failing_told_ + rule.flap_hold);
    if (!fires && unknown_told_) held = std::max(held, *unknown_told_ + rule.flap_hold);
    take_earlier(earliest, held);
  }
  return earliest;
}

Alarm Alarm::told_before(Instant now) {
  Alarm alarm;
  alarm.state_ = AlarmState::firing;
  alarm.told_ = Told::failing;
  alarm.bad_since_ = alarm.failing_since_ = alarm.failing_told_ = now;
  return alarm;
}

Json Alarm::json() const {
  return {{"state", states.at(static_cast<std::size_t>(state_))},
          {"told", tellings.at(static_cast<std::size_t>(told_))},
          {"bad_since", instant_json(bad_since_)},
          {"failing_since", instant_json(failing_since_)},
          {"unknown_since", instant_json(unknown_since_)},
          {"failing_told", instant_json(failing_told_)},
          {"unknown_told", instant_json(unknown_told_)}};
}

Alarm Alarm::parse(const Json& json) {
  Alarm alarm;
  alarm.state_ = value_of<AlarmState>(states, text_at(json, "state"));
  alarm.told_ = value_of<Told>(tellings, text_at(json, "told"));
  alarm.bad_since_ = instant_at(json, "bad_since");
  alarm.failing_since_ = instant_at(json, "failing_since");
  alarm.unknown_since_ = instant_at(json, "unknown_since");
  alarm.failing_told_ = instant_at(json, "failing_told");
  alarm.unknown_told_ = instant_at(json, "unknown_told");
  // What contradicts itself would page for ever, or never.
  const bool is_told = alarm.told_ != Told::nothing;
  const bool knows_when = !is_told || alarm.last_told(alarm.told_).has_value();
  return (alarm.bad_since_.has_value() == (alarm.state_ != AlarmState::ok)) && knows_when &&
                 (!is_told || alarm.bad_since_)
             ? alarm
             : Alarm();
}

std::string_view alarm_state_text(AlarmState state) {
  return states.at(static_cast<std::size_t>(state));
}

}  // namespace ballast
