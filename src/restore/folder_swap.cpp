#include "restore/folder_swap.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

bool exists(Disk& disk, const std::string& path) {
  return !path.empty() && disk.info(path).has_value();
}

// Of a folder that is being filled: it counts once it has lost this.
std::string half(const std::string& folder) { return folder + ".half"; }

void move_all(Disk& disk, const std::string& from, const std::string& to) {
  for (const std::string& name : disk.list(from))
    if (!name.starts_with(own_prefix))
      disk.rename(fmt::format("{}/{}", from, name), fmt::format("{}/{}", to, name));
}

void bring_in(Disk& disk, const std::string& folder, const std::string& root) {
  move_all(disk, folder, root);
  disk.remove_tree(folder);
}

void put_away(Disk& disk, const std::string& root, const std::string& folder) {
  disk.make_directories(half(folder), 0700);
  move_all(disk, root, half(folder));
  disk.rename(half(folder), folder);
}

}  // namespace

void swap_folder(Disk& disk, const NameSwap& swap) {
  const bool done = swap.incoming.empty() ? !exists(disk, swap.live) : !exists(disk, swap.incoming);
  if (done) return;
  if (exists(disk, swap.live)) disk.rename(swap.live, swap.parked);
  if (!swap.incoming.empty()) disk.rename(swap.incoming, swap.live);
}

void swap_folder_back(Disk& disk, const NameSwap& swap) {
  const bool is_in = !swap.incoming.empty() && !exists(disk, swap.incoming);
  if (is_in && exists(disk, swap.live)) disk.rename(swap.live, swap.incoming);
  if (exists(disk, swap.parked) && !exists(disk, swap.live)) disk.rename(swap.parked, swap.live);
}

void swap_content(Disk& disk, const NameSwap& swap) {
  if (!exists(disk, swap.incoming)) return;
  if (!exists(disk, swap.parked)) put_away(disk, swap.live, swap.parked);
  bring_in(disk, swap.incoming, swap.live);
}

// While the parked folder is whole, all that lies in the root came in; as soon as it is half again,
// all that lies there was there before.
void swap_content_back(Disk& disk, const NameSwap& swap) {
  if (exists(disk, swap.parked)) {
    disk.make_directories(swap.incoming, 0700);
    move_all(disk, swap.live, swap.incoming);
    disk.rename(swap.parked, half(swap.parked));
  }
  if (exists(disk, half(swap.parked))) bring_in(disk, half(swap.parked), swap.live);
}

std::string incoming_content(std::string_view root, std::string_view operation) {
  return fmt::format("{}/{}restore-{}", root, own_prefix, lower(operation));
}

std::string parked_content(std::string_view root, std::string_view operation) {
  return fmt::format("{}/{}before-{}", root, own_prefix, lower(operation));
}

}  // namespace ballast
