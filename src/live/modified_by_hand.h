// A release that somebody changed by hand: noted by whoever closes a session or finds the change,
// in force until a later release is good.
#pragma once

#include <optional>
#include <string>

#include "journal/journal.h"

namespace ballast {

struct ModifiedByHand {
  Time since{};
  std::string session;  // id; empty: outside of any
  std::string reason;   // "files of web were changed"
  std::string release;  // id of the record of the release that ran; empty: none was recorded

  std::string text() const;  // "since 2026-11-25T11:27:07+09:00: files of web were changed"
};

// What is in force; nullopt: the release is as it was proved.
std::optional<ModifiedByHand> modified_by_hand(const Journal& journal, const std::string& stack);

// Of the release that runs now, from now on. `release` is filled in.
void note_modified_by_hand(Journal& journal, const std::string& stack, ModifiedByHand modified);

Json modified_json(const std::optional<ModifiedByHand>& modified);  // null: it is not

}  // namespace ballast
