#include "model/access_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "model/names.h"
#include "model/policy_values.h"
#include "model/ssh_key.h"

namespace ballast {

namespace {

using Value = PolicyValue;

constexpr auto verbs =
    std::to_array<std::string_view>({"deploy", "history", "rollback", "status", "verify"});
constexpr int most_calls = 1000;

std::string shown(std::string_view text) { return printable(shortened(text, 60)); }

// One value, or a list of them.
std::vector<std::string> read_some(const Value& value, std::string (*read)(const Value&)) {
  if (value.node.type == Yaml::Type::scalar) return {read(value)};
  static_cast<void>(read_texts(value));  // a list of words, or an error that says so
  std::vector<std::string> texts;
  for (const Yaml& node : value.node.items) texts.push_back(read({value.path, value.key, node}));
  if (texts.empty())
    refuse_value(value, "nothing is named", "name at least one, or remove the line");
  return texts;
}

std::string read_stack_name(const Value& value) {
  std::string name = read_text(value);
  try {
    require_stack_name(name);
  } catch (const Error& error) {
    refuse_value(value, error.message(), error.hint());
  }
  return name;
}

std::string read_verb(const Value& value) { return read_choice(value, gate_verbs()); }

std::string read_fingerprint(const Value& value) {
  const std::string text = read_text(value);
  if (is_ssh_fingerprint(text)) return text;
  if (const auto fingerprint = ssh_fingerprint(text)) return *fingerprint;
  refuse_value(value, fmt::format("\"{}\" is no public key and no fingerprint", shown(text)),
               "write what `ssh-keygen -lf key.pub` prints, SHA256:…, or the line of key.pub");
}

std::optional<Duration> unit_named(std::string_view word) {
  if (word == "minute") return std::chrono::minutes(1);
  if (word == "hour") return std::chrono::hours(1);
  if (word == "day") return std::chrono::hours(24);
  return std::nullopt;
}

CallRate read_rate(const Value& value) {
  const std::string text = read_text(value);
  const auto words = split_words(text);
  const auto unit = words.size() == 3 && words[1] == "per" ? unit_named(words[2]) : std::nullopt;
  int calls = 0;
  if (unit) std::from_chars(words[0].data(), words[0].data() + words[0].size(), calls);
  if (!unit || std::to_string(calls) != words[0] || calls < 1 || calls > most_calls)
    refuse_value(value, fmt::format("\"{}\" is no rate", shown(text)),
                 "write `6 per hour`: from 1 to 1000, per minute, hour or day");
  return {.calls = calls, .within = *unit, .text = join(words, " ")};
}

std::vector<OpenHours> read_hours(const Value& value) {
  if (value.node.type != Yaml::Type::list) return {read_open_hours(value)};
  std::vector<OpenHours> hours;
  for (const Yaml& node : value.node.items)
    hours.push_back(read_open_hours({value.path, value.key, node}));
  if (hours.empty()) refuse_value(value, "no hour is left", "name some, or remove the line");
  return hours;
}

std::string read_network_text(const Value& value) {
  std::string text = read_text(value);
  if (!parse_network(text))
    refuse_value(value, fmt::format("\"{}\" is no address and no network", shown(text)),
                 "write it in digits, such as 192.0.2.0/24 or 2001:db8::/32, with nothing but "
                 "zeros behind the prefix");
  return text;
}

std::vector<Network> read_networks(const Value& value) {
  std::vector<Network> networks;
  for (const std::string& text : read_some(value, read_network_text))
    networks.push_back(parse_network(text).value());
  return networks;
}

struct KeyReader {
  std::string_view name;
  void (*read)(AccessKey&, const Value&);
};

constexpr auto readers = std::to_array<KeyReader>({
    {"environments",
     [](AccessKey& key, const Value& value) {
       key.environments = read_some(value, read_environment_name);
     }},
    {"from", [](AccessKey& key, const Value& value) { key.from = read_networks(value); }},
    {"hours", [](AccessKey& key, const Value& value) { key.hours = read_hours(value); }},
    {"key", [](AccessKey& key, const Value& value) { key.fingerprint = read_fingerprint(value); }},
    {"older",
     [](AccessKey& key, const Value& value) {
       key.refuses_older = read_choice(value, {"allow", "refuse"}) == "refuse";
     }},
    {"rate", [](AccessKey& key, const Value& value) { key.rate = read_rate(value); }},
    {"stacks",
     [](AccessKey& key, const Value& value) { key.stacks = read_some(value, read_stack_name); }},
    {"verbs", [](AccessKey& key, const Value& value) { key.verbs = read_some(value, read_verb); }},
});
static_assert(std::ranges::is_sorted(readers, {}, &KeyReader::name));

std::vector<std::string> known_keys() {
  std::vector<std::string> names;
  for (const KeyReader& reader : readers) names.emplace_back(reader.name);
  return names;
}

[[noreturn]] void refuse_unknown(const std::string& path, const Yaml& key, std::string_view section,
                                 const std::vector<std::string>& known) {
  const auto near = nearest(key.scalar, known);
  throw Error(Kind::usage,
              fmt::format("{}:{}: unknown key `{}{}`", path, key.line, section, shown(key.scalar)),
              near ? fmt::format("did you mean `{}{}`?", section, *near)
                   : fmt::format("known keys: {}", join(known, ", ")));
}

void require_map(const Value& value, const std::string& hint) {
  if (value.node.type != Yaml::Type::map) refuse_value(value, "keys belong under it", hint);
}

AccessKey read_key(const std::string& path, const Yaml& name, const Yaml& node) {
  if (!is_key_name(name.scalar))
    throw Error(Kind::usage,
                fmt::format("{}:{}: `{}` is no name of a key", path, name.line, shown(name.scalar)),
                "it has a-z, 0-9, `_` and `-`, begins with a letter or digit, at most 63");
  const std::string section = fmt::format("keys.{}.", name.scalar);
  const auto known = known_keys();
  require_map({path, fmt::format("keys.{}", name.scalar), node},
              fmt::format("known keys: {}", join(known, ", ")));
  AccessKey key{.name = name.scalar};
  for (const auto& [word, value] : node.entries) {
    if (word.scalar.starts_with("x-")) continue;
    const auto reader = std::ranges::find(readers, word.scalar, &KeyReader::name);
    if (reader == readers.end()) refuse_unknown(path, word, section, known);
    reader->read(key, {path, section + word.scalar, value});
  }
  for (const auto& [word, is_absent] :
       {std::pair("stacks", key.stacks.empty()), std::pair("verbs", key.verbs.empty())})
    if (is_absent)
      throw Error(Kind::usage,
                  fmt::format("{}:{}: `keys.{}` lacks `{}`", path, name.line, key.name, word),
                  "a key may do only what is written: name its stacks and its verbs");
  return key;
}

std::string read_user(const Value& value) {
  std::string user = read_text(value);
  if (!is_key_name(user))
    refuse_value(value, fmt::format("\"{}\" is no user's name", shown(user)),
                 "write `user: deploy`");
  return user;
}

void require_different(const std::string& path, const AccessFile& file, const Yaml& name,
                       const AccessKey& key) {
  const AccessKey* other =
      key.fingerprint.empty() ? nullptr : file.with_fingerprint(key.fingerprint);
  if (other == nullptr) return;
  throw Error(Kind::usage,
              fmt::format("{}:{}: `keys.{}` has the public key of `keys.{}`", path, name.line,
                          key.name, other->name),
              "each key has one entry: put both together");
}

void read_keys(AccessFile& file, const std::string& path, const Yaml& node) {
  if (node.type == Yaml::Type::null) return;
  require_map({path, "keys", node}, "write an entry for each key, by a name of its own");
  for (const auto& [name, value] : node.entries) {
    AccessKey key = read_key(path, name, value);
    require_different(path, file, name, key);
    file.keys.push_back(std::move(key));
  }
}

}  // namespace

const AccessKey* AccessFile::named(std::string_view name) const {
  const auto found = std::ranges::find(keys, name, &AccessKey::name);
  return found == keys.end() ? nullptr : &*found;
}

const AccessKey* AccessFile::with_fingerprint(std::string_view fingerprint) const {
  const auto found = std::ranges::find(keys, fingerprint, &AccessKey::fingerprint);
  return found == keys.end() || fingerprint.empty() ? nullptr : &*found;
}

std::vector<std::string> gate_verbs() { return {verbs.begin(), verbs.end()}; }

bool is_key_name(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.size() <= 63 && letters.find(name.front()) < letters.size() - 2 &&
         name.find_first_not_of(letters) == std::string_view::npos;
}

AccessFile read_access_file(const std::string& path, std::string_view text) {
  AccessFile file;
  const Yaml root = parse_yaml(path, text);
  if (root.type == Yaml::Type::scalar || root.type == Yaml::Type::list)
    throw Error(Kind::usage, fmt::format("{}:{}: access is a map of keys", path, root.line),
                "write `keys:` and an entry for each key");
  for (const auto& [key, node] : root.entries) {
    if (key.scalar == "keys")
      read_keys(file, path, node);
    else if (key.scalar == "user")
      file.user = read_user({path, "user", node});
    else if (!key.scalar.starts_with("x-"))
      refuse_unknown(path, key, "", {"keys", "user"});
  }
  return file;
}

}  // namespace ballast
