// What an installation, or its removal, would do: a pure function of what is wanted and what is
// there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "install/layout.h"
#include "install/observed.h"
#include "install/record.h"

namespace ballast {

enum class InstallPartKind { file, folder, group, user, service };
enum class InstallState { in_place, made, changed, removed, kept, refused, left_out, failed };

struct InstallPart {
  InstallPartKind kind = InstallPartKind::file;
  std::string name;  // a path, a user, a group, a unit
  InstallState state = InstallState::in_place;
  std::string note;
  std::string hint;      // what a person has to do
  bool trouble = false;  // it is not as it should be

  // What brings it about.
  std::string before;  // text of a file as it is
  std::string text;    // as it will be
  unsigned mode = 0;
  std::vector<std::vector<std::string>> commands;  // in this order

  bool changes() const {
    return state == InstallState::made || state == InstallState::changed ||
           state == InstallState::removed;
  }
};

struct InstallPlan {
  std::vector<InstallPart> parts;  // in the order in which they are done
  std::vector<std::string> notes;  // what is left to a person
  std::optional<Starter> starter;
};

std::string_view part_kind_name(InstallPartKind kind);
std::string_view part_state_name(InstallState state);

// Whether it stops everything: another hand's file stands where Ballast's own has to be.
bool is_refused(const InstallPlan& plan);

Starter chosen_starter(std::optional<Starter> wanted, const ObservedServer& observed);
// Why the deploy user that is here cannot be the gate's; nothing: it can, or it is not here.
std::vector<std::string> unfit_because(const ObservedServer& observed);

InstallPlan plan_install(const InstallLayout& layout, const ObservedServer& observed);
InstallPlan plan_uninstall(const ObservedServer& observed);

}  // namespace ballast
