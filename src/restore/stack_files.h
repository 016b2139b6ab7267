// Which of the live release's bind mounts a throw-away one may be given, to be read.
#pragma once

#include <string>

#include "host/disk.h"

namespace ballast {

// It lies in the stack's own folder and is nothing but files and folders of them. A socket leads to
// a live server, whatever the network, and though it may only be read.
bool is_configuration(Disk& disk, const std::string& stack_folder, const std::string& path);

}  // namespace ballast
