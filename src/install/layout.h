// What an installed server has, as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "install/record.h"

namespace ballast {

inline constexpr std::string_view deploy_user = "deploy";
inline constexpr std::string_view group_of_gate = "ballast-gate";
inline constexpr std::string_view deploy_keys = "/etc/ballast/authorized_keys/deploy";
inline constexpr std::string_view sudoers_file = "/etc/sudoers.d/ballast-gate";
inline constexpr std::string_view sshd_file = "/etc/ssh/sshd_config.d/ballast.conf";
inline constexpr std::string_view cron_file = "/etc/cron.d/odoo18-backup";

enum class Hand {
  ballast,   // its content is Ballast's, and another hand's in its place stops the installation
  old_name,  // a script that may be there already, and then stays
  person,    // written once, for a person to fill in
};

struct WantedFile {
  std::string path;
  std::string text;
  unsigned mode = 0644;
  Hand hand = Hand::ballast;
};

struct WantedFolder {
  std::string path;
  unsigned mode = 0755;
  bool ours = true;  // else only what it takes to hold a file
};

struct InstallLayout {
  Starter starter = Starter::daemon;
  std::vector<WantedFolder> folders;  // those above first
  std::vector<WantedFile> files;
  std::string unit;  // of systemd, to be enabled; empty: none
};

// What of it there is room for.
struct LayoutTraits {
  bool packaged_units = false;  // the Debian package brought them
  bool gate = true;             // the deploy user can be had
  bool sudo = true;
  bool sshd = true;
};

InstallLayout layout_of(Starter starter, const LayoutTraits& traits);

// The unit of each starter; empty for cron.
std::string unit_of(Starter starter);

}  // namespace ballast
