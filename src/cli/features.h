// What the commands call of the features below, as one interface, so that the command line is
// tested without a server.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/finding.h"
#include "backup/backup.h"
#include "backup/offsite.h"
#include "backup/offsite_note.h"
#include "backup/verify_set.h"
#include "base/error.h"
#include "daemon/daemon.h"
#include "daemon/daemon_status.h"
#include "deploy/adopt.h"
#include "deploy/deploy.h"
#include "deploy/report.h"
#include "deploy/rollback.h"
#include "doctor/examine.h"
#include "drift/overview.h"
#include "gate/gate_client.h"
#include "install/install.h"
#include "interchange/odoo_export.h"
#include "interchange/odoo_import.h"
#include "prune/prune.h"
#include "restore/drill.h"
#include "restore/restore.h"
#include "schedule/schedule.h"
#include "session/close.h"
#include "session/run.h"
#include "session/session.h"
#include "upgrade/rehearsal.h"
#include "watch/past.h"
#include "watch/round.h"

namespace ballast {

struct Gate {
  std::string name;
  bool overridable = false;
};

class Features {
 public:
  virtual ~Features() = default;
  virtual OperationResult deploy(Progress& progress, const DeployRequest& request) = 0;
  virtual Preview preview(const DeployRequest& request) = 0;
  virtual OperationResult rollback(Progress& progress, const RollbackRequest& request) = 0;
  virtual Preview preview(const RollbackRequest& request) = 0;
  virtual OperationResult adopt(Progress& progress, const AdoptRequest& request) = 0;
  virtual Preview preview(const AdoptRequest& request) = 0;
  virtual VerifyReport verify(Progress& progress, const std::string& stack) = 0;
  virtual std::vector<StackStatus> status(const std::string& stack) = 0;
  virtual std::vector<StackPast> past(const std::string& stack, Time since, Time until) = 0;
  virtual RoundReport check(const std::string& stack) = 0;
  virtual doctor::Report doctor(const std::string& stack) = 0;
  virtual DriftOverview drift(const std::string& stack, bool contents) = 0;
  virtual HistoryReport history(const HistoryQuery& query) = 0;
  virtual std::vector<Recovered> recover(Progress& progress, const std::string& stack,
                                         Duration wait) = 0;
  virtual BackupResult backup(Progress& progress, const BackupRequest& request) = 0;
  virtual void damage_is_told(const BackupResult& result) = 0;
  virtual std::vector<StoredSet> backups(const std::string& stack) = 0;
  virtual std::vector<StoredSet> remote_backups(const std::string& stack) = 0;
  virtual Sent send_backups(Progress& progress, const SendRequest& request) = 0;
  // What is known here of the sets on the remote; nullopt when no policy names one.
  virtual std::optional<std::vector<OffsiteNote>> offsite(const std::string& stack) = 0;
  virtual StoredSet backup_named(const std::string& stack, const std::string& word) = 0;
  virtual std::vector<SetVerified> verify_backups(Progress& progress, const std::string& stack,
                                                  const std::string& word, bool all) = 0;
  virtual ExportResult export_odoo_zip(Progress& progress, const ExportRequest& request) = 0;
  virtual ImportResult import_odoo_zip(Progress& progress, const ImportRequest& request) = 0;
  virtual RestorePreview preview(const RestoreRequest& request) = 0;
  virtual RestoreResult restore(Progress& progress, const RestoreRequest& request) = 0;
  virtual Parked parked(const std::string& stack) = 0;
  virtual RestoreResult undo_restore(Progress& progress, const ParkedRequest& request) = 0;
  virtual std::vector<std::string> confirm_restore(Progress& progress,
                                                   const ParkedRequest& request) = 0;
  virtual DrillReport drill(Progress& progress, const DrillRequest& request) = 0;
  virtual std::vector<DrillReport> drills(const std::string& stack) = 0;
  virtual RehearsalReport rehearse(Progress& progress, const RehearseRequest& request) = 0;
  virtual ScheduleReport schedule(const std::string& stack) = 0;
  virtual ScheduleRun run_schedule(Progress& progress, const ScheduleRequest& request) = 0;
  virtual void watch(const DaemonRequest& request) = 0;  // until it is interrupted
  virtual void gate(const GateRequest& request, GateListener& listener) = 0;
  // What the daemon says; nullopt: nobody watches. Error(failed) when it does not answer.
  virtual std::optional<DaemonStatus> daemon() = 0;
  virtual bool poke_daemon() = 0;                    // false: nobody watches
  virtual std::vector<AlertSilence> silences() = 0;  // in force
  virtual AlertSilence silence(const AlertSilence& silence) = 0;
  virtual std::optional<AlertSilence> end_silence(const std::string& id,
                                                  const std::string& operator_name) = 0;
  virtual AuditReport verify_audit(const std::vector<AuditHead>& heads) = 0;
  virtual std::vector<AuditRecord> audit_records() = 0;
  virtual Opened open_session(const OpenRequest& request) = 0;
  virtual Opened approve_session(const std::string& word) = 0;
  virtual RunResult run_in_session(const RunRequest& request) = 0;
  virtual Closed close_session(const CloseRequest& request) = 0;
  virtual std::vector<SessionReport> sessions(const std::string& stack) = 0;  // newest first
  virtual SessionReport session_called(const std::string& word) = 0;
  // Closes those whose time is up; what went wrong, in words.
  virtual std::vector<std::string> settle_sessions() = 0;
  virtual PruneReport prune(Progress& progress, const PruneRequest& request) = 0;
  virtual InstallReport install(const InstallRequest& request) = 0;
  virtual InstallReport uninstall(bool dry_run) = 0;
  virtual InitReport init(const std::string& stack, bool write) = 0;
  virtual ConfigReport validate_config(const std::string& stack) = 0;
  virtual std::vector<std::string> stack_names() = 0;
  virtual std::vector<Gate> gates() = 0;
};

using MakeFeatures = std::function<std::unique_ptr<Features>(Host& host, const std::string& root)>;

// The real ones.
std::unique_ptr<Features> features_of_server(Host& host, const std::string& root);

}  // namespace ballast
