#include <array>

#include "check/checks.h"

namespace ballast {

namespace {

constexpr unsigned host_gate = static_cast<unsigned>(Moment::host_gate);
constexpr unsigned image_gate = static_cast<unsigned>(Moment::image_gate);
constexpr unsigned files_gate = static_cast<unsigned>(Moment::files_gate);
constexpr unsigned running =
    static_cast<unsigned>(Moment::candidate) | static_cast<unsigned>(Moment::live);

// Cheap enough to be asked every few seconds, and never of a thing that cannot change by itself.
constexpr unsigned watched = running | static_cast<unsigned>(Moment::watch);

constexpr bool any_preset = false;
constexpr bool odoo = true;
constexpr bool overridable = true;
constexpr bool firm = false;
constexpr bool generic_only = true;

constexpr std::array table{
    Check{"addons", "required addons", image_gate, odoo, overridable, checks::addons},
    Check{"addons-served", "addons that are served", running, odoo, firm, checks::addons_served},
    Check{"compose-valid", "compose file", host_gate, any_preset, firm, checks::compose_valid},
    Check{"container-health", "health in the container", watched, any_preset, firm,
          checks::container_health},
    Check{"container-running", "running container", running, any_preset, firm,
          checks::container_running},
    Check{"data-volumes", "places of data", image_gate, any_preset, overridable,
          checks::data_volumes},
    Check{"disk-space", "disk space", host_gate, any_preset, overridable, checks::disk_space},
    Check{"engine", "docker engine", host_gate, any_preset, firm, checks::engine},
    Check{"files-by-hand", "changes by hand", files_gate, any_preset, firm, checks::files_by_hand},
    Check{"files-label", "stack of the image", files_gate, any_preset, firm, checks::files_label},
    Check{"files-policy", "policy of the image", files_gate, any_preset, firm,
          checks::files_policy},
    Check{"files-privileges", "privileges of the image's compose file", files_gate, any_preset,
          firm, checks::files_privileges},
    Check{"files-variables", "variables of the image's .env.example", files_gate, any_preset, firm,
          checks::files_variables},
    Check{"memory", "memory", host_gate, any_preset, overridable, checks::memory},
    Check{"moved-tag", "moved tag", image_gate, any_preset, overridable, checks::moved_tag},
    Check{"port-open", "answering port", watched, any_preset, firm, checks::port_open,
          generic_only},
    Check{"project-folder", "name of the project", host_gate, any_preset, firm,
          checks::project_folder},
    Check{"revision-label", "revision label", image_gate, any_preset, overridable,
          checks::revision_label},
    Check{"stack-files", "files of the stack", host_gate, any_preset, firm, checks::stack_files},
    Check{"tag-pattern", "pattern of the tag", host_gate, any_preset, firm, checks::tag_pattern},
    Check{"urls", "pages of the policy", watched, any_preset, firm, checks::urls},
    Check{"variables", "variables of the compose file", host_gate, any_preset, overridable,
          checks::variables},
    Check{"web-asset", "asset of the login page", running, odoo, firm, checks::web_asset},
    Check{"web-health", "health of the site", watched, odoo, firm, checks::web_health},
    Check{"web-login", "login page", watched, odoo, firm, checks::web_login},
    Check{"websocket-handshake", "websocket handshake", running, odoo, firm,
          checks::websocket_handshake},
    Check{"websocket-health", "health of the websocket", running, odoo, firm,
          checks::websocket_health},
};

constexpr bool sorted_by_name() {
  for (std::size_t index = 1; index < table.size(); ++index)
    if (table[index - 1].name >= table[index].name) return false;
  return true;
}
static_assert(sorted_by_name());

}  // namespace

std::span<const Check> all_checks() { return table; }

}  // namespace ballast
