#include "model/compose_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "model/variables.h"

namespace ballast {

namespace {

using MountType = ComposeMount::Type;

std::string_view type_name(const Yaml& node) {
  switch (node.type) {
    case Yaml::Type::null: return "empty";
    case Yaml::Type::scalar: return "text";
    case Yaml::Type::list: return "a list";
    case Yaml::Type::map: return "a map";
  }
  return "";
}

// Stands for a variable while the text around it is taken apart.
constexpr char placeholder = '\x1A';

// The text with each ${…} taken out, so that colons, blanks and quotes inside do not separate.
class Veiled {
 public:
  explicit Veiled(std::string_view text) {
    std::size_t done = 0;
    for (auto use = next_variable(text, 0); use; use = next_variable(text, use->end)) {
      text_ += text.substr(done, use->begin - done);
      text_ += placeholder;
      taken_.emplace_back(text.substr(use->begin, use->end - use->begin));
      done = use->end;
    }
    text_ += text.substr(done);
  }

  const std::string& text() const { return text_; }

  // Puts the variables back, in the order in which the parts stand in the text.
  std::string unveil(std::string_view part) {
    std::string result;
    for (const char letter : part) {
      if (letter == placeholder && next_ < taken_.size())
        result += taken_[next_++];
      else
        result += letter;
    }
    return result;
  }

 private:
  std::string text_;
  std::vector<std::string> taken_;
  std::size_t next_ = 0;
};

// Splits at colons, but not inside ${…} or [::1].
std::vector<std::string> split_at_colons(std::string_view text) {
  Veiled veiled(text);
  std::vector<std::string> parts{""};
  bool in_brackets = false;
  for (const char letter : veiled.text()) {
    if (letter == '[') in_brackets = true;
    if (letter == ']') in_brackets = false;
    if (letter == ':' && !in_brackets)
      parts.emplace_back();
    else
      parts.back() += letter;
  }
  for (std::string& part : parts) part = veiled.unveil(part);
  return parts;
}

std::string without_brackets(const std::string& address) {
  const bool bracketed = address.starts_with('[') && address.ends_with(']');
  return bracketed ? address.substr(1, address.size() - 2) : address;
}

std::string joined(const std::vector<std::string>& parts, std::size_t count) {
  return join(std::vector(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count)), ":");
}

void take_protocol(ComposePort& port, std::string& text) {
  Veiled veiled(text);
  const auto slash = veiled.text().rfind('/');
  if (slash == std::string::npos) return;
  text = veiled.unveil(veiled.text().substr(0, slash));
  port.protocol = veiled.unveil(veiled.text().substr(slash + 1));
}

ComposePort short_port(std::string text) {
  ComposePort port;
  take_protocol(port, text);
  const std::vector<std::string> parts = split_at_colons(text);
  port.target = parts.back();
  if (parts.size() > 1) port.published = parts[parts.size() - 2];
  if (parts.size() > 2) port.host_ip = without_brackets(joined(parts, parts.size() - 2));
  return port;
}

std::string text_at(const ComposeValue& value, std::string_view key) {
  const Yaml* found = value.node.find(key);
  if (found == nullptr) return {};
  return read_text({value.path, fmt::format("`{}` in {}", key, value.name), *found});
}

ComposePort long_port(const ComposeValue& value) {
  ComposePort port{.host_ip = text_at(value, "host_ip"),
                   .published = text_at(value, "published"),
                   .target = text_at(value, "target")};
  if (std::string protocol = text_at(value, "protocol"); !protocol.empty())
    port.protocol = std::move(protocol);
  return port;
}

// A name is a volume; what is, or begins with, a path is a bind mount.
MountType type_of_source(std::string_view source) {
  const std::string expanded = expand_variables(source, {});
  const bool is_path = expanded.find('/') != std::string::npos || expanded.starts_with('.') ||
                       expanded.starts_with('~');
  return is_path ? MountType::bind : MountType::volume;
}

bool is_read_only(std::string_view mode) {
  const std::vector<std::string> options = split(mode, ',');
  return std::ranges::find(options, "ro") != options.end();
}

ComposeMount short_mount(std::string_view text) {
  const std::vector<std::string> parts = split_at_colons(text);
  if (parts.size() == 1) return {.type = MountType::volume, .source = {}, .target = parts[0]};
  return {.type = type_of_source(parts[0]),
          .source = parts[0],
          .target = parts[1],
          .read_only = parts.size() > 2 && is_read_only(parts[2])};
}

MountType mount_type(std::string_view name) {
  if (name == "bind") return MountType::bind;
  if (name == "tmpfs") return MountType::tmpfs;
  return name == "volume" || name.empty() ? MountType::volume : MountType::other;
}

std::string first_text_at(const ComposeValue& value, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (std::string text = text_at(value, key); !text.empty()) return text;
  return {};
}

ComposeMount long_mount(const ComposeValue& value) {
  const std::string read_only = lower(first_text_at(value, {"read_only", "readonly"}));
  return {.type = mount_type(text_at(value, "type")),
          .source = first_text_at(value, {"source", "src"}),
          .target = first_text_at(value, {"target", "destination", "dst"}),
          .read_only = read_only == "true" || read_only == "yes" || read_only == "on"};
}

// Of a list whose items are text or maps.
template <typename Item>
std::vector<Item> read_items(const ComposeValue& value, Item (*from_text)(const std::string&),
                             Item (*from_map)(const ComposeValue&)) {
  if (value.node.type == Yaml::Type::null) return {};
  if (value.node.type != Yaml::Type::list) refuse_compose(value, "a list");
  std::vector<Item> items;
  for (const Yaml& node : value.node.items) {
    const ComposeValue item{value.path, "an item of " + value.name, node};
    if (node.type == Yaml::Type::map)
      items.push_back(from_map(item));
    else if (node.type == Yaml::Type::scalar)
      items.push_back(from_text(node.scalar));
    else
      refuse_compose(item, "text or a map");
  }
  return items;
}

// The entries of a map, or of a list of `KEY=value`; without a sign the second is null.
std::vector<std::pair<std::string, std::optional<std::string>>> read_pairs(
    const ComposeValue& value) {
  std::vector<std::pair<std::string, std::optional<std::string>>> pairs;
  if (value.node.type == Yaml::Type::scalar) refuse_compose(value, "a list or a map");
  for (const auto& [key, node] : value.node.entries) {
    const ComposeValue item{value.path, fmt::format("`{}` in {}", key.scalar, value.name), node};
    if (node.type == Yaml::Type::null)
      pairs.emplace_back(key.scalar, std::nullopt);
    else
      pairs.emplace_back(key.scalar, read_text(item));
  }
  for (const Yaml& node : value.node.items) {
    const std::string text = read_text({value.path, "an item of " + value.name, node});
    const auto sign = text.find('=');
    if (sign == std::string::npos)
      pairs.emplace_back(text, std::nullopt);
    else
      pairs.emplace_back(text.substr(0, sign), text.substr(sign + 1));
  }
  return pairs;
}

}  // namespace

