// What a person is told: one message of one cause, and the alerts in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "model/severity.h"

namespace ballast {

enum class News { firing, reminder, resolved };

// One question that was answered badly, or well again.
struct Alert {
  std::string rule;     // "disk-full"; with stack and subject it is the alert's identity
  std::string stack;    // empty: the server itself
  std::string subject;  // "/srv", "ten_a"; may be empty
  std::string title;    // "Disk Full"
  News news = News::firing;
  bool unknown = false;  // it could not be asked, which is not the same as a bad answer
  Severity severity = Severity::warn;
  std::string text;           // "91 % used, 3.2 GB free"
  std::string hint;           // what to do, with the command
  Time since{};               // when it began
  std::optional<Time> until;  // of a resolved one

  std::string key() const;   // "shop/disk-full//srv": stack, rule, subject
  std::string name() const;  // "Disk Full: shop /srv"
};

struct Message {
  std::string id;       // 20261125T022707Z-3f9a; the same id is one message, however often
  std::string host;     // where it is from
  std::string group;    // the key under which a service that has incidents keeps one
  bool closes = false;  // resolved, and nothing of its group is firing any more
  // The highest that anything of its group had: who was told that it began hears of its end.
  Severity at_least = Severity::info;
  Time at{};                           // when it was made
  std::vector<Alert> alerts;           // the cause first; never empty
  std::vector<std::string> explained;  // what else fails, and is explained by the cause
  std::string change;                  // what was changed last, and the command that takes it back
  std::optional<Duration> lasts;       // of an event that nothing will tell to be over
  std::string audit_head;              // of the audit chain when it was made; empty: not known

  const Alert& lead() const { return alerts.front(); }
  Severity severity() const;  // the highest of them and of the group
  bool firing() const;        // any of them
  std::string title() const;  // "Disk Full: shop /srv, and 2 more"
};

std::string_view news_text(News news);  // "firing", "reminder", "resolved"

Json alert_json(const Alert& alert);
Json message_json(const Message& message);
// Error(failed) when it is none; `path` is for its text.
Message parse_message(const std::string& path, const Json& json);

}  // namespace ballast
