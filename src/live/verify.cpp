#include "live/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "host/parallel.h"
#include "live/database_server.h"
#include "operation/interruption.h"

namespace ballast {

namespace {

// Asked alone until they pass: the full round costs processes inside a container that is busy
// starting.
constexpr std::array<std::string_view, 3> first_signs{"container-running", "port-open",
                                                      "web-health"};
constexpr Duration first_pause = std::chrono::milliseconds(20);
constexpr Duration longest_pause = std::chrono::seconds(1);
constexpr int restarts_of_a_loop = 3;
constexpr std::string_view verifying = "the release was verified";

bool is_first_sign(const Check* check) {
  return std::find(first_signs.begin(), first_signs.end(), check->name) != first_signs.end();
}

Moment moment_of(Asked asked) { return asked == Asked::live ? Moment::live : Moment::candidate; }

Target target_of(const Inspection& inspection, const docker::Container& container, Asked asked) {
  switch (asked) {
    case Asked::candidate: return candidate_target(inspection.server, inspection.stack, container);
    case Asked::copy: return copy_target(inspection.server, inspection.stack, container);
    case Asked::live: break;
  }
  return live_target(inspection.server, inspection.stack, container);
}

// Why waiting is of no use; empty: it may still become good.
std::string hopeless(const std::optional<docker::Container>& container, int restarts_before) {
  if (!container) return "its container is gone";
  if (container->state == "exited" || container->state == "dead")
    return fmt::format("its container exited ({})", container->exit_code);
  if (container->restart_count - restarts_before >= restarts_of_a_loop)
    return fmt::format("its container restarts in a loop ({})",
                       counted(container->restart_count, "restart"));
  return {};
}

std::string ended_text(const docker::Container& container) {
  return container.error.empty() ? std::string() : ": " + printable(container.error);
}

class Round {
 public:
  Round(Inspection& inspection, const std::string& tag, Asked asked)
      : inspection_(inspection),
        tag_(tag),
        asked_(asked),
        checks_(checks_for(moment_of(asked), inspection.stack.policy)) {}

  std::vector<CheckResult> run(const docker::Container& container, Verification& verification) {
    if (!target_ || target_->container.id != container.id || target_->url.empty())
      target_ = target_of(inspection_, container, asked_);
    target_->container = container;
    verification.how = target_->how;
    if (!signs_seen_) {
      auto results = asking(signs(), inspection_.context_without_databases(tag_));
      if (!all_pass(results)) return results;
      signs_seen_ = true;
      if (target_->chat_url.empty())  // addresses may come late
        target_ = target_of(inspection_, container, asked_);
    }
    auto results = asking(checks_, inspection_.context(tag_));
    // Their server may still be starting, or a first start be making them one by one, and a login
    // depends on how many there are: the next round asks about those that there are by then.
    if (!all_pass(results))
      inspection_.find_databases(observe(inspection_.server, inspection_.stack));
    return results;
  }

