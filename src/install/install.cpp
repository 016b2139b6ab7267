#include "install/install.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "host/guarded_file.h"
#include "host/own_program.h"
#include "install/carry_out.h"
#include "install/observed.h"

namespace ballast {

namespace {

constexpr const char* program = "/usr/bin/ballast";
constexpr unsigned writable_by_others = 0022;

bool is_this_machine(const Paths& paths) { return paths.at("/") == "/"; }

void require_root(Host& host, const Paths& paths, const std::string& command) {
  if (is_this_machine(paths) && host.machine.user() != 0)
    throw Error(Kind::refused, fmt::format("only root can {}; nothing was changed", command),
                fmt::format("sudo ballast {}", command));
}

// Units, cron and the gate call it by that name, as root.
void require_program(const Paths& paths) {
  if (!is_this_machine(paths)) return;
  const auto info = guarded_info(program);
  const std::string hint = fmt::format("install the Debian package, or: `install -m 0755 {} {}`",
                                       own_program(), program);
  if (!info || info->type != FileType::regular)
    throw Error(Kind::refused,
                fmt::format("there is no {}, which would be called; nothing was changed", program),
                hint);
  if (info->owner != 0 || (info->mode & writable_by_others) != 0 ||
      !folder_open_to_others(program).empty())
    throw Error(Kind::refused,
                fmt::format("others than root can replace {}, which root would call; nothing was "
                            "changed",
                            program),
                hint);
}

std::unique_ptr<Lock> lock_installation(Host& host, const Paths& paths, const std::string& what) {
  const std::string path = paths.run() + "/.install.lock";
  auto got = host.locks.acquire(path, {.operation = what,
                                       .operator_name = host.machine.login_name(),
                                       .pid = host.machine.process(),
                                       .since = host.clock.now(),
                                       .alive = true});
  if (auto* lock = std::get_if<std::unique_ptr<Lock>>(&got)) return std::move(*lock);
  throw Error(Kind::locked,
              fmt::format("{} is held by process {}", path, std::get<Holder>(got).pid),
              "wait until it has ended");
}

// Half-way is no place for "nothing was changed".
void do_it(Host& host, const Paths& paths, const ObservedServer& observed, InstallReport& report) {
  try {
    carry_out(host.processes, paths, observed, report.plan);
  } catch (const Error& error) {
    throw error.with_kind(Kind::failed)
        .add_context(fmt::format("it stopped there; `ballast {}` goes on with it",
                                 report.removal ? "uninstall" : "install"));
  }
}

bool any_in(const InstallPlan& plan, InstallState state) {
  return std::ranges::find(plan.parts, state, &InstallPart::state) != plan.parts.end();
}

}  // namespace

int InstallReport::status() const {
  if (any_in(plan, InstallState::refused)) return exit_status(Kind::refused);
  if (any_in(plan, InstallState::failed)) return exit_status(Kind::failed);
  const bool trouble = std::ranges::any_of(plan.parts, &InstallPart::trouble);
  return trouble ? exit_status(Kind::degraded) : 0;
}

bool InstallReport::changed() const {
  return !dry_run && !is_refused(plan) && std::ranges::any_of(plan.parts, &InstallPart::changes);
}

InstallReport install(Host& host, const Paths& paths, const InstallRequest& request) {
  require_root(host, paths, "install");
  require_program(paths);
  const auto lock = request.dry_run ? nullptr : lock_installation(host, paths, "install");
  ObservedServer observed = observe_server(host.machine, host.processes, paths);
  observed.traits.gate = unfit_because(observed).empty();
  const InstallLayout layout =
      layout_of(chosen_starter(request.starter, observed), observed.traits);
  observe_entries(observed, paths, layout);
  InstallReport report{.plan = plan_install(layout, observed), .dry_run = request.dry_run};
  if (!request.dry_run && !is_refused(report.plan)) do_it(host, paths, observed, report);
  return report;
}

InstallReport uninstall(Host& host, const Paths& paths, bool dry_run) {
  require_root(host, paths, "uninstall");
  const auto lock = dry_run ? nullptr : lock_installation(host, paths, "uninstall");
  ObservedServer observed = observe_server(host.machine, host.processes, paths);
  observe_entries(observed, paths, {});
  InstallReport report{.plan = plan_uninstall(observed), .dry_run = dry_run, .removal = true};
  if (!dry_run && !observed.record.empty()) do_it(host, paths, observed, report);
  return report;
}

Json audit_content(const InstallReport& report) {
  Json parts = Json::array();
  for (const InstallPart& part : report.plan.parts)
    if (part.changes() || part.state == InstallState::failed)
      parts.push_back({{"kind", part_kind_name(part.kind)},
                       {"name", part.name},
                       {"state", part_state_name(part.state)}});
  return {{"command", report.removal ? "uninstall" : "install"},
          {"starter", report.plan.starter ? Json(starter_name(*report.plan.starter)) : Json()},
          {"parts", parts},
          {"exit", report.status()}};
}

}  // namespace ballast
