#include "notify/after_operation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/kept_alert.h"
#include "notify/announce.h"
#include "notify/delivery.h"

namespace ballast {

namespace {

constexpr Duration day = std::chrono::hours(24);
constexpr unsigned private_file = 0600;
constexpr unsigned private_folder = 0700;

struct Trouble {
  std::string_view command;
  int status;
  std::string_view rule;
  std::string_view title;
  Severity severity;
  bool only_unwatched = false;  // who typed it sees it
};

// By command and exit status; the first that fits.
constexpr auto troubles = std::to_array<Trouble>({
    {"backup", 1, "backup-failed", "Backup Failed", Severity::warn},
    {"backup", 2, "backup-failed", "Backup Failed", Severity::warn, true},
    {"backup", 3, "backup-failed", "Backup Failed", Severity::warn},
    {"backup", 6, "backup-failed", "Backup Failed", Severity::warn, true},
    {"backup", 7, "backup-failed", "Backup Incomplete", Severity::warn},
    {"backup", 8, "backup-failed", "Backup Damaged", Severity::warn},
    {"deploy", 1, "deploy-failed", "Deploy Failed", Severity::warn},
    {"deploy", 4, "deploy-failed", "Deploy Failed And Rolled Back", Severity::warn},
    {"deploy", 5, "rollback-failed", "Rollback Failed", Severity::page},
    {"drill", 1, "drill-failed", "Drill Failed", Severity::warn},
    {"drill", 2, "drill-failed", "Drill Failed", Severity::warn, true},
    {"drill", 3, "drill-failed", "Drill Failed", Severity::warn, true},
    {"drill", 6, "drill-failed", "Drill Failed", Severity::warn, true},
    {"drill", 8, "drill-failed", "Drill Failed", Severity::warn},
    {"recover", 5, "rollback-failed", "Recovery Failed", Severity::page},
    {"restore", 5, "rollback-failed", "Restore Failed", Severity::page},
    {"rollback", 4, "rollback-failed", "Rollback Failed", Severity::warn},
    {"rollback", 5, "rollback-failed", "Rollback Failed", Severity::page},
});

constexpr auto deploys = std::to_array<std::string_view>({"deploy-failed", "rollback-failed"});

std::string text_of(const Ended& ended) {
  std::string text =
      ended.message.empty() ? fmt::format("exit status {}", ended.status) : ended.message;
  std::string who = ended.tag.empty() ? "" : " " + ended.tag;
  if (!ended.operator_name.empty()) who += " by " + ended.operator_name;
  return fmt::format("{} {}{}: {}", ended.command, ended.stack, who, text);
}

std::string open_folder(const Paths& paths) { return notify_folder(paths) + "/open"; }

std::optional<Message> read_open(Disk& disk, const std::string& path) {
  const auto text = disk.read(path);
  return text ? kept_message(parse_json(*text).value_or(Json())) : std::nullopt;
}

// The alert that a command raised, until a command puts an end to it.
class OpenAlert {
 public:
  OpenAlert(Disk& disk, const Paths& paths, const std::string& stack, std::string_view rule)
      : disk_(disk),
        folder_(open_folder(paths)),
        path_(fmt::format("{}/{}.{}.json", folder_, stack, rule)) {}

  std::optional<Message> read() { return read_open(disk_, path_); }
  void keep(const Message& message) {
    disk_.make_directories(folder_, private_folder);
    disk_.replace(path_, json_text(message_json(message)) + "\n", private_file);
  }
  void forget() { disk_.remove(path_); }

 private:
  Disk& disk_;
  std::string folder_;
  std::string path_;
};

void raise(Host& host, const Paths& paths, Notifier& notifier, Alert alert) {
  OpenAlert open(host.disk, paths, alert.stack, alert.rule);
  const auto before = open.read();
  alert.since = before ? before->lead().since : host.clock.now();
  Message message;
  message.lasts = day;
  message.alerts.push_back(std::move(alert));
  open.keep(notifier.put(std::move(message)));
}

void resolve(Host& host, const Paths& paths, Notifier& notifier, const Ended& ended,
             std::string_view rule) {
  OpenAlert open(host.disk, paths, ended.stack, rule);
  const auto before = open.read();
  if (!before) return open.forget();
  Message message;
  message.group = before->group;
  message.closes = true;
  message.at_least = before->severity();
  Alert alert = before->lead();
  alert.news = News::resolved;
  alert.until = host.clock.now();
  alert.text = fmt::format("{} {} went well", ended.command, ended.stack);
  message.alerts.push_back(std::move(alert));
  notifier.put(std::move(message));
  open.forget();
}

bool daemon_watches(Host& host, const Paths& paths) {
  return host.locks.held(watch_lock(paths)).has_value();
}

std::vector<std::string> tell(Host& host, const Paths& paths, const Ended& ended) {
  Notifier notifier(host, paths);
  if (!notifier.is_set_up() || daemon_watches(host, paths)) return {};
  if (auto alert = alert_of(ended)) raise(host, paths, notifier, *std::move(alert));
  for (const std::string_view rule : resolved_by(ended))
    resolve(host, paths, notifier, ended, rule);
  return deliver_once(notifier);
}

}  // namespace

std::optional<Alert> alert_of(const Ended& ended) {
  const auto found = std::ranges::find_if(troubles, [&](const Trouble& trouble) {
    return trouble.command == ended.command && trouble.status == ended.status;
  });
  if (found == troubles.end() || (found->only_unwatched && ended.watched)) return std::nullopt;
  return Alert{.rule = std::string(found->rule),
               .stack = ended.stack,
               .subject = {},
               .title = std::string(found->title),
               .news = News::firing,
               .unknown = false,
               .severity = found->severity,
               .text = text_of(ended),
               .hint = ended.hint,
               .since = {},
               .until = {}};
}

std::vector<std::string_view> resolved_by(const Ended& ended) {
  if (ended.status != 0 || ended.stack.empty()) return {};
  const std::string& command = ended.command;
  if (command == "backup") return {"backup-failed"};
  if (command == "drill") return {"drill-failed"};
  if (command == "restore") return {"rollback-failed"};
  if (command == "adopt" || command == "deploy" || command == "rollback")
    return {deploys.begin(), deploys.end()};
  return {};
}

std::vector<Message> open_alerts(Disk& disk, const Paths& paths) {
  const std::string folder = open_folder(paths);
  std::vector<Message> messages;
  for (const std::string& name : disk.list(folder))
    if (auto message = read_open(disk, folder + "/" + name))
      messages.push_back(*std::move(message));
  return messages;
}

void forget_open_alerts(Disk& disk, const Paths& paths) {
  const std::string folder = open_folder(paths);
  for (const std::string& name : disk.list(folder)) disk.remove(folder + "/" + name);
}

void keep_open_alert(Disk& disk, const Paths& paths, const Message& message) {
  OpenAlert(disk, paths, message.lead().stack, message.lead().rule).keep(message);
}

void forget_open_alert(Disk& disk, const Paths& paths, const Message& message) {
  OpenAlert(disk, paths, message.lead().stack, message.lead().rule).forget();
}

std::vector<std::string> tell_after(Host& host, const Paths& paths, const Ended& ended) {
  try {
    return tell(host, paths, ended);
  } catch (const Error& error) {
    return {"no notification was sent: " + error.message()};
  } catch (const std::exception& exception) {
    return {fmt::format("no notification was sent: {}", exception.what())};
  }
}

}  // namespace ballast
