#include "schedule/standing.h"

#include <algorithm>

namespace ballast {

namespace {

bool is_over(const Slot& slot, const JobNote& note, const std::optional<Time>& done) {
  const bool was_done = done && *done >= slot.nominal;
  return slot.nominal < note.since || was_done;
}

}  // namespace

Standing standing_of(const Job& job, const JobNote& note, const std::optional<Time>& done,
                     Time now) {
  const Time next = next_due(job, now);
  const auto slot = newest_slot(job, now);
  if (!slot || is_over(*slot, note, done)) return {.due = {}, .attempt = 1, .next = next};
  const auto& tried = note.attempt;
  if (!tried || tried->slot != slot->nominal) return {.due = slot, .attempt = 1, .next = slot->due};
  if (tried->settled || tried->number >= most_attempts)
    return {.due = {}, .attempt = 1, .next = next};
  const Time again = tried->ended.value_or(tried->started) + time_to_next_attempt;
  const int attempt = tried->number + 1;
  if (again > now) return {.due = {}, .attempt = attempt, .next = std::min(again, next)};
  return {.due = slot, .attempt = attempt, .next = again};
}

}  // namespace ballast