void refuse_compose(const ComposeValue& value, std::string_view is_not) {
  throw Error(Kind::usage, fmt::format("{}:{}: {} is {}, not {}", value.path, value.node.line,
                                       value.name, type_name(value.node), is_not));
}

std::string read_text(const ComposeValue& value) {
  if (value.node.type == Yaml::Type::list || value.node.type == Yaml::Type::map)
    refuse_compose(value, "text");
  return value.node.scalar;
}

std::vector<ComposePort> read_ports(const ComposeValue& value) {
  return read_items<ComposePort>(
      value, [](const std::string& text) { return short_port(text); }, long_port);
}

std::vector<ComposeMount> read_mounts(const ComposeValue& value) {
  return read_items<ComposeMount>(
      value, [](const std::string& text) { return short_mount(text); }, long_mount);
}

std::vector<ComposeMount> read_tmpfs(const ComposeValue& value) {
  std::vector<std::string> targets;
  if (value.node.type == Yaml::Type::list)
    for (const Yaml& node : value.node.items)
      targets.push_back(read_text({value.path, "an item of " + value.name, node}));
  else if (value.node.type != Yaml::Type::null)
    targets.push_back(read_text(value));
  std::vector<ComposeMount> mounts;
  for (const std::string& target : targets)
    mounts.push_back(
        {.type = MountType::tmpfs, .source = {}, .target = split_at_colons(target).front()});
  return mounts;
}

std::map<std::string, std::string> read_environment(const ComposeValue& value) {
  std::map<std::string, std::string> environment;
  for (auto& [name, text] : read_pairs(value))
    environment[name] = text ? *std::move(text) : fmt::format("${{{}}}", name);
  return environment;
}

std::vector<std::string> read_label_keys(const ComposeValue& value) {
  std::vector<std::string> keys;
  for (auto& pair : read_pairs(value)) keys.push_back(std::move(pair.first));
  return keys;
}

std::vector<std::string> read_command(const ComposeValue& value) {
  std::vector<std::string> words;
  if (value.node.type == Yaml::Type::list) {
    for (const Yaml& node : value.node.items)
      words.push_back(read_text({value.path, "an item of " + value.name, node}));
    return words;
  }
  Veiled veiled(read_text(value));
  auto split = split_shell_words(veiled.text());
  if (!split)
    throw Error(Kind::usage, fmt::format("{}:{}: {} has a quote that is never closed", value.path,
                                         value.node.line, value.name));
  for (const std::string& word : *split) words.push_back(veiled.unveil(word));
  return words;
}

}  // namespace ballast
