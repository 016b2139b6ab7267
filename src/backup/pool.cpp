#include "backup/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "host/parallel.h"

namespace ballast {

namespace {

constexpr std::size_t folders = 256;

std::string folder_name(std::size_t number) { return fmt::format("{:02x}", number); }

// `files` sorted by name; nullptr when it is not among them.
const SizedName* named(const std::vector<SizedName>& files, std::string_view name) {
  const auto found = std::ranges::lower_bound(files, name, {}, &SizedName::name);
  return found != files.end() && found->name == name ? &*found : nullptr;
}

bool has(const std::vector<SizedName>& files, const SizedName& wanted) {
  const SizedName* found = named(files, wanted.name);
  return found != nullptr && found->size == wanted.size;
}

}  // namespace

Pool::Pool(Host& host, std::string folder) : host_(host), folder_(std::move(folder)) {
  host_.disk.make_directories(folder_, 0700);
  for (std::size_t number = 0; number < folders; ++number)
    host_.trees.make_directory({folder_, folder_name(number)}, {.mode = 0700});
}

PoolCount Pool::take_new(const std::string& filestore) {
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> bytes = 0;
  parallel_for(folders, copy_threads(), [&](std::size_t number) {
    const std::string folder = folder_name(number);
    const auto there = host_.trees.files_in({filestore, folder});
    if (there.empty()) return;
    const auto here = host_.trees.files_in({folder_, folder});
    for (const SizedName& file : there) {
      const auto name = parse_attachment_name(folder + "/" + file.name);
      std::uint64_t size = 0;
      if (!name || has(here, file)) continue;
      if (!take_file({filestore, name->text()}, *name, size)) continue;
      ++files;
      bytes += size;
    }
  });
  return {.files = files, .bytes = bytes};
}

Pool::Stock Pool::stock_of(const std::vector<AttachmentName>& names) {
  Stock stock;
  std::vector<SizedName> here;
  int folder = -1;
  for (const AttachmentName& name : names) {
    if (name.sha1[0] != folder) {
      folder = name.sha1[0];
      here = host_.trees.files_in({folder_, folder_name(static_cast<std::size_t>(folder))});
    }
    if (const SizedName* file = named(here, name.hex()))
      stock.bytes += file->size;
    else
      stock.missing.push_back(name);
  }
  return stock;
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
