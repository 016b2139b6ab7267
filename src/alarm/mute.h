// Why an alert is not told for now: a person silenced it, an operation of our own causes it, or
// another alert that is known already does.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alarm/alarm.h"
#include "base/json.h"
#include "base/time.h"

namespace ballast {

// Whose alert it is.
struct AlertName {
  std::string rule;
  std::string stack;  // empty: the server itself
  std::string subject;
};

// By wall time: a person said until when, and it must hold over a reboot.
struct AlertSilence {
  std::string stack;  // empty: every stack, and the server
  std::string rule;   // empty: every alert
  Time from{};
  Time until{};
  std::string reason;
  std::string operator_name;
  std::string id;  // 3f9a0c1e: by which it is ended early

  // Not before it began: a clock that was set back does not stretch it.
  bool is_in_force(Time now) const { return from <= now && now < until; }
  bool covers(const AlertName& alert, Time now) const;
};

// An operation of Ballast that is under way.
struct OwnWork {
  std::string kind;  // "deploy"
  std::string stack;
  Duration running{};   // so far
  Duration may_last{};  // then it hides nothing any more
};

// Which alerts an operation of this kind causes by itself; empty for those that nobody notices.
std::vector<std::string_view> caused_by(std::string_view kind);
// How long one may last and still explain what it causes; zero for those that nobody notices.
Duration longest_of(std::string_view kind);
bool is_caused(const AlertName& alert, const OwnWork& work);

// Whether `cause`, which is firing and told, explains `alert`: a stopped database the failing
// health check of its stack, a dead engine all of them.
bool explains(const AlertName& cause, const AlertName& alert);

// An order of rules: causes before what they explain.
bool explains_more(std::string_view left, std::string_view right);

// The strongest reason. `causes` are the alerts that are firing and told.
Mute mute_of(const AlertName& alert, std::span<const AlertSilence> silences,
             std::span<const OwnWork> works, std::span<const AlertName> causes, Time now);

Json silence_json(const AlertSilence& silence);
AlertSilence parse_silence(const Json& json);

}  // namespace ballast
