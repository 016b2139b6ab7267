#include "skeleton/skeleton.h"

#include <fmt/format.h>

#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "model/names.h"
#include "skeleton/templates.h"

namespace ballast {

namespace {

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view owner_letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
constexpr std::string_view host_letters = "abcdefghijklmnopqrstuvwxyz0123456789-.:[]";

bool consists_of(std::string_view word, std::string_view allowed) {
  return !word.empty() && word.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_letter(char letter) { return letters.find(letter) != std::string_view::npos; }

bool begins_and_ends_well(std::string_view word) {
  return is_letter(word.front()) && is_letter(word.back());
}

void require_template(const std::string& name) {
  if (name != "odoo18")
    throw Error(Kind::usage, fmt::format("no template `{}`", printable(name)), "templates: odoo18");
}

// The registry wants more of a name than Compose does: separators between letters, `_` at most
// twice.
void require_image_name(const std::string& stack) {
  require_stack_name(stack);
  if (begins_and_ends_well(stack) && stack.find("___") == std::string::npos &&
      stack.find("-_") == std::string::npos && stack.find("_-") == std::string::npos)
    return;
  throw Error(Kind::usage, fmt::format("`{}` cannot be the name of an image", stack),
              "put single `-` between the words, like odoo18-prod");
}

void require_owner(const std::string& owner) {
  if (consists_of(owner, owner_letters) && begins_and_ends_well(owner) && owner.size() <= 39)
    return;
  throw Error(Kind::usage, fmt::format("--owner `{}` is not an account", printable(owner)),
              "the user or organisation whose repository it is, like acme");
}

void require_host(const std::string& host) {
  if (consists_of(host, host_letters) && (is_letter(host.front()) || host.front() == '[')) return;
  throw Error(Kind::usage, fmt::format("--host `{}` is not a server", printable(host)),
              "a name or an address, with its SSH port where that is not 22: erp.example.com:2222");
}

std::string filled(std::string_view text, const SkeletonRequest& request) {
  std::string result = replace_all(std::string(text), "__STACK__", request.stack);
  result = replace_all(std::move(result), "__OWNER__", request.owner);
  return replace_all(std::move(result), "__HOST__", request.host);
}

// Why the file cannot be there; nullopt when it can.
std::optional<std::string> obstacle(Disk& disk, const std::string& folder,
                                    const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto info = disk.info(folder + "/" + path.substr(0, slash));
    if (!info) return std::nullopt;
    if (info->type != FileType::directory) return path.substr(0, slash) + " is not a folder";
  }
  const auto info = disk.info(folder + "/" + path);
  if (!info || info->type == FileType::regular) return std::nullopt;
  return path + " is not a file";
}

}  // namespace

std::vector<SkeletonFile> fill_skeleton(const SkeletonRequest& request) {
  require_template(request.name);
  require_image_name(request.stack);
  require_owner(request.owner);
  require_host(request.host);
  std::vector<SkeletonFile> files;
  for (const EmbeddedFile& file : odoo18_template())
    files.push_back({.path = filled(file.name, request), .text = filled(file.text, request)});
  return files;
}

void compare_skeleton(Disk& disk, const std::string& folder, std::vector<SkeletonFile>& files) {
  std::vector<std::string> reasons;
  for (SkeletonFile& file : files) {
    auto reason = obstacle(disk, folder, file.path);
    if (!reason) {
      const auto text = disk.read(folder + "/" + file.path);
      file.present = text == file.text;
      if (text && !file.present) reason = file.path + " is there, and differs";
    }
    if (reason && (reasons.empty() || reasons.back() != *reason)) reasons.push_back(*reason);
  }
  if (reasons.empty()) return;
  Error error(Kind::refused, fmt::format("nothing was written into {}", folder),
              "what is there is kept: write the template elsewhere with --into, and compare");
  for (std::string& reason : reasons) error.add_context(std::move(reason));
  throw error;
}

void write_skeleton(Disk& disk, const std::string& folder, const std::vector<SkeletonFile>& files) {
  for (const SkeletonFile& file : files) {
    if (file.present) continue;
    const std::string path = folder + "/" + file.path;
    disk.make_directories(path.substr(0, path.rfind('/')));
    disk.replace(path, file.text);
  }
}

}  // namespace ballast
