#include "install/layout.h"

#include <algorithm>

#include "base/embedded.h"
#include "base/error.h"

namespace ballast {

std::span<const EmbeddedFile> packaged_files();

namespace {

std::string packaged(std::string_view name) {
  const auto files = packaged_files();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  if (found == files.end()) throw Error(Kind::failed, "not packaged: " + std::string(name));
  return std::string(found->text);
}

void add(InstallLayout& layout, std::string_view path, std::string_view name, unsigned mode = 0644,
         Hand hand = Hand::ballast) {
  layout.files.push_back(
      {.path = std::string(path), .text = packaged(name), .mode = mode, .hand = hand});
}

void add_unit(InstallLayout& layout, const std::string& unit) {
  add(layout, "/etc/systemd/system/" + unit, "systemd/" + unit);
}

void add_starter(InstallLayout& layout, const LayoutTraits& traits) {
  if (layout.starter == Starter::cron) return add(layout, cron_file, "templates/cron");
  if (traits.packaged_units) return;
  add_unit(layout, layout.unit);
  if (layout.starter == Starter::timers) add_unit(layout, "ballast-schedule.service");
}

void add_gate(InstallLayout& layout, const LayoutTraits& traits) {
  add(layout, "/etc/ballast/access.yaml", "templates/access.yaml", 0644, Hand::person);
  layout.folders.push_back({.path = "/etc/ballast/authorized_keys", .mode = 0755});
  add(layout, deploy_keys, "templates/authorized-keys", 0644, Hand::person);
  if (!traits.gate) return;
  if (traits.sshd) add(layout, sshd_file, "templates/sshd-ballast.conf");
  if (traits.sudo) add(layout, sudoers_file, "templates/sudoers-ballast-gate", 0440);
}

void add_old_names(InstallLayout& layout) {
  add(layout, "/usr/local/bin/deploy_odoo18.sh", "wrappers/deploy_odoo18.sh", 0755, Hand::old_name);
  for (const char* name : {"backup-odoo18.sh", "deploy.sh"})
    add(layout, std::string("/srv/scripts/") + name, std::string("wrappers/") + name, 0755,
        Hand::old_name);
}

bool has_folder(const InstallLayout& layout, const std::string& path) {
  return std::ranges::find(layout.folders, path, &WantedFolder::path) != layout.folders.end();
}

void add_parents(InstallLayout& layout, const std::string& path) {
  const std::string parent = path.substr(0, path.rfind('/'));
  if (parent.empty() || has_folder(layout, parent)) return;
  layout.folders.push_back({.path = parent, .mode = 0755, .ours = false});
  add_parents(layout, parent);
}

}  // namespace

std::string unit_of(Starter starter) {
  if (starter == Starter::cron) return {};
  return starter == Starter::daemon ? "ballast.service" : "ballast-schedule.timer";
}

InstallLayout layout_of(Starter starter, const LayoutTraits& traits) {
  InstallLayout layout{.starter = starter,
                       .folders = {{.path = "/etc/ballast", .mode = 0755},
                                   {.path = "/srv/backups", .mode = 0700},
                                   {.path = "/srv/deployments", .mode = 0755},
                                   {.path = "/srv/deployments/last_good_sha", .mode = 0755},
                                   {.path = "/srv/scripts", .mode = 0755},
                                   {.path = "/srv/stacks", .mode = 0755},
                                   {.path = "/var/lib/ballast", .mode = 0700},
                                   {.path = "/var/log/ballast", .mode = 0750}},
                       .files = {},
                       .unit = unit_of(starter)};
  add_gate(layout, traits);
  add(layout, "/etc/logrotate.d/ballast", "templates/logrotate");
  add_starter(layout, traits);
  add_old_names(layout);
  for (const WantedFile& file : layout.files) add_parents(layout, file.path);
  for (std::size_t index = 0; index < layout.folders.size(); ++index)
    add_parents(layout, std::string(layout.folders[index].path));
  std::ranges::sort(layout.files, {}, &WantedFile::path);
  std::ranges::sort(layout.folders, {}, &WantedFolder::path);
  return layout;
}

}  // namespace ballast
