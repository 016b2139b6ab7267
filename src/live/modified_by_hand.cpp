#include "live/modified_by_hand.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr const char* fact_name = "modified-by-hand";

std::optional<ReleaseRecord> newest_good(const Journal& journal, const std::string& stack) {
  const auto good = journal.releases(stack, "good");
  return good.empty() ? std::nullopt : std::optional(good.front());
}

Json null_when_empty(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string ModifiedByHand::text() const {
  std::string text = "since " + iso_local(since);
  if (!reason.empty()) text += ": " + reason;
  return text;
}

std::optional<ModifiedByHand> modified_by_hand(const Journal& journal, const std::string& stack) {
  const auto fact = journal.fact(stack, fact_name);
  if (!fact || !fact->value.is_object()) return std::nullopt;
  const ModifiedByHand modified{
      .since = parse_time(text_at(fact->value, "since")).value_or(fact->at),
      .session = text_at(fact->value, "session"),
      .reason = text_at(fact->value, "reason"),
      .release = text_at(fact->value, "release")};
  const auto good = newest_good(journal, stack);
  const bool is_over = good && good->id != modified.release && good->at >= modified.since;
  return is_over ? std::nullopt : std::optional(modified);
}

void note_modified_by_hand(Journal& journal, const std::string& stack, ModifiedByHand modified) {
  if (const auto good = newest_good(journal, stack)) modified.release = good->id;
  journal.set_fact(stack, fact_name, modified_json(modified), modified.since);
}

Json modified_json(const std::optional<ModifiedByHand>& modified) {
  if (!modified) return nullptr;
  return {{"since", iso_local(modified->since)},
          {"session", null_when_empty(modified->session)},
          {"reason", modified->reason},
          {"release", null_when_empty(modified->release)}};
}

}  // namespace ballast
