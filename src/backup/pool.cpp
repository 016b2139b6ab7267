#include "backup/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

#include "host/parallel.h"

namespace ballast {

namespace {

// `files` sorted by name; nullptr when it is not among them.
const SizedName* named(const std::vector<SizedName>& files, std::string_view name) {
  const auto found = std::ranges::lower_bound(files, name, {}, &SizedName::name);
  return found != files.end() && found->name == name ? &*found : nullptr;
}

bool has(const std::vector<SizedName>& files, const SizedName& wanted) {
  const SizedName* found = named(files, wanted.name);
  return found != nullptr && found->size == wanted.size;
}

// What a full disk or a crash makes of files.
bool is_emptied(const SizedName& file) {
  constexpr std::string_view sha1_of_nothing = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  return file.size == 0 && file.name != sha1_of_nothing;
}

}  // namespace

Pool::Pool(Host& host, std::string folder) : host_(host), folder_(std::move(folder)) {
  host_.disk.make_directories(folder_, 0700);
  for (unsigned number = 0; number < attachment_folders; ++number)
    host_.trees.make_directory({folder_, attachment_folder(number)}, {.mode = 0700});
}

PoolCount Pool::take_new(const std::string& filestore, const OnBytes& on_bytes, SeenNames& seen) {
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> bytes = 0;
  parallel_for(attachment_folders, copy_threads(), [&](std::size_t number) {
    const std::string folder = attachment_folder(static_cast<unsigned>(number));
    const auto there = host_.trees.files_in({filestore, folder});
    if (there.empty()) return;
    const auto here = host_.trees.files_in({folder_, folder});
    seen.reserve(static_cast<unsigned>(number), there.size());
    for (const SizedName& file : there) {
      const auto name = parse_attachment_name(folder + "/" + file.name);
      if (!name) continue;
      std::uint64_t size = 0;
      const bool is_here = has(here, file);
      if (!is_here && !take_file({filestore, name->text()}, *name, size)) continue;
      seen.add(*name);
      if (is_here) continue;
      ++files;
      bytes += size;
      on_bytes(size);
    }
  });
  return {.files = files, .bytes = bytes};
}

std::vector<std::string> Pool::lacking(const std::vector<SizedName>& files) {
  std::vector<std::string> lacking;
  for (const SizedName& file : files) {
    if (!parse_attachment_name(file.name)) continue;
    const auto info = host_.disk.info(fmt::format("{}/{}", folder_, file.name));
    if (!info || info->size != file.size) lacking.push_back(file.name);
  }
  return lacking;
}

Pool::Stock Pool::stock_of(const std::vector<AttachmentName>& names, const SeenNames& seen) {
  Stock stock;
  std::vector<SizedName> here;
  int folder = -1;
  for (const AttachmentName& name : names) {
    if (name.sha1[0] != folder) {
      folder = name.sha1[0];
      here = host_.trees.files_in({folder_, attachment_folder(name.sha1[0])});
    }
    const SizedName* file = named(here, name.hex());
    if (file == nullptr || is_emptied(*file)) {
      stock.missing.push_back(name);
      continue;
    }
    stock.bytes += file->size;
    if (!seen.has(name)) stock.unseen.push_back(name);
  }
  return stock;
}

Pool::Condition Pool::condition_of(const AttachmentName& name, std::uint64_t size) {
  const auto info = host_.disk.info(fmt::format("{}/{}", folder_, name.text()));
  if (!info) return Condition::absent;
  if (size > 0) return info->size == size ? Condition::whole : Condition::damaged;
  const auto found = host_.trees.digest({folder_, name.text()}, DigestAlgorithm::sha1);
  return found && found->digest == name.hex() ? Condition::whole : Condition::damaged;
}

std::vector<AttachmentName> Pool::damaged_of(const std::vector<AttachmentName>& names) {
  std::vector<AttachmentName> damaged;
  std::mutex guard;
  parallel_for(names.size(), copy_threads(), [&](std::size_t number) {
    const auto found = host_.trees.digest({folder_, names[number].text()}, DigestAlgorithm::sha1);
    if (found && found->digest == names[number].hex()) return;
    const std::lock_guard lock(guard);
    damaged.push_back(names[number]);
  });
  std::ranges::sort(damaged);
  return damaged;
}

Pool::Taken Pool::take(const std::string& filestore, const AttachmentName& name,
                       std::uint64_t& bytes) {
  std::uint64_t size = 0;
  if (take_file({filestore, name.text()}, name, size)) {
    bytes += size;
    return Taken::yes;
  }
  return host_.disk.info(fmt::format("{}/{}", filestore, name.text())) ? Taken::damaged
                                                                       : Taken::absent;
}

bool Pool::take_file(const Below& from, const AttachmentName& name, std::uint64_t& bytes) {
  const auto copied = host_.trees.copy_hashed(from, {folder_, name.text()}, name.hex());
  if (!copied || copied->digest != name.hex()) return false;
  bytes = copied->size;
  return true;
}

void Pool::sync() { host_.trees.sync(folder_); }

}  // namespace ballast
