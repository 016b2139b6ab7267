#include "model/compose_ground.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

std::string flattened(const Yaml& node) {
  std::vector<std::string> parts;
  for (const Yaml& item : node.items) parts.push_back(flattened(item));
  for (const auto& [key, value] : node.entries)
    parts.push_back(fmt::format("{}: {}", yaml_scalar(key.scalar), flattened(value)));
  switch (node.type) {
    case Yaml::Type::null: return "null";
    case Yaml::Type::scalar: return yaml_scalar(node.scalar);
    case Yaml::Type::list: return fmt::format("[{}]", join(parts, ", "));
    case Yaml::Type::map: return fmt::format("{{{}}}", join(parts, ", "));
  }
  return {};
}

std::string resolved_path(const ComposeGround& ground, std::string_view path) {
  std::string whole(path);
  if (whole.starts_with('~')) {
    const auto home = ground.variables.find("HOME");
    whole.replace(0, 1, home == ground.variables.end() ? "/root" : home->second);
  }
  if (!whole.starts_with('/')) whole = fmt::format("{}/{}", ground.directory, whole);
  std::vector<std::string> parts;
  for (const std::string& part : split(whole, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  return "/" + join(parts, "/");
}

bool leads_outside(const ComposeGround& ground, std::string_view path) {
  const bool is_address = path.find("://") != std::string_view::npos ||
                          path.find('@') != std::string_view::npos ||
                          (path.find(':') != std::string_view::npos && !path.starts_with('/'));
  return is_address || !resolved_path(ground, path).starts_with(ground.directory + "/");
}

std::vector<std::string> texts_or_maps(const Yaml& node, std::string_view key) {
  std::vector<std::string> texts;
  if (node.type == Yaml::Type::scalar) texts.push_back(node.scalar);
  for (const Yaml& item : node.items)
    for (std::string& text : texts_or_maps(item, key)) texts.push_back(std::move(text));
  if (const Yaml* found = node.find(key))
    for (std::string& text : texts_or_maps(*found, key)) texts.push_back(std::move(text));
  return texts;
}

}  // namespace ballast
