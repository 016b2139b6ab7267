#include "daemon/watching.h"

#include <algorithm>
#include <set>

#include "watch/impatient.h"

namespace ballast {

namespace {

constexpr std::size_t kept_workers = 2;
constexpr std::size_t most_workers = 64;

std::map<std::string, std::string> states_of(const std::vector<docker::ListedContainer>& list) {
  std::map<std::string, std::string> states;
  for (const docker::ListedContainer& one : list)
    if (!one.project.empty()) states[one.project] += one.id + one.state + one.health + ";";
  return states;
}

std::set<std::string> differing(const std::map<std::string, std::string>& before,
                                const std::map<std::string, std::string>& now) {
  std::set<std::string> projects;
  const auto add = [&](const auto& some, const auto& others) {
    for (const auto& [project, states] : some) {
      const auto other = others.find(project);
      if (other == others.end() || other->second != states) projects.insert(project);
    }
  };
  add(before, now);
  add(now, before);
  return projects;
}

void count(LookCount& sum, const StackWatch& stack) {
  sum.looks += stack.looks();
  sum.missed += stack.missed_looks();
}

}  // namespace

Watching::Watching(Server& server, Duration interval, DriftInbox& deeds, std::function<void()> news)
    : server_(server),
      interval_(interval),
      deeds_(deeds),
      news_(std::move(news)),
      workers_(kept_workers, most_workers),
      events_(server, {.happened = [this](const docker::Event& event) { take(event); },
                       .began =
                           [this] {
                             deeds_.line_began(server_.host.clock.monotonic());
                             want_containers();
                           }}) {}

std::vector<std::shared_ptr<StackWatch>> Watching::stacks() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<StackWatch>> all;
  for (const auto& [name, stack] : stacks_) all.push_back(stack);
  return all;
}

std::string Watching::engine_trouble() const {
  const std::lock_guard lock(mutex_);
  return engine_trouble_;
}

void Watching::start_what_is_due() {
  const Monotonic now = server_.host.clock.monotonic();
  bool server_is_due = false;
  {
    const std::lock_guard lock(mutex_);
    server_is_due = !server_under_way_ && now >= server_due_;
    if (server_is_due) {
      server_under_way_ = true;
      server_due_ = now + interval_;
    }
  }
  if (server_is_due) workers_.run([this] { look_at_server(); }, now);
  for (const auto& stack : stacks())
    for (const Part part : stack->take_due(now)) start(stack, part, now);
  workers_.grow(now);
}

void Watching::start(const std::shared_ptr<StackWatch>& stack, Part part, Monotonic now) {
  const auto look = [this, stack, part] {
    const bool again = stack->look(part);
    if (again || stack->has_news_to_tell()) news_();
  };
  workers_.run(look, now);
}

Monotonic Watching::next_due() const {
  Monotonic next = workers_.grows_at().value_or(Monotonic::max());
  {
    const std::lock_guard lock(mutex_);
    if (!server_under_way_) next = std::min(next, server_due_);
  }
  for (const auto& stack : stacks())
    if (const auto due = stack->next_due()) next = std::min(next, *due);
  return next;
}

LookCount Watching::looks() const {
  const std::lock_guard lock(mutex_);
  LookCount sum = looks_at_gone_;
  for (const auto& [name, stack] : stacks_) count(sum, *stack);
  return sum;
}

bool Watching::has_news() {
  bool any = false;
  for (const auto& stack : stacks()) any = stack->has_news() || any;
  const std::lock_guard lock(mutex_);
  return std::exchange(has_news_, false) || any;
}

void Watching::look_at_server() {
  follow_folders();
  look_at_engine();
  const std::lock_guard lock(mutex_);
  server_under_way_ = false;
}

bool Watching::forget_all_but(const std::vector<std::string>& names) {
  return std::erase_if(stacks_, [&](const auto& one) {
           if (std::ranges::find(names, one.first) != names.end()) return false;
           count(looks_at_gone_, *one.second);
           return true;
         }) > 0;
}

// A stack that is new is watched, one whose folder is gone is not any more.
void Watching::follow_folders() {
  std::vector<std::string> names;
  try {
    names = stack_names(server_);
  } catch (const Error&) {
    return;  // not known: as before
  }
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    changed = forget_all_but(names);
    for (const std::string& name : names) {
      if (stacks_.contains(name)) continue;
      stacks_.emplace(name, std::make_shared<StackWatch>(server_, name, interval_));
      changed = true;
    }
    has_news_ |= changed;
  }
  if (changed) news_();
}

// For what no event told: the stream may have been cut, or been faster than we are.
void Watching::look_at_engine() {
  std::map<std::string, std::string> states;
  std::string trouble;
  try {
    ImpatientServer impatient(server_, interval_);
    states = states_of(impatient.get().engine.all_containers());
  } catch (const Error& error) {
    trouble = error.message();
  }
  std::set<std::string> others;
  bool changed = false;
  {
    const std::lock_guard lock(mutex_);
    changed = trouble != engine_trouble_;
    engine_trouble_ = trouble;
    has_news_ |= changed;
    if (trouble.empty()) {
      others = differing(seen_, states);
      seen_ = std::move(states);
    }
  }
  if (changed) return want_containers();
  for (const std::string& project : others) want_of(project);
}

void Watching::take(const docker::Event& event) {
  deeds_.happened(event, server_.host.clock.monotonic());
  if (docker::changes_state(event)) want_of(event.project);
}

// What happens to a container may be why its site or its database does not answer.
void Watching::want_of(const std::string& project) {
  if (project.empty()) return;
  bool is_ours = false;
  for (const auto& stack : stacks()) {
    if (stack->project() != project) continue;
    is_ours = true;
    for (const Part part : {Part::containers, Part::database, Part::health}) stack->want(part);
  }
  if (is_ours) news_();
}

void Watching::want_containers() {
  for (const auto& stack : stacks()) stack->want(Part::containers);
  news_();
}

}  // namespace ballast
