// A host without a machine, and features that answer what a test lays into them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/program.h"

namespace ballast::testing {

class FakeTerminal : public Terminal {
 public:
  bool out_is_terminal() override { return is_terminal; }
  bool error_is_terminal() override { return is_terminal; }
  bool in_is_terminal() override { return is_terminal; }
  int columns() override { return width; }
  Written out(std::string_view text) override {
    if (full) return Written::lost;
    if (closed) return Written::nobody_reads;
    output += text;
    return Written::all;
  }
  void error(std::string_view text) override { errors += text; }
  std::optional<std::string> ask(std::string_view) override { return answer; }

  bool is_terminal = false;
  bool closed = false;
  bool full = false;
  int width = 80;
  std::optional<std::string> answer;
  std::string output;
  std::string errors;
};

class FakeClock : public Clock {
 public:
  Time now() override { return time; }
  Monotonic monotonic() override { return ticks; }
  void sleep(Duration duration) override { ticks += duration; }

  Time time = Time(std::chrono::seconds(1795573627));  // 2026-11-25T02:27:07Z
  Monotonic ticks{};
};

class FakeMachine : public Machine {
 public:
  unsigned user() override { return 0; }
  std::string user_name(unsigned) override { return "root"; }
  std::string login_name() override { return "root"; }
  std::string host_name() override { return "server"; }
  std::string working_directory() override { return "/root"; }
  std::optional<std::string> variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<Memory> memory() override { return std::nullopt; }
  long long process() override { return 1; }
  std::string boot() override { return "boot"; }
  bool running(long long) override { return false; }
  void end_process(long long) override {}
  void in_network_of(long long, const std::function<void()>& work) override { work(); }
  std::string random_hex(std::size_t digits) override { return std::string(digits, '0'); }

  std::map<std::string, std::string> variables;
};

class FakeDisk : public Disk {
 public:
  std::optional<FileInfo> info(const std::string& path) override {
    const auto found = types.find(path);
    if (found == types.end()) return std::nullopt;
    FileInfo info;
    info.type = found->second;
    return info;
  }
  std::optional<std::string> read(const std::string&, std::uint64_t) override { return {}; }
  std::vector<std::string> list(const std::string&) override { return {}; }
  void replace(const std::string&, std::string_view, unsigned) override {}
  void append(const std::string&, std::string_view, unsigned) override {}
  void make_directories(const std::string&, unsigned) override {}
  void remove(const std::string&) override {}
  void remove_tree(const std::string&) override {}
  void rename(const std::string&, const std::string&) override {}
  Space space(const std::string&) override { return {}; }

