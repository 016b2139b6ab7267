#include "live/database_server.h"

#include "tools/postgres_outside.h"

namespace ballast {

Postgres outside_server(Server& server, const Policy& policy) {
  return postgres_outside(server.host, server.paths.at(policy.database_url_file));
}

std::optional<Postgres> server_that_runs(Server& server, const Stack& stack,
                                         const Running& running) {
  if (has_database_outside(stack.policy)) return outside_server(server, stack.policy);
  const docker::Container* container = running.of(stack.policy.database_service);
  if (container == nullptr || !container->running()) return std::nullopt;
  return Postgres(server.engine, *container);
}

}  // namespace ballast
