#include <fmt/format.h>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

constexpr std::string_view official_volume = "/mnt/extra-addons";

struct Volume {
  std::string subject;
  std::string path;
};

// The official image of Odoo brings one along.
Known<std::vector<Volume>> of_dockerfile(const StackSeen& stack) {
  if (!stack.dockerfile.value) return {.value = {}, .trouble = stack.dockerfile.trouble};
  if (!*stack.dockerfile.value)
    return {.value = {}, .trouble = fmt::format("there is no Dockerfile in {}", stack.directory)};
  const TextFile& file = **stack.dockerfile.value;
  std::vector<Volume> volumes;
  for (const Instruction& one : instructions_of(file.text)) {
    const std::string subject = fmt::format("{}:{}", file.path, one.line);
    if (one.name == "from" && !one.words.empty() && image_name(one.words[0]) == "odoo")
      volumes.push_back({subject, std::string(official_volume)});
    if (one.name == "volume")
      for (const std::string& path : one.words) volumes.push_back({subject, path});
  }
  return known(std::move(volumes));
}

Known<std::vector<Volume>> volumes_of(const StackSeen& stack) {
  if (!stack.on_server) return of_dockerfile(stack);
  if (!stack.image_volumes.value) return {.value = {}, .trouble = stack.image_volumes.trouble};
  std::vector<Volume> volumes;
  for (const std::string& path : *stack.image_volumes.value)
    volumes.push_back({"the image of " + stack.policy.value->service, path});
  return known(std::move(volumes));
}

// Where Odoo looks for them; where it is not told, what the policy takes for granted.
std::vector<std::string> addons_of(const StackSeen& stack) {
  const OdooOption* option = (*stack.odoo.value)->find("addons_path");
  if (option == nullptr) return {stack.policy.value->addons.path};
  std::vector<std::string> paths;
  for (const std::string& path : split(option->value, ',')) paths.emplace_back(trim(path));
  return paths;
}

bool lies_within(std::string_view path, std::string_view folder) {
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

}  // namespace

Findings addons_volume(const StackSeen& stack) {
  if (!stack.policy.value) return {not_known(stack.compose_path, stack.policy.trouble)};
  if (!stack.odoo.value) return {not_known("odoo.conf", stack.odoo.trouble)};
  if (!*stack.odoo.value) return {};
  const auto volumes = volumes_of(stack);
  if (!volumes.value) return {not_known("the image", volumes.trouble)};
  Findings findings;
  for (const std::string& path : addons_of(stack))
    for (const Volume& volume : *volumes.value)
      if (lies_within(path, volume.path))
        findings.push_back(
            {.subject = volume.subject,
             .what = fmt::format("{} is a volume: `docker compose up` keeps the old addons in it "
                                 "under the new tag",
                                 volume.path),
             .mend = "in the Dockerfile: COPY odoo_modules/ /opt/odoo-addons/\n"
                     "in odoo.conf: addons_path = /opt/odoo-addons\n"
                     "in ballast.yaml: addons: {path: /opt/odoo-addons}"});
  return findings;
}

}  // namespace ballast::doctor
