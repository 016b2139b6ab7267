#include "deploy/schema_copy.h"

#include <fmt/format.h>

#include "base/text.h"
#include "restore/exchange_steps.h"
#include "upgrade/fingerprint.h"

namespace ballast {

namespace {

// A release that is good is not kept waiting for what only a rollback asks for.
constexpr Duration longest_look = std::chrono::seconds(30);

Fingerprints fingerprints_now(Work& work) {
  Clock& clock = work.server.host.clock;
  const Monotonic deadline = clock.monotonic() + longest_look;
  Postgres postgres = database_server(work);
  Fingerprints fingerprints;
  for (const Database& database : postgres.databases()) {
    if (!concerns_database(work.stack.policy, database.name)) continue;
    if (clock.monotonic() >= deadline)
      throw Error(Kind::failed,
                  fmt::format("it takes longer than {}", human_duration(longest_look)));
    fingerprints[database.name] = fingerprint_of(postgres, database.name);
  }
  return fingerprints;
}

}  // namespace

void keep_schema(Work& work, const std::string& folder, Progress& progress) {
  const std::string path = fmt::format("{}/{}", folder, schema_file);
  try {
    work.server.host.disk.remove(path);
    if (!has_database(work.stack.policy)) return;
    work.server.host.disk.replace(path, pretty_json(fingerprints_json(fingerprints_now(work))),
                                  0600);
  } catch (const Error& error) {
    progress.detail("a later rollback cannot tell whether the databases have changed: " +
                    error.message());
  }
}

}  // namespace ballast
