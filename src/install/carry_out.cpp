#include "install/carry_out.h"

#include <fmt/format.h>

#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "host/guarded_file.h"
#include "install/proof.h"
#include "install/system_command.h"

namespace ballast {

namespace {

constexpr unsigned record_mode = 0600;
constexpr Duration command_deadline = std::chrono::minutes(3);  // systemd gives a start 90 s

void fail(InstallPart& part, std::string note, std::string hint) {
  part.state = InstallState::failed;
  part.note = std::move(note);
  part.hint = std::move(hint);
  part.trouble = true;
}

void note_file(InstallRecord& record, const InstallPart& part, const RecordedFile* before) {
  RecordedFile file{
      .path = part.name, .mode = part.mode, .sha256 = sha256_hex(part.text), .writing = {}};
  if (part.changes()) {
    file.writing = std::exchange(file.sha256, before == nullptr ? "" : before->sha256);
    if (before != nullptr) file.mode = before->mode;
  }
  record.put(std::move(file));
}

bool will_be(const InstallPart& part, InstallPartKind kind) {
  return part.kind == kind && part.state == InstallState::made;
}

// What the server has of Ballast's from now on, whether the run comes to its end or not.
InstallRecord intended(const InstallRecord& before, const InstallPlan& plan) {
  InstallRecord record = before;
  if (plan.starter) record.starter = plan.starter;
  for (const InstallPart& part : plan.parts) {
    const bool file = part.kind == InstallPartKind::file && !part.text.empty();
    if (file && (part.changes() || part.state == InstallState::in_place))
      note_file(record, part, before.file(part.name));
    if (will_be(part, InstallPartKind::folder)) put_name(record.folders, part.name);
    if (will_be(part, InstallPartKind::group)) put_name(record.groups, part.name);
    if (will_be(part, InstallPartKind::user)) put_name(record.users, part.name);
    if (will_be(part, InstallPartKind::service)) put_name(record.services, part.name);
  }
  return record;
}

// One that could not be made may be made by another hand, and is not ours then; a service that did
// not start was enabled all the same.
void settle_name(std::vector<std::string>& names, const std::vector<std::string>& before,
                 const InstallPart& part) {
  const bool not_made = part.state == InstallState::failed &&
                        part.kind != InstallPartKind::service && !holds(before, part.name);
  if (part.state == InstallState::removed || not_made) std::erase(names, part.name);
}

void settle_file(InstallRecord& record, const InstallPart& part, const InstallRecord& before) {
  if (part.state == InstallState::made || part.state == InstallState::changed)
    record.put(
        {.path = part.name, .mode = part.mode, .sha256 = sha256_hex(part.text), .writing = {}});
  if (part.state == InstallState::removed || part.state == InstallState::failed)
    record.forget(part.name);
  const RecordedFile* old = before.file(part.name);
  if (part.state == InstallState::failed && old != nullptr) record.put(*old);
}

void settle(InstallRecord& record, const InstallPart& part, const InstallRecord& before) {
  switch (part.kind) {
    case InstallPartKind::file: return settle_file(record, part, before);
    case InstallPartKind::folder: return settle_name(record.folders, before.folders, part);
    case InstallPartKind::group: return settle_name(record.groups, before.groups, part);
    case InstallPartKind::user: return settle_name(record.users, before.users, part);
    case InstallPartKind::service: return settle_name(record.services, before.services, part);
  }
}

class Doing {
 public:
  Doing(Processes& processes, const Paths& paths, const ObservedServer& observed)
      : processes_(processes), paths_(paths), observed_(observed) {}

  void run(InstallPlan& plan) {
    InstallRecord record = intended(observed_.record, plan);
    if (plan.starter) {
      make_room_for_the_record(plan);
      write(record);
    }
    for (InstallPart& part : plan.parts) {
      if (part.changes()) carry(part);
      settle(record, part, observed_.record);
    }
    if (plan.starter) return write(record);
    finish_removal(std::move(record), plan);
  }

 private:
  Ownership ownership(unsigned mode) const {
    return {.mode = mode, .owner = observed_.user, .group = observed_.group};
  }

  bool holds_the_record(const InstallPart& part) const {
    return part.kind == InstallPartKind::folder &&
           installed_path(paths_).starts_with(paths_.at(part.name) + "/");
  }

  void make_room_for_the_record(const InstallPlan& plan) const {
    for (const InstallPart& part : plan.parts)
      if (will_be(part, InstallPartKind::folder) && holds_the_record(part))
        guarded_make_folder(paths_.at(part.name), ownership(part.mode));
  }

  void write(const InstallRecord& record) const {
    guarded_replace(installed_path(paths_), record_text(record), ownership(record_mode));
  }

  // A file that a person was to change is that person's from now on.
  void finish_removal(InstallRecord record, InstallPlan& plan) {
    for (const InstallPart& part : plan.parts)
      if (part.kind == InstallPartKind::file && part.state == InstallState::kept && !part.trouble)
        record.forget(part.name);
    const bool done = record.files.empty() && record.groups.empty() && record.users.empty() &&
                      record.services.empty();
    if (!done) return write(record);
    guarded_remove(installed_path(paths_));
    for (InstallPart& part : plan.parts)
      if (holds_the_record(part)) carry(part);
  }

  void carry(InstallPart& part) {
    if (part.kind == InstallPartKind::folder) return carry_folder(part);
    if (part.kind == InstallPartKind::file) return carry_file(part);
    for (const auto& command : part.commands)
      if (!run_command(part, command)) return;
  }

  void carry_folder(InstallPart& part) const {
    const std::string path = paths_.at(part.name);
    if (part.state == InstallState::made) return guarded_make_folder(path, ownership(part.mode));
    part.state = guarded_remove_folder(path) ? InstallState::removed : InstallState::kept;
    part.note = part.state == InstallState::kept ? "not empty" : "";
  }

  void carry_file(InstallPart& part) {
    const std::string path = paths_.at(part.name);
    if (part.state == InstallState::removed) return guarded_remove(path);
    FileProof proof(processes_, part);
    const auto wrong = observed_.machine ? proof.before() : std::nullopt;
    if (wrong) return fail(part, *wrong, "it was not put in place");
    guarded_replace(path, part.text, ownership(part.mode));
    if (!observed_.machine) return;
    if (const auto refused = proof.after()) {
      put_back(part, path);
      return fail(part, *refused, "it was taken back: mend that, then `ballast install`");
    }
    if (!proof.unknown().empty()) part.note = proof.unknown();
  }

  void put_back(const InstallPart& part, const std::string& path) const {
    const FoundEntry* before = observed_.entry(part.name);
    if (before == nullptr) return guarded_remove(path);
    guarded_replace(path, before->text, ownership(before->info.mode));
  }

  bool run_command(InstallPart& part, const std::vector<std::string>& argv) {
    const Outcome outcome = processes_.run(system_command(argv, command_deadline));
    if (outcome.ok()) return true;
    fail(part, failure_text(outcome),
         part.kind == InstallPartKind::service
             ? fmt::format("see `systemctl status {0}` and `journalctl -u {0}`", part.name)
             : fmt::format("by hand: `{}`", shell_quoted(argv)));
    return false;
  }

  Processes& processes_;
  const Paths& paths_;
  const ObservedServer& observed_;
};

}  // namespace

void carry_out(Processes& processes, const Paths& paths, const ObservedServer& observed,
               InstallPlan& plan) {
  Doing(processes, paths, observed).run(plan);
}

}  // namespace ballast
