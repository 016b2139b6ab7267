#include <fmt/format.h>

#include "base/text.h"
#include "doctor/dockerfile.h"
#include "doctor/see.h"

namespace ballast::doctor {

namespace {

std::string name_of(const std::string& folder, Machine& machine) {
  const std::string whole =
      folder.starts_with('/') ? folder : fmt::format("{}/{}", machine.working_directory(), folder);
  const auto parts = split(whole, '/');
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (!part->empty() && *part != ".") return *part;
  return folder;
}

// Beside the compose file, and where the Dockerfile takes one from.
std::vector<std::string> places_of_conf(const StackSeen& seen) {
  std::vector<std::string> places{seen.directory + "/odoo.conf",
                                  seen.directory + "/config/odoo.conf"};
  if (!seen.dockerfile.value || !*seen.dockerfile.value) return places;
  for (const Instruction& one : named(instructions_of((**seen.dockerfile.value).text), "copy"))
    for (const std::string& word : one.words)
      if (word.ends_with(".conf") && !word.starts_with('/'))
        places.push_back(fmt::format("{}/{}", seen.directory, word));
  return places;
}

std::vector<std::string> command_of(const StackSeen& seen) {
  const Service* service = seen.service(seen.policy.value->service);
  if (service == nullptr) return {};
  std::vector<std::string> words = split_words(service->text("command"));
  for (const Written& item : service->items("command")) words.push_back(item.node->scalar);
  return words;
}

std::optional<OdooConf> odoo_of(Disk& disk, const StackSeen& seen) {
  if (!seen.policy.value) throw Error(Kind::failed, seen.policy.trouble);
  if (seen.policy.value->preset != Preset::odoo) return std::nullopt;
  for (const std::string& path : places_of_conf(seen))
    if (const auto text = disk.read(path)) return OdooConf(path, *text, command_of(seen));
  throw Error(Kind::failed,
              fmt::format("there is none in {0} or {0}/config, nor where the Dockerfile takes one "
                          "from",
                          seen.directory));
}

}  // namespace

StackSeen see_folder(Host& host, const std::string& given) {
  std::string folder = given;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  const auto info = host.disk.info(folder);
  if (!info || info->type != FileType::directory)
    throw Error(Kind::usage, fmt::format("{} is not a folder", printable(folder)),
                "name the folder of the repository that holds the compose file");
  StackSeen seen;
  seen.name = name_of(folder, host.machine);
  seen.directory = folder;
  const std::string env = folder + "/.env";
  see_stack_files(host, seen, host.disk.info(env) ? env : env + ".example");
  seen.odoo = seen_or_why([&] { return odoo_of(host.disk, seen); });
  seen.logs = known(LogDefaults{});
  return seen;
}

}  // namespace ballast::doctor