  std::map<std::string, FileType> types{{"/", FileType::directory},
                                        {"/tmp/server", FileType::directory},
                                        {"/tmp/link", FileType::symlink}};
};

class NoProcesses : public Processes {
 public:
  Outcome run(const Command&) override { return {}; }
  std::optional<std::string> find(const std::string&) override { return std::nullopt; }
};

class NoHttp : public Http {
 public:
  HttpResponse send(const HttpRequest&) override { return {}; }
};

class NoLocks : public Locks {
 public:
  std::variant<std::unique_ptr<Lock>, Holder> acquire(const std::string&, const Holder&) override {
    return Holder{};
  }
  std::optional<Holder> held(const std::string&) override { return std::nullopt; }
  std::vector<long long> holders(const std::string&) override { return {}; }
};

class NoInterrupts : public Interrupts {
 public:
  bool requested() const override { return false; }
  void hold(bool) override {}
  bool held() const override { return false; }
};

class NoTrees : public Trees {
 public:
  void walk(const std::string&, const std::function<bool(const TreeEntry&)>&) override {}
  std::vector<SizedName> files_in(const Below&) override { return {}; }
  std::optional<Hashed> copy_hashed(const Below&, const Below&, const std::string&) override {
    return std::nullopt;
  }
  bool place(const Below&, const Below&, const Ownership&, const OnBytes&) override {
    return false;
  }
  std::optional<Hashed> digest(const Below&, DigestAlgorithm, const OnBytes&) override {
    return std::nullopt;
  }
  std::optional<std::string> read_part(const Below&, std::uint64_t, std::size_t) override {
    return std::nullopt;
  }
  void make_directory(const Below&, const Ownership&) override {}
  void remove(const std::string&, const std::vector<std::string>&) override {}
  void sync(const std::string&) override {}
  std::unique_ptr<FileWriter> create(const std::string&) override { return nullptr; }
  std::unique_ptr<PipeWriter> create_pipe(const std::string&) override { return nullptr; }
};

class NoArchives : public Archives {
 public:
  std::unique_ptr<ArchiveWriter> create(const std::string&, Packing, OnBytes) override {
    return nullptr;
  }
  ArchiveContent verify(const std::string&, const OnBytes&) override { return {}; }
  ArchiveContent extract(const std::string&, const std::string&, const OnBytes&) override {
    return {};
  }
};

class NoZips : public Zips {
 public:
  std::unique_ptr<ZipWriter> create(const std::string&, OnBytes) override { return nullptr; }
  std::unique_ptr<ZipReader> open(const std::string&) override { return nullptr; }
};

// What the features were asked, and what they answer.
struct Script {
  DeployRequest deploy;
  RollbackRequest rollback;
  AdoptRequest adopt;
  HistoryQuery query;
  BackupRequest backup;
  BackupResult made;
  std::vector<StoredSet> sets;
  SendRequest send;
  Sent sent;
  std::optional<std::vector<OffsiteNote>> offsite;
  std::vector<SetVerified> checked;
  ExportRequest exported;
  ExportResult zip;
  ImportRequest imported;
  ImportResult unzipped;
  RestoreRequest restore;
  RestorePreview replaced;
  RestoreResult restored;
  Parked parked;
  std::vector<std::string> dropped;
  DrillRequest drill;
  RehearseRequest rehearse;
  RehearsalReport rehearsed;
  DrillReport drilled;
  std::vector<DrillReport> drills;
  ScheduleReport schedule;
  ScheduleRequest asked;
  ScheduleRun ran;
  std::optional<DaemonStatus> daemon;
  GateRequest gate;
  std::vector<GateSaying> said;
  std::optional<Error> daemon_error;
  int pokes = 0;
  std::vector<AlertSilence> silences;
  AlertSilence silence;
  std::string ended;
  std::vector<AuditHead> heads;
  AuditReport audited;
  std::vector<AuditRecord> records;
  OpenRequest opening;
  RunRequest running;
  RunResult run;
  CloseRequest closing;
  SessionReport session;
  std::vector<std::string> session_notes;
  PruneRequest prune;
  PruneReport pruned;
  InstallRequest install;
  InstallReport installed;
  std::string word;
  std::string stack;
  std::string root;
  bool wrote = false;
  bool deployed = false;

