// A repository from a template: what `ballast init --template` writes.
#pragma once

#include <string>
#include <vector>

#include "host/disk.h"

namespace ballast {

struct SkeletonRequest {
  std::string name;   // of the template: "odoo18"
  std::string stack;  // also the name of its image
  std::string owner;  // whose images they are: ghcr.io/<owner>/<stack>
  std::string host;   // the server, with its SSH port where that is not 22
};

struct SkeletonFile {
  std::string path;  // below the repository's folder
  std::string text;
  bool present = false;  // it is there, and the same
};

// The template filled in. Error(usage) when a word of the request cannot stand in its place.
std::vector<SkeletonFile> fill_skeleton(const SkeletonRequest& request);

// Looks which files are there. Error(refused), which names them all, when one differs, or when
// what is there is no file of the folder's own.
void compare_skeleton(Disk& disk, const std::string& folder, std::vector<SkeletonFile>& files);

// Writes those that are not there.
void write_skeleton(Disk& disk, const std::string& folder, const std::vector<SkeletonFile>& files);

}  // namespace ballast
