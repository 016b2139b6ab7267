#include "backup/seen_names.h"

#include <algorithm>

namespace ballast {

namespace {

// What follows the byte that names the folder; in the order of the names.
std::uint64_t key_of(const AttachmentName& name) {
  std::uint64_t key = 0;
  for (std::size_t place = 1; place <= sizeof key; ++place) key = key << 8U | name.sha1.at(place);
  return key;
}

}  // namespace

void SeenNames::clear() {
  for (auto& keys : folders_) keys.clear();
}

void SeenNames::reserve(unsigned folder, std::size_t count) { folders_.at(folder).reserve(count); }

void SeenNames::add(const AttachmentName& name) {
  folders_.at(name.sha1[0]).push_back(key_of(name));
}

void SeenNames::sort() {
  for (auto& keys : folders_) std::ranges::sort(keys);
}

bool SeenNames::has(const AttachmentName& name) const {
  return std::ranges::binary_search(folders_.at(name.sha1[0]), key_of(name));
}

std::size_t SeenNames::size() const {
  std::size_t count = 0;
  for (const auto& keys : folders_) count += keys.size();
  return count;
}

}  // namespace ballast
