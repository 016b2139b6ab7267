// Live files, read-only beneath a layer that takes what is written and is thrown away: nothing is
// copied, and nothing live is changed.
#pragma once

#include <optional>
#include <string>

#include "live/work.h"

namespace ballast {

// Where the layer keeps its files, below the operation's own folder.
std::string upper_folder(const std::string& folder);

// `live`: a folder of this host; `folder`: free to use; `image`: any that a container of this
// operation can be made of. The name of the volume, for one operation; nullopt where the engine or
// a file system has no such layers: `why` tells, and nothing is left of it.
std::optional<std::string> lay_over(Work& work, const std::string& live, const std::string& folder,
                                    const std::string& image, std::string& why);
// Once no container has it. Absent is fine.
void remove_layer(Work& work);

}  // namespace ballast
