// What `ballast doctor` looks for: one table, and what a file may accept of it.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/policy_values.h"

namespace ballast {

enum class WeaknessScope { server, stack };

// What it leads to: somebody who may not gets in, or data is lost; an outage, or one that lasts;
// a nuisance.
enum class Gravity { grave, serious, slight };

struct WeaknessKind {
  std::string_view id;  // in `doctor: {accept: …}`, and for machines
  std::string_view title;
  WeaknessScope scope;
  Gravity gravity;
};

// Sorted by id. In the header so that who judges them is held to it by the compiler.
inline constexpr auto weakness_table = [] {
  using enum WeaknessScope;
  using enum Gravity;
  return std::to_array<WeaknessKind>({
      {"addons-volume", "the image declares a volume over its addons", stack, serious},
      {"authorized-keys-writable", "who has a forced command can take it away", server, grave},
      {"backup-never-drilled", "no restore was ever rehearsed", stack, serious},
      {"bind-mount-over-code", "code comes from this server, not from the image", stack, serious},
      {"clock-not-synchronised", "nothing keeps the clock right", server, serious},
      {"cron-tz-ignored", "cron does not read the zone that is written there", server, serious},
      {"cron-wrong-zone", "a job runs at another time than its comment says", server, serious},
      {"database-port-published", "the database listens to other machines", stack, grave},
      {"docker-group-members", "people are root by way of Docker", server, grave},
      {"docker-socket-mounted", "a container commands Docker", stack, grave},
      {"docker-tcp-open", "Docker takes commands over the network", server, grave},
      {"env-in-image", "secrets get into the image", stack, grave},
      {"forced-command-unrestricted", "a deploy key can do more than its command", server, grave},
      {"health-check-missing", "nobody asks whether a service answers", stack, serious},
      {"host-network", "a container is on the network of the server itself", stack, serious},
      {"list-db-on", "Odoo shows its databases, and their manager, to everyone", stack, serious},
      {"log-rotation-missing", "a log grows until the disk is full", stack, serious},
      {"memory-limit-missing", "one service can take all memory", stack, slight},
      {"mutable-tag", "the tag of an image may mean another one tomorrow", stack, grave},
      {"offsite-copy-missing", "backups are lost together with the server", stack, grave},
      {"password-in-config", "a password stands in odoo.conf", stack, grave},
      {"postgres-client-older", "pg_dump is older than the server", stack, serious},
      {"privileged-container", "a container is root on the server", stack, grave},
      {"restart-missing", "a service stays down after it ended", stack, serious},
      {"secrets-readable", "others can read the secrets of the stack", stack, grave},
      {"server-secrets-readable", "others can read the secrets of the server", server, grave},
      {"stack-files-writable", "others than root decide what root runs", stack, grave},
      {"sudoers-wildcard", "a wildcard of sudo lets more through than was meant", server, grave},
      {"workers-exceed-memory", "the workers of Odoo do not fit into its memory", stack, serious},
  });
}();
static_assert(std::ranges::is_sorted(weakness_table, {}, &WeaknessKind::id));

const WeaknessKind* find_weakness(std::string_view id);  // nullptr: there is none
std::string_view gravity_text(Gravity gravity);
std::string_view scope_text(WeaknessScope scope);

// `doctor.accept`: id → reason. Error(usage) with the line for an unknown id (and the nearest known
// one), one of the other scope, and one without a reason.
using AcceptedWeaknesses = std::map<std::string, std::string>;
AcceptedWeaknesses read_accepted(const PolicyValue& value, WeaknessScope scope);

// The same of a whole policy, whatever else is wrong with it.
AcceptedWeaknesses accepted_in_policy(const std::string& path,
                                      const std::optional<std::string>& text);

}  // namespace ballast
