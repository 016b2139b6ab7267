#include "install/plan_files.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr unsigned writable_by_others = 0022;

std::string mode_text(unsigned mode) { return fmt::format("{:04o}", mode); }

// `.before-ballast` has a dot, so that cron and sudo do not read it there.
std::string move_away(const std::string& path) {
  const std::string place = shell_quoted(path);
  return fmt::format("`mv {0} {0}.before-ballast`, then `ballast install`", place);
}

std::string type_text(FileType type) {
  if (type == FileType::symlink) return "a symlink";
  return type == FileType::directory ? "a folder" : "neither a file nor a folder";
}

bool has_ownership(const FoundEntry& found, unsigned user, unsigned mode) {
  return found.info.type == FileType::regular && found.info.owner == user &&
         found.info.mode == mode;
}

InstallPart make(InstallPart part, InstallState state, std::string note) {
  part.state = state;
  part.note = std::move(note);
  return part;
}

InstallPart in_trouble(InstallPart part, InstallState state, std::string note, std::string hint) {
  part = make(std::move(part), state, std::move(note));
  part.hint = std::move(hint);
  part.trouble = true;
  return part;
}

InstallPart of_another_hand(InstallPart part, const WantedFile& wanted, const FoundEntry& found) {
  if (wanted.hand == Hand::person) return make(std::move(part), InstallState::kept, "it was here");
  const std::string what = found.info.type == FileType::regular
                               ? "not written by Ballast"
                               : type_text(found.info.type) + ", not made by Ballast";
  const bool stays = wanted.hand == Hand::old_name;
  return in_trouble(std::move(part), stays ? InstallState::kept : InstallState::refused, what,
                    (stays ? "to have Ballast's in its place: " : "") + move_away(wanted.path));
}

InstallPart changed_by_a_person(InstallPart part, const WantedFile& wanted,
                                const FoundEntry& found) {
  if (wanted.hand == Hand::person)
    return make(std::move(part), InstallState::kept, "as you have it");
  const bool mode_alone = sha256_hex(found.text) == sha256_hex(part.text);
  return in_trouble(std::move(part), InstallState::kept,
                    mode_alone ? fmt::format("its owner or mode was changed since ({})",
                                             mode_text(found.info.mode))
                               : "changed since by a person",
                    "to have Ballast's again: " + move_away(wanted.path));
}

InstallPart plan_existing_file(InstallPart part, const WantedFile& wanted, const FoundEntry& found,
                               const ObservedServer& observed) {
  const RecordedFile* recorded = observed.record.file(wanted.path);
  if (found.text == wanted.text && has_ownership(found, observed.user, wanted.mode))
    return make(std::move(part), InstallState::in_place, "");
  if (recorded == nullptr) return of_another_hand(std::move(part), wanted, found);
  if (!is_unchanged(*recorded, found, observed.user))
    return changed_by_a_person(std::move(part), wanted, found);
  return make(std::move(part), InstallState::changed, "");
}

// Root runs what stands there.
void note_open_place(InstallPart& part, const ObservedServer& observed) {
  const auto open = observed.open_places.find(part.name);
  if (open == observed.open_places.end() || part.state == InstallState::refused) return;
  const std::string folder = shell_quoted(open->second);
  part.note += fmt::format("{}others can replace it: {} is not root's alone",
                           part.note.empty() ? "" : "; ", open->second);
  if (part.hint.empty()) part.hint = fmt::format("`chown root:root {0} && chmod go-w {0}`", folder);
  part.trouble = true;
}

std::string folder_trouble(const WantedFolder& wanted, const FoundEntry& found, unsigned user) {
  if (found.info.owner != user) return "its owner is not root";
  if ((found.info.mode & writable_by_others) != 0)
    return fmt::format("others can write there ({})", mode_text(found.info.mode));
  if ((wanted.mode & 0007) == 0 && (found.info.mode & 0007) != 0)
    return fmt::format("others can read there ({})", mode_text(found.info.mode));
  return {};
}

}  // namespace

bool is_unchanged(const RecordedFile& recorded, const FoundEntry& found, unsigned user) {
  if (found.info.type != FileType::regular || found.info.owner != user) return false;
  const std::string digest = sha256_hex(found.text);
  if (!recorded.writing.empty() && digest == recorded.writing) return true;
  return digest == recorded.sha256 && found.info.mode == recorded.mode;
}

InstallPart plan_folder(const WantedFolder& wanted, const ObservedServer& observed) {
  InstallPart part{.kind = InstallPartKind::folder, .name = wanted.path, .mode = wanted.mode};
  const FoundEntry* found = observed.entry(wanted.path);
  if (found == nullptr) return make(std::move(part), InstallState::made, mode_text(wanted.mode));
  if (found->info.type != FileType::directory)
    return in_trouble(std::move(part), InstallState::refused,
                      found->info.type == FileType::regular ? "a file, and not a folder"
                                                            : type_text(found->info.type),
                      move_away(wanted.path));
  const std::string trouble =
      wanted.ours ? folder_trouble(wanted, *found, observed.user) : std::string();
  if (trouble.empty()) return part;
  const std::string place = shell_quoted(wanted.path);
  return in_trouble(
      std::move(part), InstallState::kept, trouble,
      fmt::format("`chown root:root {0} && chmod {1} {0}`", place, mode_text(wanted.mode)));
}

InstallPart plan_file(const WantedFile& wanted, const ObservedServer& observed) {
  InstallPart part{
      .kind = InstallPartKind::file, .name = wanted.path, .text = wanted.text, .mode = wanted.mode};
  const FoundEntry* found = observed.entry(wanted.path);
  if (found == nullptr) {
    part = make(std::move(part), InstallState::made, "");
  } else {
    part.before = found->text;
    part = plan_existing_file(std::move(part), wanted, *found, observed);
  }
  note_open_place(part, observed);
  return part;
}

InstallPart plan_file_removal(const RecordedFile& recorded, const ObservedServer& observed,
                              bool yours) {
  InstallPart part{.kind = InstallPartKind::file, .name = recorded.path};
  const FoundEntry* found = observed.entry(recorded.path);
  if (found == nullptr) return make(std::move(part), InstallState::removed, "it was gone");
  part.before = found->text;
  if (is_unchanged(recorded, *found, observed.user))
    return make(std::move(part), InstallState::removed, "");
  if (yours) return make(std::move(part), InstallState::kept, "as you have it");
  return in_trouble(std::move(part), InstallState::kept, "changed since by a person",
                    fmt::format("when nobody needs it: `rm {}`", shell_quoted(recorded.path)));
}

}  // namespace ballast