  std::optional<Error> error;
  OperationResult result;
  Preview preview;
  VerifyReport verified;
  std::vector<StackStatus> statuses;
  std::vector<StackPast> past;
  Time since{};
  Time until{};
  RoundReport round;
  doctor::Report examined;
  HistoryReport history;
  DriftOverview drift;
  bool contents = false;
  std::vector<Recovered> recovered;
  std::map<std::string, ConfigReport> configurations;
  std::vector<std::string> stacks;
};

class FakeFeatures : public Features {
 public:
  explicit FakeFeatures(Script& script) : script_(script) {}
  OperationResult deploy(Progress&, const DeployRequest& request) override {
    script_.deploy = request;
    script_.deployed = true;
    if (script_.error) throw *script_.error;
    return script_.result;
  }
  Preview preview(const DeployRequest& request) override {
    script_.deploy = request;
    return script_.preview;
  }
  OperationResult rollback(Progress&, const RollbackRequest& request) override {
    script_.rollback = request;
    return script_.result;
  }
  Preview preview(const RollbackRequest&) override { return script_.preview; }
  OperationResult adopt(Progress&, const AdoptRequest& request) override {
    script_.adopt = request;
    return script_.result;
  }
  Preview preview(const AdoptRequest&) override { return script_.preview; }
  VerifyReport verify(Progress&, const std::string& stack) override {
    script_.stack = stack;
    return script_.verified;
  }
  std::vector<StackStatus> status(const std::string&) override { return script_.statuses; }
  std::vector<StackPast> past(const std::string& stack, Time since, Time until) override {
    script_.stack = stack;
    script_.since = since;
    script_.until = until;
    return script_.past;
  }
  RoundReport check(const std::string& stack) override {
    script_.stack = stack;
    if (script_.error) throw *script_.error;
    return script_.round;
  }
  doctor::Report doctor(const std::string& stack) override {
    script_.stack = stack;
    return script_.examined;
  }
  DriftOverview drift(const std::string& stack, bool contents) override {
    script_.stack = stack;
    script_.contents = contents;
    return script_.drift;
  }
  HistoryReport history(const HistoryQuery& query) override {
    script_.query = query;
    return script_.history;
  }
  std::vector<Recovered> recover(Progress&, const std::string& stack, Duration) override {
    script_.stack = stack;
    return script_.recovered;
  }
  BackupResult backup(Progress&, const BackupRequest& request) override {
    script_.backup = request;
    return script_.made;
  }
  void damage_is_told(const BackupResult&) override {}
  std::vector<StoredSet> backups(const std::string& stack) override {
    script_.stack = stack;
    return script_.sets;
  }
  std::vector<StoredSet> remote_backups(const std::string& stack) override {
    script_.stack = stack;
    return script_.sets;
  }
  Sent send_backups(Progress&, const SendRequest& request) override {
    script_.send = request;
    return script_.sent;
  }
  std::optional<std::vector<OffsiteNote>> offsite(const std::string&) override {
    return script_.offsite;
  }
  StoredSet backup_named(const std::string&, const std::string& word) override {
    script_.word = word;
    return script_.sets.at(0);
  }
  std::vector<SetVerified> verify_backups(Progress&, const std::string&, const std::string& word,
                                          bool) override {
    script_.word = word;
    return script_.checked;
  }
  ExportResult export_odoo_zip(Progress&, const ExportRequest& request) override {
    script_.exported = request;
    return script_.zip;
  }
  ImportResult import_odoo_zip(Progress&, const ImportRequest& request) override {
    script_.imported = request;
    return script_.unzipped;
  }
  RestorePreview preview(const RestoreRequest& request) override {
    script_.restore = request;
    return script_.replaced;
  }
  RestoreResult restore(Progress&, const RestoreRequest& request) override {
    script_.restore = request;
    if (script_.error) throw *script_.error;
    return script_.restored;
  }
  Parked parked(const std::string& stack) override {
    script_.stack = stack;
    return script_.parked;
  }
  RestoreResult undo_restore(Progress&, const ParkedRequest&) override { return script_.restored; }
  std::vector<std::string> confirm_restore(Progress&, const ParkedRequest&) override {
    return script_.dropped;
  }
  DrillReport drill(Progress&, const DrillRequest& request) override {
    script_.drill = request;
    return script_.drilled;
  }
  RehearsalReport rehearse(Progress&, const RehearseRequest& request) override {
    script_.rehearse = request;
    return script_.rehearsed;
  }
  std::vector<DrillReport> drills(const std::string&) override { return script_.drills; }
  void watch(const DaemonRequest& request) override { request.say("watches /srv/stacks"); }
  ScheduleReport schedule(const std::string& stack) override {
    script_.stack = stack;
    return script_.schedule;
  }
  ScheduleRun run_schedule(Progress&, const ScheduleRequest& request) override {
    script_.asked = request;
    return script_.ran;
  }
  void gate(const GateRequest& request, GateListener& listener) override {
    script_.gate = request;
    for (const GateSaying& saying : script_.said) listener.hear(saying);
  }
  std::optional<DaemonStatus> daemon() override {
    if (script_.daemon_error) throw *script_.daemon_error;
    return script_.daemon;
  }
  bool poke_daemon() override {
    ++script_.pokes;
    return daemon().has_value();
  }
  std::vector<AlertSilence> silences() override { return script_.silences; }
  AlertSilence silence(const AlertSilence& silence) override {
    script_.silence = silence;
    script_.silence.id = "3f9a0c1e";
    return script_.silence;
  }
  std::optional<AlertSilence> end_silence(const std::string& id, const std::string&) override {
    script_.ended = id;
    if (script_.silences.empty()) return std::nullopt;
    return script_.silences.front();
  }
  AuditReport verify_audit(const std::vector<AuditHead>& heads) override {
    script_.heads = heads;
    return script_.audited;
  }
  std::vector<AuditRecord> audit_records() override { return script_.records; }
  Opened open_session(const OpenRequest& request) override {
    script_.opening = request;
    return {.session = script_.session.session, .notes = script_.session_notes};
  }
  Opened approve_session(const std::string& word) override {
    script_.word = word;
    return {.session = script_.session.session, .notes = script_.session_notes};
  }
  RunResult run_in_session(const RunRequest& request) override {
    script_.running = request;
    return script_.run;
  }
  Closed close_session(const CloseRequest& request) override {
    script_.closing = request;
    return {.session = script_.session.session,
            .changes = script_.session.changes,
            .page = "/sessions/incident.md",
            .notes = script_.session_notes};
  }
  std::vector<SessionReport> sessions(const std::string& stack) override {
    script_.stack = stack;
    return {script_.session};
  }
  SessionReport session_called(const std::string& word) override {
    script_.word = word;
    return script_.session;
  }
  std::vector<std::string> settle_sessions() override { return {}; }
  PruneReport prune(Progress&, const PruneRequest& request) override {
    script_.prune = request;
    return script_.pruned;
  }
  InstallReport install(const InstallRequest& request) override {
    script_.install = request;
    return script_.installed;
  }
  InstallReport uninstall(bool dry_run) override {
    script_.install.dry_run = dry_run;
    return script_.installed;
  }
  InitReport init(const std::string& stack, bool write) override {
    script_.wrote = write;
    return {
        .path = "/srv/stacks/" + stack + "/ballast.yaml", .text = "env: prod\n", .written = write};
  }
  ConfigReport validate_config(const std::string& stack) override {
    const auto found = script_.configurations.find(stack);
    if (found == script_.configurations.end()) throw Error(Kind::usage, "broken: " + stack);
    return found->second;
  }
  std::vector<std::string> stack_names() override { return script_.stacks; }
  std::vector<Gate> gates() override {
    return {{.name = "disk-space", .overridable = true},
            {.name = "stack-files", .overridable = false}};
  }

 private:
  Script& script_;
};

struct Ran {
  int status = 0;
  std::string output;
  std::string errors;
};

class Bench {
 public:
  Ran run(const std::vector<std::string>& words) {
    Host host{disk,    processes, clock, http,     locks, interrupts,
              machine, terminal,  trees, archives, zips};
    terminal.output.clear();
    terminal.errors.clear();
    const int status = run_program(host, words, [this](Host&, const std::string& root) {
      script.root = root;
      return std::make_unique<FakeFeatures>(script);
    });
    return {status, terminal.output, terminal.errors};
  }

  Script script;
  FakeTerminal terminal;
  FakeClock clock;
  FakeMachine machine;
  FakeDisk disk;

 private:
  NoProcesses processes;
  NoHttp http;
  NoLocks locks;
  NoInterrupts interrupts;
  NoTrees trees;
  NoArchives archives;
  NoZips zips;
};

}  // namespace ballast::testing
