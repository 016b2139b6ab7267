// Reads the addons of an image or of a running container by a small Python program run inside it as
// the image's own user: name, whether it is readable, whether its manifest is a literal dict, and a
// hash over its files. The same program in both places, so that equal listings mean equal addons.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "tools/engine.h"

namespace ballast {

struct Addon {
  std::string name;
  std::string version;  // of the manifest
  std::string trouble;  // "no __manifest__.py", "__manifest__.py is not a literal dictionary: …",
                        // "not readable: …"; empty: fine
  std::string hash;
  std::string upgrade_hash = {};          // over what can change a database; empty: not known
  std::vector<std::string> depends = {};  // of the manifest
  bool installable = true;
};

std::vector<std::string> read_addons_argv(const std::string& path);
std::vector<Addon> parse_addons(const std::string& output);
// Error(failed) when the program could not run (no python3 in the image, …).
std::vector<Addon> addons_of_image(Engine& engine, const std::string& image,
                                   const std::string& path, const std::string& owner_label);
std::vector<Addon> addons_of_container(Engine& engine, const std::string& container,
                                       const std::string& path);
Json addons_json(const std::vector<Addon>& addons);
std::vector<Addon> addons_from_json(const Json& json);
// "name version hash" lines, sorted: to be compared and kept.
std::string listing(const std::vector<Addon>& addons);

}  // namespace ballast
