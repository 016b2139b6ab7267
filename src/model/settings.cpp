#include "model/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "model/settings_keys.h"
#include "model/weaknesses.h"

namespace ballast {

namespace {

constexpr std::string_view ping = "ping";

bool is_free(const Yaml& key) { return key.scalar.starts_with("x-"); }

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string under(std::string_view section, std::string_view name) {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

// `known` are the names that may stand in the section.
[[noreturn]] void refuse_unknown(const std::string& path, const Yaml& key, std::string_view section,
                                 const std::vector<std::string>& known) {
  const auto near = nearest(key.scalar, known);
  throw Error(Kind::usage,
              fmt::format("{}:{}: unknown key `{}`", path, key.line,
                          printable(shortened(under(section, key.scalar), 60))),
              near ? fmt::format("did you mean `{}`?", under(section, *near))
                   : fmt::format("known keys: {}", join(known, ", ")));
}

// Nothing under a key is as good as an empty map.
void require_map(const std::string& path, const std::string& section, const Yaml& node,
                 const std::vector<std::string>& known) {
  if (node.type == Yaml::Type::map || node.type == Yaml::Type::null) return;
  refuse_value({path, section, node}, "keys belong under it",
               fmt::format("known keys: {}", join(known, ", ")));
}

const ChannelKey& key_named(std::string_view name) {
  return *std::ranges::find(channel_keys(), name, &ChannelKey::name);
}

void require_keys(const std::string& path, const std::string& section, int line,
                  const ChannelForm& form, const Yaml& node) {
  for (const std::string& word : split_words(form.required)) {
    const auto names = split(word, '|');
    const auto count = std::ranges::count_if(
        names, [&](const std::string& name) { return node.find(name) != nullptr; });
    if (count == 1) continue;
    const std::string wanted = join(names, "` or `");
    throw Error(Kind::usage,
                count == 0 ? fmt::format("{}:{}: `{}` lacks `{}`", path, line, section, wanted)
                           : fmt::format("{}:{}: `{}` has more than one of `{}`", path, line,
                                         section, wanted),
                "the manual says what each channel takes: ballast help notify");
  }
}

void require_sense(const std::string& path, const std::string& section, int line,
                   const ChannelSettings& channel) {
  const auto refuse = [&](std::string_view what, std::string hint) {
    throw Error(Kind::usage, fmt::format("{}:{}: `{}` {}", path, line, section, what),
                std::move(hint));
  };
  if (channel.user.empty() != channel.password_file.empty())
    refuse("needs both `user` and `password-file`, or neither", "add the other one");
  if (!channel.tls && channel.url.starts_with("smtps:"))
    refuse("has `tls: off` with a server of smtps", "remove `tls: off`, or write smtp://…");
  if (!channel.tls && !channel.password_file.empty())
    refuse("would send a password that everyone on the way can read", "remove `tls: off`");
}

ChannelSettings with_defaults(const ChannelForm& form) {
  ChannelSettings channel{.name = std::string(form.name),
                          .severities = {Severity::page, Severity::warn}};
  if (form.name == "pagerduty") channel.severities = {Severity::page};
  if (form.name == "alertmanager")  // it has routes of its own
    channel.severities = {Severity::page, Severity::warn, Severity::info};
  return channel;
}

ChannelSettings read_channel(const std::string& path, const ChannelForm& form, const Yaml& key,
                             const Yaml& node) {
  const std::string section = under("notify", form.name);
  const auto known = keys_of(form);
  require_map(path, section, node, known);
  ChannelSettings channel = with_defaults(form);
  for (const auto& [name, value] : node.entries) {
    if (is_free(name)) continue;
    if (!contains(known, name.scalar)) refuse_unknown(path, name, section, known);
    key_named(name.scalar).read(channel, {path, under(section, name.scalar), value});
  }
  require_keys(path, section, key.line, form, node);
  require_sense(path, section, key.line, channel);
  return channel;
}

PingSettings read_ping(const std::string& path, const Yaml& key, const Yaml& node) {
  const ChannelForm form{.name = ping, .optional = "ca-file", .required = "url-file"};
  const ChannelSettings read = read_channel(path, form, key, node);
  return {.url_file = read.url_file, .ca_file = read.ca_file};
}

void read_notify(Settings& settings, const std::string& path, const Yaml& node) {
  auto known = channel_names();
  known.emplace_back(ping);
  require_map(path, "notify", node, known);
  for (const auto& [key, value] : node.entries) {
    const auto form = std::ranges::find(channel_forms(), key.scalar, &ChannelForm::name);
    if (form != channel_forms().end())
      settings.channels.push_back(read_channel(path, *form, key, value));
    else if (key.scalar == ping)
      settings.ping = read_ping(path, key, value);
    else if (!is_free(key))
      refuse_unknown(path, key, "notify", known);
  }
  std::ranges::sort(settings.channels, {}, &ChannelSettings::name);
}

std::vector<std::string> watch_keys_of(std::string_view section) {
  std::vector<std::string> names;
  for (const WatchKey& key : watch_keys())
    if (key.section == section) names.emplace_back(key.name);
  return names;
}

const WatchKey& watch_key(std::string_view section, std::string_view name) {
  return *std::ranges::find_if(watch_keys(), [&](const WatchKey& key) {
    return key.section == section && key.name == name;
  });
}

// Metrics have no password, so that nobody is to show them to a network by a slip.
void require_meant(const WatchSettings& watch, const PolicyValue& listen) {
  if (watch.metrics_beyond || is_of_this_machine(watch.metrics_listen)) return;
  refuse_value(
      listen,
      fmt::format("on \"{}\" everyone who reaches it may read the metrics", watch.metrics_listen),
      "write 127.0.0.1:9478; or, when that is meant, `beyond-this-machine: on` beside it");
}

void read_watch(WatchSettings& watch, const std::string& path, const std::string& section,
                const Yaml& node) {
  const auto known = watch_keys_of(section);
  require_map(path, section, node, known);
  for (const auto& [key, value] : node.entries) {
    if (is_free(key)) continue;
    if (!contains(known, key.scalar)) refuse_unknown(path, key, section, known);
    watch_key(section, key.scalar).read(watch, {path, under(section, key.scalar), value});
  }
  if (const Yaml* listen = node.find("listen"))
    require_meant(watch, {path, "metrics.listen", *listen});
}

void read_doctor(Settings& settings, const std::string& path, const Yaml& node) {
  require_map(path, "doctor", node, {"accept"});
  for (const auto& [key, value] : node.entries) {
    if (is_free(key)) continue;
    if (key.scalar != "accept") refuse_unknown(path, key, "doctor", {"accept"});
    settings.accepted_weaknesses =
        read_accepted({path, "doctor.accept", value}, WeaknessScope::server);
  }
}

}  // namespace

const ChannelSettings* Settings::channel(std::string_view name) const {
  const auto found = std::ranges::find(channels, name, &ChannelSettings::name);
  return found == channels.end() ? nullptr : &*found;
}

std::vector<std::string> channel_names() {
  std::vector<std::string> names;
  for (const ChannelForm& form : channel_forms()) names.emplace_back(form.name);
  return names;
}

Settings read_settings(const std::string& path, const std::optional<std::string>& text) {
  Settings settings;
  const Yaml root = text ? parse_yaml(path, *text) : Yaml();
  if (root.type == Yaml::Type::scalar || root.type == Yaml::Type::list)
    throw Error(Kind::usage, fmt::format("{}:{}: settings are a map of keys", path, root.line),
                "write `key: value` lines");
  for (const auto& [key, node] : root.entries) {
    if (key.scalar == "notify")
      read_notify(settings, path, node);
    else if (key.scalar == "doctor")
      read_doctor(settings, path, node);
    else if (contains({"metrics", "watch"}, key.scalar))
      read_watch(settings.watch, path, key.scalar, node);
    else if (!is_free(key))
      refuse_unknown(path, key, "", {"doctor", "metrics", "notify", "watch"});
  }
  return settings;
}

}  // namespace ballast
