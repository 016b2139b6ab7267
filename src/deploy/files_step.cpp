#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "deploy/steps.h"
#include "live/configuration.h"
#include "live/stack_files.h"
#include "model/service_changes.h"

namespace ballast::steps {

namespace {

std::string folder_of_files(const Work& work) {
  return work.server.paths.release_copies(work.stack.name, work.operation.id) + "-image";
}

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string hash_of_files(const Stack& stack) {
  return sha256_hex(fmt::format("{}:{}{}", stack.compose_text.size(), stack.compose_text,
                                stack.policy_text.value_or("")));
}

// A file that already is as the image has it loses nothing.
std::vector<FileChange> changes_by_hand(Work& work, const ReleaseRecord& last,
                                        const std::string& folder) {
  Disk& disk = work.server.host.disk;
  std::vector<FileChange> changes = changed_since(work.server, work.stack, last.copies);
  std::erase_if(changes, [&](const FileChange& change) {
    return disk.read(change.copy) ==
           disk.read(fmt::format("{}/{}", folder, file_name(change.copy)));
  });
  return changes;
}

// What differs shows values of the files on both sides.
Stack knowing_all_secrets(const Stack& stack, const Stack& other) {
  Stack both = stack;
  for (const ComposeService& service : other.compose.services)
    for (const auto& [name, value] : service.environment)
      both.secrets.add_variable(name, expand_variables(value, other.env.values()));
  return both;
}

struct Files {
  const docker::Image& image;
  const std::string& shown;  // "shop:sha-a000002"
  const std::string& folder;
  FilesOfImage texts;
};

Error unusable(const Files& files, const Error& error) {
  return Error(Kind::refused,
               fmt::format("{} carries files that cannot be used: {}", files.shown,
                           replace_all(error.message(), files.folder, "/ballast/stack")),
               error.hint());
}

// The plan was made for this service of this project, and this image was pulled.
void require_same_release(const Stack& own, const Stack& other, const std::string& tag) {
  if (other.project != own.project)
    throw Error(Kind::refused,
                fmt::format("they are of the project {}, not {}", other.project, own.project),
                "take `name:` out of the image's compose file");
  const std::string wanted = own.image_for(tag).text();
  if (const std::string other_image = other.image_for(tag).text(); other_image != wanted)
    throw Error(Kind::refused, fmt::format("they release {}, not {}", other_image, wanted),
                "the image's compose file names its own repository, as the one on the server does");
}

Stack stack_with(Work& work, const Files& files, const std::string& tag) {
  try {
    Stack other = read_stack_with(work.server, work.stack.name, files.folder);
    require_same_release(work.stack, other, tag);
    return other;
  } catch (const Error& error) {
    throw unusable(files, error);
  }
}

ComparedFile text_of(Work& work, const std::string& tag, std::string path) {
  return {.path = std::move(path),
          .text = work.stack.compose_text,
          .resolved = work.composer().resolved({{work.stack.policy.tag_variable, tag}})};
}

std::string label_of(const docker::Image& image) {
  const auto found = image.labels.find(std::string(docker::label_stack));
  return found == image.labels.end() ? std::string() : found->second;
}

struct Look {
  std::vector<CheckResult> gates;
  std::string difference;  // what they change; before it what was changed by hand
  std::vector<std::string> changed;
  ServiceChanges services;
};

// But for those that are released. Where Compose does not take the files a gate says so.
ServiceChanges services_between(const Policy& policy, const CarriedFiles& files) {
  if (files.before.resolved.empty() || files.after.resolved.empty()) return {};
  ServiceChanges changes = service_changes(files.before.resolved, files.after.resolved);
  const auto is_released = [&](const std::string& name) {
    return name == policy.service ||
           std::ranges::find(policy.companions, name) != policy.companions.end();
  };
  std::erase_if(changes.changed, is_released);
  return changes;
}

// Both stacks are looked at: the gates are asked about the one that would be.
Look look_at(Work& work, const Files& files, const std::string& tag) {
  const Stack own = work.stack;
  const Stack other = stack_with(work, files, tag);
  const Stack masking = knowing_all_secrets(other, own);
  CarriedFiles carried{.label = label_of(files.image),
                       .before = text_of(work, tag, own.compose_path),
                       .after = {},
                       .policy_before = own.policy,
                       .example = files.texts.example,
                       .by_hand = {},
                       .accepted = texts_in(member(work.operation.request, "accept"))};
  Look look;
  if (const auto good = work.journal.releases(own.name, "good"); !good.empty()) {
    const auto by_hand = changes_by_hand(work, good.front(), files.folder);
    for (const FileChange& change : by_hand)
      carried.by_hand.push_back({.name = file_name(change.copy), .release = good.front().tag});
    look.difference = difference(work.server, masking, by_hand, "changed by hand");
  }
  const auto changes = staged_changes(work.server, own.directory, files.folder);
  look.difference += difference(work.server, masking, changes, "of the image");
  for (const FileChange& change : changes) look.changed.push_back(file_name(change.path));
  const WithStack with_other(work, other);
  carried.after = text_of(work, tag, "the image's " + file_name(own.compose_path));
  look.services = services_between(own.policy, carried);
  look.gates = ask_file_gates(work, tag, carried);
  std::ranges::move(ask_gates(work, tag, Moment::host_gate), std::back_inserter(look.gates));
  return look;
}

void tell(Work& work, StepRun& run, const Look& look) {
  for (const std::string& line : split_lines(look.difference)) run.progress.detail(line);
  for (const std::string& name : look.services.changed)
    run.progress.detail(
        fmt::format("service {0} changes: its container follows with the next docker "
                    "compose up -d {0}",
                    name));
  for (const std::string& name : look.services.dropped)
    run.progress.detail(
        fmt::format("service {} is gone from these files: its container stays as it is", name));
  Json accepted = Json::array();
  for (const CheckResult& result : look.gates)
    if (was_accepted(result)) {
      accepted.push_back(line_of(result));
      run.progress.detail(line_of(result));
    }
  if (!accepted.empty()) run.remember("accepted", accepted);
  for (const std::string& word : texts_in(member(work.operation.request, "accept"))) {
    const bool is_used = std::ranges::any_of(look.gates, [&](const CheckResult& result) {
      return was_accepted(result) &&
             (result.subject == word || result.subject.starts_with(word + "="));
    });
    if (!is_used) run.progress.detail(fmt::format("there is nothing to accept as {}", word));
  }
}

std::string changed_text(const std::vector<std::string>& names) {
  return names.empty() ? "the files are the same" : fmt::format("{} change", join(names, " and "));
}

}  // namespace

WithStack::WithStack(Work& work, Stack other) : work_(work), own_(work.stack) {
  work_.use(std::move(other));
}

WithStack::~WithStack() { work_.use(std::move(own_)); }

WithFilesOfImage::WithFilesOfImage(Work& work, const StepRun& run) {
  const std::string folder = text_at(run.fact_of(files_step), "folder");
  if (!folder.empty()) with_.emplace(work, read_stack_with(work.server, work.stack.name, folder));
}

void take_files(Work& work, StepRun& run) {
  const std::string tag = wanted_tag(work.operation);
  const std::string folder = folder_of_files(work);
  const std::string shown = work.stack.image_for(tag).text();
  const auto image = work.server.engine.image(text_at(run.fact_of("pull"), "image"));
  if (!image) throw Error(Kind::failed, fmt::format("the image {} is gone", shown));
  const Files files{*image, shown, folder,
                    files_of_image(work.server, image->id, shown, work.operation.id)};
  stage(work.server, work.stack, files.texts, folder);
  const Look look = look_at(work, files, tag);
  tell(work, run, look);
  judge_gates(work, run, look.gates);
  run.remember("changed", look.changed);
  run.remember("added", look.services.added);
  run.remember("present", hash_of_files(work.stack));
  run.remember("folder", folder);
  run.summary = fmt::format("{}; {}", changed_text(look.changed), run.summary);
}

void forget_files(Work& work, StepRun&) {
  work.server.host.disk.remove_tree(folder_of_files(work));
}

void place_files(Work& work, StepRun& run) {
  const Json& taken = run.fact_of(files_step);
  const auto changes = staged_changes(work.server, work.stack.directory, text_at(taken, "folder"));
  if (changes.empty()) {
    run.summary = changed_text({});
    return;
  }
  work.reload();
  if (hash_of_files(work.stack) != text_at(taken, "present"))
    throw Error(
        Kind::refused,
        fmt::format("the files of {} were changed while the release was proved", work.stack.name),
        "deploy again: they are compared anew");
  std::vector<std::string> names;
  for (const FileChange& change : changes) names.push_back(file_name(change.path));
  run.remember("runs", before_json(observe_before(work.inspection, work.running)));
  run.remember("names", names);
  keep_files(work.server, work.stack.directory, folder_before(work));
  run.remember("before", folder_before(work));
  put_in_place(work.server, changes);
  work.reload();
  run.summary = join(names, ", ");
}

void put_files_back(Work& work, StepRun& run) {
  if (put_back(work.server, work.stack.directory, run.fact_of(configuration_step))) work.reload();
}

std::string folder_before(const Work& work) {
  return work.server.paths.release_copies(work.stack.name, work.operation.id) + "-before";
}

void look_ahead_at_files(Work& work, Preview& preview, const std::string& folder) {
  const std::string tag = wanted_tag(work.operation);
  const std::string shown = work.stack.image_for(tag).text();
  const auto image = work.server.engine.image(shown);
  if (!image) {
    preview.difference = "the files of the image are compared once it is pulled\n";
    return;
  }
  const Files files{*image, shown, folder + "/image",
                    files_of_image(work.server, image->id, shown, work.operation.id)};
  stage(work.server, work.stack, files.texts, files.folder);
  const Look look = look_at(work, files, tag);
  preview.difference = look.difference;
  preview.gates = look.gates;
}

}  // namespace ballast::steps
