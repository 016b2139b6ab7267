// One look at a stack: everything is asked side by side, each with a deadline, so that what hangs
// delays nothing else. Takes no lock and writes nothing.
#pragma once

#include <future>

#include "live/stack.h"
#include "watch/observed.h"

namespace ballast {

// Never throws for what is wrong with the stack: that is what it is to tell.
Observed observe_for_alerts(Server& server, const Stack& stack);

// What of the journal matters.
RecordsSeen records_of(const Journal& journal, const std::string& stack);

// The parts of the look that are pure.
std::vector<ServiceSeen> services_of(const ComposeFile& compose, const Policy& policy,
                                     const Running& running);
// What libpq is to connect to; nullopt: it has no address, as it does not run.
std::optional<PostgresParameters> database_parameters(const docker::Container& container,
                                                      const std::string& password);
// What asks a server how it is, and how its one row is read.
extern const char* const database_question;
void take_database_row(DatabaseSeen& seen, const std::vector<std::vector<std::string>>& rows);
// Addresses whose certificate matters: of the policy, each once.
std::vector<std::string> certified_urls(const Policy& policy);

// Of the stack's database server; `container` null: one outside of the stack, or none is there.
DatabaseSeen observe_database(Server& server, const Stack& stack,
                              const docker::Container* container, Duration patience);
// The answers of the watched checks. Those that must know the databases wait for them.
std::vector<CheckResult> observe_health(Server& server, const Stack& stack,
                                        const docker::Container* release,
                                        const std::shared_future<Seen<DatabaseSeen>>& database,
                                        Duration patience);

}  // namespace ballast
