#include "cli/features.h"

#include "alarm/silences.h"
#include "audit/verify.h"
#include "backup/remote_store.h"
#include "daemon/control_client.h"
#include "deploy/courses.h"
#include "host/login.h"
#include "journal/journal.h"

namespace ballast {

namespace {

constexpr unsigned gate_moments =
    static_cast<unsigned>(Moment::host_gate) | static_cast<unsigned>(Moment::image_gate);

constexpr auto kinds = std::to_array<OperationKind>({
    {"adopt", adopt_course},
    {"backup", backup_course},
    {"deploy", deploy_course},
    {"drill", drill_course},
    {"export", export_course},
    {"import", import_course},
    {"prune", prune_course},
    {"rehearse", rehearse_course},
    {"restore", restore_course},
    {"restore-confirm", confirm_restore_course},
    {"restore-undo", undo_restore_course},
    {"rollback", rollback_course},
    {"rollback-with-data", rollback_with_data_course},
});

class ServerFeatures : public Features {
 public:
  ServerFeatures(Host& host, const std::string& root) : server_(host, root, kinds) {}

  OperationResult deploy(Progress& progress, const DeployRequest& request) override {
    return ballast::deploy(server_, progress, request);
  }
  Preview preview(const DeployRequest& request) override {
    return preview_deploy(server_, request);
  }
  OperationResult rollback(Progress& progress, const RollbackRequest& request) override {
    return ballast::rollback(server_, progress, request);
  }
  Preview preview(const RollbackRequest& request) override {
    return preview_rollback(server_, request);
  }
  OperationResult adopt(Progress& progress, const AdoptRequest& request) override {
    return ballast::adopt(server_, progress, request);
  }
  Preview preview(const AdoptRequest& request) override { return preview_adopt(server_, request); }
  VerifyReport verify(Progress& progress, const std::string& stack) override {
    return ballast::verify(server_, progress, stack);
  }
  std::vector<StackStatus> status(const std::string& stack) override {
    return ballast::status(server_, stack);
  }
  std::vector<StackPast> past(const std::string& stack, Time since, Time until) override {
    return past_of(server_, stack, since, until);
  }
  RoundReport check(const std::string& stack) override { return check_stack(server_, stack); }
  doctor::Report doctor(const std::string& stack) override {
    return doctor::examine_server(server_, stack);
  }
  DriftOverview drift(const std::string& stack, bool contents) override {
    return drift_overview(server_, stack, contents);
  }
  HistoryReport history(const HistoryQuery& query) override {
    return ballast::history(server_, query);
  }
  std::vector<Recovered> recover(Progress& progress, const std::string& stack,
                                 Duration wait) override {
    return ballast::recover(server_, progress, stack, wait);
  }
  BackupResult backup(Progress& progress, const BackupRequest& request) override {
    return ballast::backup(server_, progress, request);
  }
  void damage_is_told(const BackupResult& result) override {
    ballast::damage_is_told(server_, result);
  }
  std::vector<StoredSet> backups(const std::string& stack) override {
    return SetStore(server_, stack).sets();
  }
  std::vector<StoredSet> remote_backups(const std::string& stack) override {
    return sets_on_remote(server_, stack, require_remote(read_stack(server_, stack)));
  }
  Sent send_backups(Progress& progress, const SendRequest& request) override {
    return send_sets(server_, progress, request);
  }
  std::optional<std::vector<OffsiteNote>> offsite(const std::string& stack) override {
    return known_offsite(server_, stack);
  }
  StoredSet backup_named(const std::string& stack, const std::string& word) override {
    return SetStore(server_, stack).find(word);
  }
  std::vector<SetVerified> verify_backups(Progress& progress, const std::string& stack,
                                          const std::string& word, bool all) override {
    return verify_sets(server_, progress, stack, word, all);
  }
  ExportResult export_odoo_zip(Progress& progress, const ExportRequest& request) override {
    return ballast::export_odoo_zip(server_, progress, request);
  }
  ImportResult import_odoo_zip(Progress& progress, const ImportRequest& request) override {
    return ballast::import_odoo_zip(server_, progress, request);
  }
  RestorePreview preview(const RestoreRequest& request) override {
    return preview_restore(server_, request);
  }
  RestoreResult restore(Progress& progress, const RestoreRequest& request) override {
    return ballast::restore(server_, progress, request);
  }
  Parked parked(const std::string& stack) override { return newest_parked(server_, stack); }
  RestoreResult undo_restore(Progress& progress, const ParkedRequest& request) override {
    return ballast::undo_restore(server_, progress, request);
  }
  std::vector<std::string> confirm_restore(Progress& progress,
                                           const ParkedRequest& request) override {
    return ballast::confirm_restore(server_, progress, request);
  }
  DrillReport drill(Progress& progress, const DrillRequest& request) override {
    return ballast::drill(server_, progress, request);
  }
  std::vector<DrillReport> drills(const std::string& stack) override {
    return drill_reports(server_, stack);
  }
  RehearsalReport rehearse(Progress& progress, const RehearseRequest& request) override {
    return rehearse_alone(server_, progress, request);
  }
  ScheduleReport schedule(const std::string& stack) override {
    return ballast::schedule(server_, stack);
  }
  ScheduleRun run_schedule(Progress& progress, const ScheduleRequest& request) override {
    return ballast::run_schedule(server_, progress, request);
  }
  void watch(const DaemonRequest& request) override { watch_server(server_, request); }
  void gate(const GateRequest& request, GateListener& listener) override {
    call_gate(server_.host, server_.kinds, request, listener);
  }
  std::optional<DaemonStatus> daemon() override { return ask_daemon(server_.paths); }
  bool poke_daemon() override { return ballast::poke_daemon(server_.paths); }
  std::vector<AlertSilence> silences() override {
    return silences_in_force(server_.host.disk, server_.paths, server_.host.clock.now());
  }
  AlertSilence silence(const AlertSilence& silence) override {
    return add_silence(server_.host, server_.paths, silence);
  }
  std::optional<AlertSilence> end_silence(const std::string& id,
                                          const std::string& operator_name) override {
    return ballast::end_silence(server_.host, server_.paths, id, operator_name);
  }
  AuditReport verify_audit(const std::vector<AuditHead>& heads) override {
    return ballast::verify_audit(server_.host, server_.paths, heads);
  }
  std::vector<AuditRecord> audit_records() override {
    return ballast::audit_records(server_.paths);
  }
  Opened open_session(const OpenRequest& request) override {
    return ballast::open_session(server_, request);
  }
  Opened approve_session(const std::string& word) override {
    return ballast::approve_session(server_, word);
  }
  RunResult run_in_session(const RunRequest& request) override {
    return ballast::run_in_session(server_, request);
  }
  Closed close_session(const CloseRequest& request) override {
    return ballast::close_session(server_, request);
  }
  std::vector<SessionReport> sessions(const std::string& stack) override {
    return ballast::sessions(server_, stack);
  }
  SessionReport session_called(const std::string& word) override {
    return ballast::session_called(server_, word);
  }
  std::vector<std::string> settle_sessions() override { return ballast::settle_sessions(server_); }
  PruneReport prune(Progress& progress, const PruneRequest& request) override {
    return prune_server(server_, progress, request);
  }
  InstallReport install(const InstallRequest& request) override {
    return recorded(ballast::install(server_.host, server_.paths, request));
  }
  InstallReport uninstall(bool dry_run) override {
    return recorded(ballast::uninstall(server_.host, server_.paths, dry_run));
  }
  InitReport init(const std::string& stack, bool write) override {
    return ballast::init(server_, stack, write);
  }
  ConfigReport validate_config(const std::string& stack) override {
    return ballast::validate_config(server_, stack);
  }
  std::vector<std::string> stack_names() override { return ballast::stack_names(server_); }
  std::vector<Gate> gates() override {
    std::vector<Gate> gates;
    for (const Check& check : all_checks())
      if ((check.moments & gate_moments) != 0)
        gates.push_back({.name = std::string(check.name), .overridable = check.overridable});
    return gates;
  }

 private:
  InstallReport recorded(InstallReport report) {
    if (report.changed())
      Journal(server_.paths.journal())
          .append_audit({.kind = "install",
                         .stack = {},
                         .who = login_of_this_process(server_.host.machine).name,
                         .content = audit_content(report),
                         .at = server_.host.clock.now()});
    return report;
  }

  Server server_;
};

}  // namespace

std::unique_ptr<Features> features_of_server(Host& host, const std::string& root) {
  return std::make_unique<ServerFeatures>(host, root);
}

}  // namespace ballast
