// A break-glass session as it is kept: who, why, until when, and what is still to do about it.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace ballast {

// Somebody who logged in, by what the kernel says.
struct Person {
  std::string name;
  unsigned user = 0;
  bool from_kernel = false;  // false: nobody logged in (cron, a service)
};

// What is to be done once a session is closed.
struct FollowUp {
  std::string name;  // pull-request, review, ci-deploy, notes
  std::string link;  // where it was done
  std::string by;
  std::optional<Time> done;
};

struct BreakGlass {
  std::string id;  // 20261125T022707Z-3f9a
  std::string stack;
  std::string project;  // Compose's
  std::string reason;
  std::string ticket;  // a link; empty: none
  Person opened_by;
  Time opened{};
  Duration length{};
  Duration keep{};  // its records, once it is closed
  bool needs_approval = false;
  std::optional<Person> approved_by;
  std::optional<Time> approved;
  std::optional<Time> closed;
  std::string closed_by;
  std::optional<bool> changed;  // whether it left something changed; nullopt: unknown
  std::vector<FollowUp> follow_ups;

  // The clock starts when it may be used.
  Time until() const { return approved.value_or(opened) + length; }
  bool awaits_approval() const { return needs_approval && !approved; }
  bool is_over(Time now) const { return closed || now >= until(); }
  // "awaiting-approval", "open", "expired" (nobody has closed it yet), "closed"
  std::string_view state(Time now) const;
  bool is_done() const;  // closed, and nothing is left to do
};

// A program that ran in a session, beside its recording.
struct Recording {
  int number = 0;
  std::string place;              // a service of the stack, or "host"
  std::string container;          // id; empty: on the host
  std::vector<std::string> argv;  // secrets masked
  Person by;
  Time began{};
  std::optional<Time> ended;
  std::optional<int> status;  // nullopt: not known, or not ended
  std::string ending;         // itself, time-up, interrupted, hung-up, lost, failed
  std::string sha256;         // of the recording
  long long process = 0;      // of Ballast that records it
  std::string boot;
};

Json break_glass_json(const BreakGlass& session);
Json recording_json(const Recording& recording);
// nullopt when it is none.
std::optional<BreakGlass> parse_break_glass(std::string_view text);
std::optional<Recording> parse_recording(std::string_view text);

// "001.cast", "001.json"
std::string recording_file(int number, std::string_view kind);

}  // namespace ballast
