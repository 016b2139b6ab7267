#include "live/switch.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace ballast {

namespace {

constexpr int up_tries = 3;
constexpr Duration pause_between_tries = std::chrono::seconds(2);

bool has_id_prefix(const std::string& name) {
  return name.size() > 13 && name[12] == '_' && is_hex(std::string_view(name).substr(0, 12));
}

// The engine names them by 64 hex digits.
std::vector<std::string> anonymous_volumes(const docker::Container& container) {
  std::vector<std::string> names;
  for (const docker::Mount& mount : container.mounts)
    if (mount.type == "volume" && mount.name.size() == 64 && is_hex(mount.name))
      names.push_back(mount.name);
  return names;
}

std::vector<docker::Container> release_containers(Server& server, const Stack& stack) {
  std::vector<docker::Container> found;
  for (docker::Container& container : observe(server, stack).services)
    if (container.label(docker::label_service) == stack.policy.service)
      found.push_back(std::move(container));
  return found;
}

std::vector<std::string> volumes_of_release(Server& server, const Stack& stack) {
  std::vector<std::string> names;
  for (const docker::Container& container : release_containers(server, stack))
    std::ranges::copy(anonymous_volumes(container), std::back_inserter(names));
  return names;
}

// After a failed recreate Compose v1 leaves the old container stopped, or back under <id12>_<name>,
// and perhaps a new one that never ran. Data is in named volumes, so what does not run can go.
void clear_leftovers(Server& server, const Stack& stack) {
  const auto containers = release_containers(server, stack);
  if (containers.size() < 2) return;
  for (const docker::Container& container : containers)
    if (!container.running()) server.engine.remove_container(container.id);
}

void give_back_name(Server& server, const Stack& stack) {
  const auto containers = release_containers(server, stack);
  if (containers.size() != 1 || !has_id_prefix(containers.front().name)) return;
  server.engine.rename_container(containers.front().id, containers.front().name.substr(13));
}

UpOptions up_options(const Stack& stack, bool all) {
  UpOptions options{.services = {}, .dependencies = all, .recreate = !all, .stop_timeout = {}};
  if (!all) {
    options.services = {stack.policy.service};
    for (const std::string& companion : stack.policy.companions)
      options.services.push_back(companion);
  }
  if (!stack.release_service().has_stop_grace_period)
    options.stop_timeout = stack.policy.stop_timeout;
  return options;
}

bool runs_as_before(Server& server, const Stack& stack, const Before& before) {
  const auto containers = release_containers(server, stack);
  return containers.size() == 1 && containers.front().running() &&
         containers.front().image_id == before.image_id &&
         containers.front().image == before.image && !has_id_prefix(containers.front().name);
}

void remove_first_release(Server& server, const Stack& stack, Composer& composer,
                          Progress& progress) {
  if (!release_containers(server, stack).empty()) composer.remove(stack.policy.service, progress);
}

Error not_back(const Stack& stack, const Before& before, const Verification& verification) {
  Error error(Kind::failed,
              fmt::format("{} runs {} again, but it does not verify: {}", stack.name, before.tag,
                          verification.trouble),
              fmt::format("look at: ballast verify {0}; docker logs of its service `{1}`",
                          stack.name, stack.policy.service));
  for (const std::string& line : failing_lines(verification.checks)) error.add_context(line);
  return error;
}

}  // namespace

Json before_json(const Before& before) {
  return {{"tag", before.tag},
          {"image_id", before.image_id},
          {"image", before.image},
          {"was_good", before.was_good},
          {"anonymous_volumes", before.anonymous_volumes}};
}

Before before_from_json(const Json& json) {
  return {.tag = text_at(json, "tag"),
          .image_id = text_at(json, "image_id"),
          .image = text_at(json, "image"),
          .was_good = flag_at(json, "was_good"),
          .anonymous_volumes = texts_in(member(json, "anonymous_volumes"))};
}

Before observe_before(const Inspection& inspection, const Running& running) {
  const Stack& stack = inspection.stack;
  Before before{
      .tag = stack.tag(), .image_id = {}, .image = {}, .was_good = false, .anonymous_volumes = {}};
  const docker::Container* container = running.of(stack.policy.service);
  if (container == nullptr) return before;
  before.image_id = container->image_id;
  before.image = container->image;
  before.anonymous_volumes = anonymous_volumes(*container);
  before.was_good = container->running() && answers(inspection, *container);
  return before;
}

void write_tag(Server& server, const Stack& stack, const std::string& tag) {
  const auto text = server.host.disk.read(stack.env_path);
  if (!text)
    throw Error(Kind::failed, stack.env_path + " has gone",
                "put it back; nothing else was changed");
  const EnvFile env(stack.env_path, *text);
  if (env.tag(stack.policy.tag_variable) == tag) return;
  server.host.disk.replace(stack.env_path, env.with_tag(stack.policy.tag_variable, tag));
}

void ensure_image(Server& server, const std::string& repository, const std::string& tag,
                  const std::string& image_id) {
  const auto present = server.engine.image(repository + ":" + tag);
  if (present && present->id == image_id) return;
  if (!server.engine.image(image_id))
    throw Error(
        Kind::failed,
        fmt::format("the image {} of {}:{} is gone", image_id.substr(0, 19), repository, tag),
        fmt::format("pull or build it again: docker pull {}:{}", repository, tag));
  server.engine.tag_image(image_id, repository, tag);
}

void remove_volumes(Server& server, const std::vector<std::string>& names) {
  for (const std::string& name : names) server.engine.remove_volume(name);
}

void bring_up(Server& server, const Stack& stack, Composer& composer, bool all,
              Progress& progress) {
  for (int attempt = 1;; ++attempt) {
    try {
      clear_leftovers(server, stack);
      composer.up(up_options(stack, all), progress);
      break;
    } catch (const Error& error) {
      // An engine that is still busy with what a killed Compose asked for refuses for a moment.
      const bool give_up = attempt == up_tries || error.kind() == Kind::interrupted ||
                           !server.host.interrupts.held();
      if (give_up) throw;
      server.host.clock.sleep(pause_between_tries);
    }
  }
  give_back_name(server, stack);
}

void return_to(Inspection& inspection, Composer& composer, const Before& before, EngineWork work,
               Progress& progress) {
  Server& server = inspection.server;
  const Stack& stack = inspection.stack;
  write_tag(server, stack, before.tag);
  if (!before.ran()) return remove_first_release(server, stack, composer, progress);
  const Reference image = parse_reference(before.image);
  ensure_image(server, image.repository, image.tag, before.image_id);
  const auto volumes = volumes_of_release(server, stack);
  clear_leftovers(server, stack);
  give_back_name(server, stack);
  const bool may_stay = work == EngineWork::none && runs_as_before(server, stack, before);
  if (!may_stay) bring_up(server, stack, composer, false, progress);
  remove_volumes(server, volumes);
  const Running running = observe(server, stack);
  const docker::Container* container = running.of(stack.policy.service);
  if (container == nullptr)
    throw Error(Kind::failed,
                fmt::format("{} has no container of `{}`", stack.name, stack.policy.service));
  inspection.look_at_image(before.image_id);
  inspection.find_databases(running);
  const Verification verification =
      verify_until_good(inspection, before.tag, container->id, Asked::live,
                        {.timeout = stack.policy.verify.timeout, .settle = {}}, progress);
  if (!verification.passed && before.was_good) throw not_back(stack, before, verification);
}

}  // namespace ballast
