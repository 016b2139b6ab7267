// Folders that change places with what is live, by renames alone; one after the other, each step of
// which may be the last before a power cut: a second call goes on where the first one ended. Only
// while nothing writes there.
#pragma once

#include <string>
#include <string_view>

#include "host/disk.h"
#include "model/name_swap.h"
#include "model/set_layout.h"

namespace ballast {

// A filestore of one database: the names are paths of folders beside each other.
void swap_folder(Disk& disk, const NameSwap& swap);
void swap_folder_back(Disk& disk, const NameSwap& swap);

// What lies in the root of a volume, which itself cannot be renamed while it is one: `live` is that
// root, `incoming` and `parked` are folders in it whose names begin with own_prefix.
void swap_content(Disk& disk, const NameSwap& swap);
void swap_content_back(Disk& disk, const NameSwap& swap);

std::string incoming_content(std::string_view root, std::string_view operation);
std::string parked_content(std::string_view root, std::string_view operation);

}  // namespace ballast
