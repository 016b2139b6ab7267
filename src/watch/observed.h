// What one round saw of a stack. Each part for itself: what could not be had says why, and is never
// taken for good.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/drill_report.h"
#include "check/check.h"
#include "check/disk_use.h"
#include "deploy/way_back.h"
#include "host/certificate.h"
#include "host/locks.h"
#include "journal/journal.h"
#include "live/modified_by_hand.h"
#include "model/backup_set.h"
#include "tools/docker.h"
#include "tools/postgres_ask.h"
#include "watch/forecast.h"

namespace ballast {

template <typename T>
struct Seen {
  std::optional<T> value;
  std::string trouble = "it was not looked at";  // where there is no value
  std::string hint;
};

struct ServiceSeen {
  std::string name;
  std::optional<docker::Container> container;
  bool must_run = true;  // else it may have done its work and ended
};

struct MemorySeen {
  std::string service;
  std::uint64_t bytes = 0;
};

struct DisksSeen {
  std::vector<DiskUse> uses;
  std::string docker_folder;     // where Docker keeps its files; empty: not known
  std::string docker_trouble;    // why Docker's own is not among them
  DiskForecasts forecasts = {};  // of those whose past is known
};

struct DatabaseSeen {
  std::string place;  // "db", or "db.example.com:5432" outside the stack
  PostgresRefusal refusal = PostgresRefusal::silent;
  std::string words;  // when it refuses
  Duration elapsed{};
  long long connections = 0;
  long long limit = 0;
  std::vector<std::string> names;  // of databases of users
  std::vector<std::string> odoo;   // those of them that are Odoo's and concern the stack
  std::string odoo_trouble;        // why that is not known
  std::optional<Time> clock;       // its own, when it answered
  Time asked{};                    // ours then

  bool answered() const { return refusal == PostgresRefusal::none; }
};

// Of the journal.
struct RecordsSeen {
  std::optional<OperationRecord> change;  // the newest that changed, or tried to, what runs
  std::optional<OperationRecord> backup;  // the newest scheduled one that is over
  std::vector<OperationRecord> unfinished;
  std::optional<ReleaseRecord> good;  // the newest
  std::optional<Time> newest;         // of any record
  std::optional<ModifiedByHand> modified;
};

struct SetSeen {
  std::string id;
  BackupKind kind = BackupKind::manual;
  Time started{};
  bool complete = false;
  std::string trouble;  // what it lacks, or why it cannot be read
  bool is_offsite = false;
};

struct BackupsSeen {
  std::vector<SetSeen> sets;                // oldest first
  std::optional<DrillReport> drill;         // the newest
  std::optional<DrillReport> passed_drill;  // the newest of those that passed
};

struct CertificateOf {
  std::string url;
  CertificateSeen seen;
};

struct EngineClock {
  Time theirs{};
  Time ours{};
  std::string folder;  // where it keeps its files
};

struct Observed {
  std::string stack;
  Time now{};
  Policy policy;
  std::string tag;                  // that .env asks for
  std::optional<Holder> operation;  // who holds the stack
  Seen<std::vector<ServiceSeen>> services;
  Seen<std::vector<MemorySeen>> memory;
  Seen<DisksSeen> disks;
  Seen<DatabaseSeen> database;  // where the policy knows of one
  std::vector<CheckResult> health;
  Seen<RecordsSeen> records;
  Seen<BackupsSeen> backups;
  Seen<WayBack> way_back;
  std::vector<CertificateOf> certificates;
  Seen<EngineClock> engine_clock;

  const ServiceSeen* service(const std::string& name) const;  // nullptr: not seen
  bool is_busy() const { return operation && operation->alive; }
  // Nothing of it has a container, and nobody ever released it: that it does not run is no news.
  bool was_never_started() const;
};

}  // namespace ballast
