// The stack's own files as an image carries them, in /ballast/stack.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/configuration.h"
#include "live/stack.h"

namespace ballast {

struct FilesOfImage {
  std::string compose;                 // its text
  std::optional<std::string> policy;   // absent: the present one stays
  std::optional<std::string> example;  // .env.example: names what .env must have; never laid down
};

// Nothing of the image runs. Error(refused) when it carries none, or anything but regular files of
// these names within their sizes. `shown` is how the image is named in messages.
FilesOfImage files_of_image(Server& server, const std::string& image, const std::string& shown,
                            const std::string& operation);
FilesOfImage files_in_archive(std::string_view tar, const std::string& shown);

// Lays them into a folder of root's alone, each under the name that the stack's own has.
void stage(Server& server, const Stack& stack, const FilesOfImage& files,
           const std::string& folder);
// Those of them that differ from what the stack has.
std::vector<FileChange> staged_changes(Server& server, const std::string& directory,
                                       const std::string& folder);

// Compose file and policy where they are not as a release left them, from what it kept to what is
// there. Turning the rule itself on is no change.
std::vector<FileChange> changed_since(Server& server, const Stack& stack,
                                      const std::string& copies);

}  // namespace ballast