 private:
  std::vector<const Check*> signs() const {
    std::vector<const Check*> chosen = checks_;
    std::erase_if(chosen, [](const Check* check) { return !is_first_sign(check); });
    return chosen;
  }
  std::vector<CheckResult> asking(const std::vector<const Check*>& checks,
                                  CheckContext context) const {
    context.target = target_;
    return run_checks(checks, context, true);
  }
  Inspection& inspection_;
  const std::string& tag_;
  Asked asked_;
  std::vector<const Check*> checks_;
  std::optional<Target> target_;
  bool signs_seen_ = false;
};

std::string waiting_note(const std::vector<CheckResult>& results) {
  const auto failing = not_passing(results);
  if (failing.empty()) return "verifying";
  return "waiting: " + line_of(failing.front());
}

void wait_for_pass(const Inspection& inspection, Round& round, const std::string& id,
                   Duration timeout, Verification& verification, Progress& progress) {
  Host& host = inspection.server.host;
  const Monotonic deadline = host.clock.monotonic() + timeout;
  Duration pause = first_pause;
  std::optional<int> restarts;
  while (true) {
    stop_when_interrupted(host, verifying);
    const auto container = inspection.server.engine.container(id);
    if (container && !restarts) restarts = container->restart_count;
    if (verification.trouble = hopeless(container, restarts.value_or(0));
        !verification.trouble.empty()) {
      if (container) verification.trouble += ended_text(*container);
      return;
    }
    verification.checks = round.run(*container, verification);
    verification.passed = all_pass(verification.checks);
    if (verification.passed) return;
    if (host.clock.monotonic() + pause >= deadline) {
      verification.trouble = fmt::format("not good within {}", human_duration(timeout));
      return;
    }
    progress.note(waiting_note(verification.checks));
    host.clock.sleep(pause);
    pause = std::min(pause + pause / 4, longest_pause);
  }
}

// One that an older version kept is read again.
bool knows_upgrade_hash(const Addon& addon) { return !addon.upgrade_hash.empty(); }

Postgres server_of(Server& server, const Policy& policy,
                   const std::optional<docker::Container>& container) {
  if (container && container->running()) return Postgres(server.engine, *container);
  if (has_database_outside(policy) && !container) return outside_server(server, policy);
  throw Error(Kind::failed,
              fmt::format("the database service `{}` does not run", policy.database_service));
}

Databases databases_of(Server& server, const Policy& policy,
                       const std::optional<docker::Container>& container) {
  Databases found;
  try {
    for (const Database& database : server_of(server, policy, container).databases())
      if (database.odoo && concerns_database(policy, database.name))
        found.names.push_back(database.name);
  } catch (const Error& error) {
    found.trouble = error.message();
  }
  return found;
}

}  // namespace

Inspection::Inspection(Server& server_, Journal& journal_, const Stack& stack_,
                       std::string operation)
    : server(server_), journal(journal_), stack(stack_), operation_(std::move(operation)) {}

void Inspection::look_at_image(const std::string& image) {
  image_ = server.engine.image(image);
  if (!image_) throw Error(Kind::failed, fmt::format("the image {} is gone", image));
  image_addons_.reset();
  if (stack.policy.preset != Preset::odoo || stack.policy.addons.path.empty()) return;
  const std::string name = fmt::format("addons {} {}", image_->id, stack.policy.addons.path);
  if (const auto known = journal.fact(stack.name, name)) {
    image_addons_ = addons_from_json(known->value);
    if (std::ranges::all_of(*image_addons_, knows_upgrade_hash)) return;
  }
  image_addons_ = addons_of_image(server.engine, image_->id, stack.policy.addons.path, operation_);
  journal.set_fact(stack.name, name, addons_json(*image_addons_), server.host.clock.now());
}

CheckContext Inspection::context(const std::string& tag) const {
  CheckContext context = context_without_databases(tag);
  if (!databases_.valid()) return context;
  context.databases = databases_.get().names;
  context.databases_trouble = databases_.get().trouble;
  return context;
}

CheckContext Inspection::context_without_databases(const std::string& tag) const {
  CheckContext context = context_of(server, stack, tag);
  context.image = image_;
  context.image_addons = image_addons_;
  context.operation = operation_;
  return context;
}

std::vector<std::string> Inspection::databases() const {
  return databases_.valid() ? databases_.get().names : std::vector<std::string>();
}

void Inspection::find_databases(const Running& running) {
  databases_ = {};
  if (stack.policy.preset != Preset::odoo || !has_database(stack.policy)) return;
  std::optional<docker::Container> database = own_database_;
  if (const auto* found = running.of(stack.policy.database_service); found != nullptr && !database)
    database = *found;
  const auto ask = [this, policy = stack.policy, database] {
    return databases_of(server, policy, database);
  };
  databases_ = std::async(beside_if_possible, ask).share();
}

Verification verify_once(const Inspection& inspection, const std::string& tag,
                         const docker::Container& container, Asked asked) {
  CheckContext context = inspection.context(tag);
  context.target = target_of(inspection, container, asked);
  Verification verification{
      .checks = {}, .passed = false, .how = context.target->how, .trouble = {}};
  verification.checks =
      run_checks(checks_for(moment_of(asked), inspection.stack.policy), context, true);
  verification.passed = all_pass(verification.checks);
  return verification;
}

bool answers(const Inspection& inspection, const docker::Container& container) {
  CheckContext context = inspection.context_without_databases(inspection.stack.tag());
  context.target = page_target(inspection.stack, container);
  std::vector<const Check*> checks = checks_for(Moment::live, inspection.stack.policy);
  std::erase_if(checks, [](const Check* check) { return !is_first_sign(check); });
  return all_pass(run_checks(checks, context, true));
}

void watch_that_it_stays(const Inspection& inspection, const std::string& id, Duration length,
                         Verification& verification, Progress& progress) {
  Host& host = inspection.server.host;
  const auto first = inspection.server.engine.container(id);
  if (!first) {
    verification.passed = false;
    verification.trouble = "its container is gone";
    return;
  }
  const Monotonic until = host.clock.monotonic() + length;
  while (host.clock.monotonic() < until && verification.passed) {
    progress.note("all checks pass; watching that it stays up");
    const auto left = std::chrono::duration_cast<Duration>(until - host.clock.monotonic());
    host.clock.sleep(std::min<Duration>(std::max<Duration>(left, std::chrono::milliseconds(1)),
                                        std::chrono::milliseconds(500)));
    stop_when_interrupted(host, verifying);
    const auto now = inspection.server.engine.container(id);
    if (now && now->running() && now->restart_count == first->restart_count &&
        now->started_at == first->started_at)
      continue;
    verification.passed = false;
    verification.trouble =
        "it did not stay up: its container " +
        (now ? fmt::format("is {} after {}", now->state, counted(now->restart_count, "restart"))
             : std::string("is gone"));
  }
}

Verification verify_until_good(Inspection& inspection, const std::string& tag,
                               const std::string& container, Asked asked, const Patience& patience,
                               Progress& progress) {
  Verification verification;
  Round round(inspection, tag, asked);
  wait_for_pass(inspection, round, container, patience.timeout, verification, progress);
  if (verification.passed)
    watch_that_it_stays(inspection, container, patience.settle, verification, progress);
  return verification;
}

std::string line_of(const CheckResult& result) {
  return fmt::format("{}{}{}: {}", result.name, result.subject.empty() ? "" : " ", result.subject,
                     result.measured);
}

std::vector<std::string> failing_lines(const std::vector<CheckResult>& results) {
  std::vector<std::string> lines;
  for (const CheckResult& result : not_passing(results)) lines.push_back(line_of(result));
  return lines;
}

}  // namespace ballast
