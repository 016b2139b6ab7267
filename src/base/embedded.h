// Files that were built into the program, as text: cmake/EmbedFiles.cmake makes what returns them.
#pragma once

#include <span>
#include <string_view>

namespace ballast {

struct EmbeddedFile {
  std::string_view name;  // below the folder that they come from: "deploy.md", "infra/Dockerfile"
  std::string_view text;
};

}  // namespace ballast
