#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.h"
#include "check/checks.h"
#include "tools/postgres_outside.h"

namespace ballast::checks {

namespace {

constexpr unsigned writable_by_others = 0022;
constexpr unsigned readable_by_others = 0004;
constexpr std::array optional_files{"ballast.yaml", "compose.override.yaml", "compose.override.yml",
                                    "docker-compose.override.yaml", "docker-compose.override.yml"};

struct Entry {
  std::string path;
  FileType type;
  bool required;
};

std::vector<Entry> entries_of(const CheckContext& context) {
  std::vector<Entry> entries{{context.directory, FileType::directory, true},
                             {context.compose_path, FileType::regular, true},
                             {context.directory + "/.env", FileType::regular, true}};
  for (const char* name : optional_files)
    entries.push_back({fmt::format("{}/{}", context.directory, name), FileType::regular, false});
  return entries;
}

std::string_view type_text(FileType type) {
  if (type == FileType::symlink) return "a symlink";
  if (type == FileType::directory) return "a folder";
  return type == FileType::regular ? "a file" : "neither a file nor a folder";
}

CheckResult absent(const Entry& entry) {
  return fails("absent", fmt::format("put it there: {} belongs to every stack", entry.path),
               entry.path);
}

CheckResult wrong_type(const Entry& entry, FileType found) {
  if (found == FileType::symlink && entry.type == FileType::regular)
    return fails("a symlink",
                 fmt::format("put the file itself there: `cp --remove-destination "
                             "\"$(readlink -f {0})\" {0}`",
                             shell_quoted(entry.path)),
                 entry.path);
  return fails(std::string(type_text(found)),
               fmt::format("put {} there; `ls -ld {}` shows what it is", type_text(entry.type),
                           shell_quoted(entry.path)),
               entry.path);
}

std::optional<CheckResult> owner_trouble(const Entry& entry, const FileInfo& info,
                                         Machine& machine) {
  const unsigned user = machine.user();
  if (info.owner == 0 || info.owner == user) return std::nullopt;
  return fails(fmt::format("owned by {}", machine.user_name(info.owner)),
               fmt::format("`chown {} {}`", machine.user_name(user), shell_quoted(entry.path)),
               entry.path);
}

std::optional<CheckResult> mode_trouble(const Entry& entry, const FileInfo& info) {
  if ((info.mode & writable_by_others) == 0) return std::nullopt;
  return fails(fmt::format("writable by group or others (mode {:04o})", info.mode),
               fmt::format("`chmod go-w {}`", shell_quoted(entry.path)), entry.path);
}

Answers troubles_of(const Entry& entry, const std::optional<FileInfo>& info, Machine& machine) {
  if (!info) return entry.required ? Answers{absent(entry)} : Answers{};
  if (info->type != entry.type) return {wrong_type(entry, info->type)};
  Answers troubles;
  if (const auto trouble = owner_trouble(entry, *info, machine)) troubles.push_back(*trouble);
  if (const auto trouble = mode_trouble(entry, *info)) troubles.push_back(*trouble);
  return troubles;
}

Answers address_troubles(const CheckContext& context) {
  if (context.policy.database_url_file.empty()) return {};
  const std::string path = context.paths.at(context.policy.database_url_file);
  try {
    read_server_address(context.host, path);
    return {};
  } catch (const Error& error) {
    return {fails(error.message(), error.hint(), path)};
  }
}

std::string secrecy_of(Disk& disk, const std::string& path) {
  const auto info = disk.info(path);
  if (!info || (info->mode & readable_by_others) == 0) return {};
  return fmt::format("; .env can be read by everyone (mode {:04o})", info->mode);
}

}  // namespace

Answers stack_files(const CheckContext& context) {
  Disk& disk = context.host.disk;
  Answers answers;
  for (const Entry& entry : entries_of(context))
    for (CheckResult& trouble : troubles_of(entry, disk.info(entry.path), context.host.machine))
      answers.push_back(std::move(trouble));
  std::ranges::move(address_troubles(context), std::back_inserter(answers));
  if (answers.empty())
    answers.push_back(
        passes("owners and modes are right" + secrecy_of(disk, context.directory + "/.env"),
               context.directory));
  return answers;
}

}  // namespace ballast::checks
