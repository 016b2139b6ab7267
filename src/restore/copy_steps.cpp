#include "restore/copy_steps.h"

#include <fmt/format.h>

#include "base/text.h"
#include "live/workbench.h"
#include "restore/neutralise.h"

namespace ballast {

void require_free_name(Work& work, const std::string& name, const std::string& filestore) {
  Postgres postgres = database_server(work);
  const bool is_taken =
      database_names(postgres).contains(name) ||
      (!filestore.empty() && work.server.host.disk.info(fmt::format("{}/{}", filestore, name)));
  if (is_taken)
    throw Error(Kind::refused,
                fmt::format("the name {} is taken in {}; nothing was changed", printable(name),
                            work.stack.name),
                "choose another one: --as NAME");
}

void remove_container(Work& work, StepRun&) { remove_workbenches(work.server, work.operation.id); }

void drop_copies(Work& work, StepRun& run) {
  remove_workbenches(work.server, work.operation.id);
  const Exchange exchange = exchange_of(run);
  if (exchange.databases.empty()) return;
  Postgres postgres = database_server(work);
  for (const DatabaseSwap& swap : exchange.databases) drop_database(postgres, swap.names.incoming);
  drop_staging_role(postgres);
}

void remove_copies(Work& work, StepRun& run) {
  const Exchange exchange = exchange_of(run);
  Disk& disk = work.server.host.disk;
  for (const NameSwap& swap : exchange.folders) disk.remove_tree(swap.incoming);
  for (const NameSwap& swap : exchange.contents) disk.remove_tree(swap.incoming);
}

void neutralise_copy(Work& work, StepRun& run) {
  const docker::Container* server = work.running.of(work.stack.policy.database_service);
  const docker::Container release = work.release_container();
  docker::NewContainer where{.image = release.image_id};
  if (server != nullptr && !server->addresses.empty())
    where.network = server->addresses.begin()->first;
  // As the release itself reaches it, by whatever names it was given.
  if (has_database_outside(work.stack.policy)) where.network = "container:" + release.id;
  const std::string name = exchange_of(run).databases.front().names.incoming;
  run.summary = neutralise(work, where, name) ? "its mail and jobs are off"
                                              : "this preset knows no way: its jobs may run";
}

void tidy_copies(Work& work, StepRun& run) {
  remove_workbenches(work.server, work.operation.id);
  if (exchange_of(run).databases.empty()) return;
  Postgres postgres = database_server(work);
  drop_staging_role(postgres);
}

}  // namespace ballast
