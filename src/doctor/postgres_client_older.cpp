#include <fmt/format.h>

#include <algorithm>

#include "doctor/weaknesses.h"

namespace ballast::doctor {

Findings postgres_client_older(const StackSeen& stack) {
  if (!stack.postgres.value) return {not_known("pg_dump", stack.postgres.trouble)};
  if (!*stack.postgres.value) return {};
  const PostgresSeen& postgres = **stack.postgres.value;
  if (postgres.clients.empty()) return {};
  const int newest = std::ranges::max(postgres.clients);
  if (newest >= postgres.server) return {};
  const std::string package = fmt::format("postgresql-client-{}", postgres.server);
  if (postgres.is_on_host)
    return {{.subject = postgres.place,
             .what = fmt::format("its pg_dump {} refuses a server of version {}: backups fail",
                                 newest, postgres.server),
             .mend = "apt-get install " + package}};
  return {{.subject = postgres.place,
           .what = fmt::format("pg_dump {} in there refuses a server of version {}: backups that "
                               "Odoo itself makes fail",
                               newest, postgres.server),
           .mend = "in the Dockerfile, from apt.postgresql.org:\n"
                   "RUN apt-get update && apt-get install -y " +
                   package}};
}

}  // namespace ballast::doctor
