// One look at a stack, whole or in parts. Takes no lock and writes nothing; what could not be had
// is in the answer, never thrown.
#pragma once

#include "live/stack.h"
#include "tools/postgres_ask.h"
#include "watch/observed.h"

namespace ballast {

// All of it, asked side by side, each with a deadline, so that what hangs delays nothing else.
Observed observe_for_alerts(Server& server, const Stack& stack);

// Its parts. Each asks within the deadline of the server that it is given (ImpatientServer).
Seen<std::vector<MemorySeen>> see_memory(Server& server, const Running& running);
// `docker_folder`: where Docker keeps its files, when that is known already.
Seen<DisksSeen> see_disks(Server& server, const Stack& stack,
                          const std::string& docker_folder = {});
Seen<RecordsSeen> see_records(Server& server, const std::string& stack);
Seen<BackupsSeen> see_backups(Server& server, const Stack& stack);
Seen<WayBack> see_way_back(Server& server, const Stack& stack, const Running& running);
Seen<EngineClock> see_engine_clock(Server& server);
std::vector<CertificateOf> see_certificates(const Policy& policy, Duration patience);
Seen<std::vector<ServiceSeen>> see_services(const Stack& stack, const Seen<Running>& running);

// Of what is known of a stack's database server from one look to the next.
struct DatabaseMemory {
  PostgresSession session;
  std::vector<std::string> names;  // for which the following is known
  std::vector<std::string> odoo;
  Monotonic asked{};
};

// Of the stack's database server; `container` null: one outside of the stack, or none is there.
// With a memory, which databases are Odoo's is asked when there are others, and each five minutes
// of those that were not.
DatabaseSeen observe_database(Server& server, const Stack& stack,
                              const docker::Container* container, Duration patience,
                              DatabaseMemory* memory = nullptr);

// The answers of the watched checks that need to know no database, and of those that do.
enum class AboutDatabases { no, yes };
std::vector<CheckResult> observe_health(Server& server, const Stack& stack,
                                        const docker::Container* release, AboutDatabases which,
                                        const Seen<DatabaseSeen>& database, Duration patience,
                                        bool side_by_side);

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

}  // namespace ballast
