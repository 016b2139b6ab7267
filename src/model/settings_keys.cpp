#include "model/settings_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ballast {

namespace {

using Channel = ChannelSettings;
using Value = PolicyValue;

constexpr Duration shortest_deadline = std::chrono::seconds(1);
constexpr Duration longest_deadline = std::chrono::minutes(2);

// A word without a slash names a credential that systemd hands to the daemon.
std::string read_secret_place(const Value& value) {
  std::string text = read_text(value);
  const bool is_name = text.find_first_of("/ |") == std::string::npos && !text.starts_with('.');
  if (text.empty() || printable(text) != text || (!is_name && !text.starts_with('/')))
    refuse_value(value, fmt::format("\"{}\" is no place of a secret", printable(text)),
                 "write the absolute path of a file of root's alone (0600), or the name of a "
                 "systemd credential");
  return text;
}

Severity read_severity(const Value& value) {
  return *parse_severity(read_choice(value, {"info", "warn", "page"}));
}

std::vector<Severity> read_severities(const Value& value) {
  if (value.node.type == Yaml::Type::scalar) return {read_severity(value)};
  static_cast<void>(read_texts(value));  // a list of words, or an error that says so
  std::vector<Severity> severities;
  for (const Yaml& node : value.node.items)
    severities.push_back(read_severity({value.path, value.key, node}));
  if (severities.empty())
    refuse_value(value, "no severity is left, so nothing would be sent",
                 "write `severity: [page, warn]`, or remove the channel");
  return severities;
}

bool is_address(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find_first_of(" <>\"|,;") == std::string_view::npos && printable(text) == text;
}

std::string read_address(const Value& value) {
  std::string text = read_text(value);
  if (!is_address(text))
    refuse_value(value, fmt::format("\"{}\" is not an address of mail", printable(text)),
                 "write it alone, such as ops@example.com");
  return text;
}

std::vector<std::string> read_addresses(const Value& value) {
  if (value.node.type == Yaml::Type::scalar) return {read_address(value)};
  static_cast<void>(read_texts(value));  // a list of words, or an error that says so
  std::vector<std::string> addresses;
  for (const Yaml& node : value.node.items)
    addresses.push_back(read_address({value.path, value.key, node}));
  if (addresses.empty()) refuse_value(value, "nobody is named", "write `to: [ops@example.com]`");
  return addresses;
}

std::string read_mail_server(const Value& value) {
  std::string text = read_text(value);
  const bool has_scheme = text.starts_with("smtp://") || text.starts_with("smtps://");
  const std::string place = has_scheme ? text.substr(text.find("//") + 2) : "";
  if (place.empty() || printable(text) != text || place.find_first_of("/@ |") != std::string::npos)
    refuse_value(value, fmt::format("\"{}\" is not a mail server", printable(text)),
                 "write smtp://mail.example.com:587 (STARTTLS) or smtps://mail.example.com:465");
  return text;
}

// The path of a webhook may be its secret, and a user's name and password are.
std::string read_plain_url(const Value& value) {
  std::string text = read_url(value);
  if (text.find('@') != std::string::npos)
    refuse_value(value, "a URL with a password in it does not belong here",
                 "put it into a file of root's alone (0600): `url-file: /etc/ballast/…`");
  return text;
}

std::vector<std::string> read_command(const Value& value) {
  std::vector<std::string> argv = read_texts(value);
  if (argv.empty() || !argv.front().starts_with('/'))
    refuse_value(value, "the command must begin with its whole path",
                 "write `argv: [/usr/local/bin/tell, --urgent]`");
  return argv;
}

Duration read_deadline(const Value& value) {
  const Duration deadline = read_duration(value);
  if (deadline < shortest_deadline || deadline > longest_deadline)
    refuse_value(value, "must be from 1s to 2m", "write `deadline: 10s`");
  return deadline;
}

constexpr auto keys = std::to_array<ChannelKey>({
    {"argv", [](Channel& channel, const Value& value) { channel.argv = read_command(value); }},
    {"ca-file",
     [](Channel& channel, const Value& value) { channel.ca_file = read_absolute_path(value); }},
    {"deadline",
     [](Channel& channel, const Value& value) { channel.deadline = read_deadline(value); }},
    {"from", [](Channel& channel, const Value& value) { channel.from = read_address(value); }},
    {"key-file",
     [](Channel& channel, const Value& value) { channel.key_file = read_secret_place(value); }},
    {"password-file", [](Channel& channel,
                         const Value& value) { channel.password_file = read_secret_place(value); }},
    {"server", [](Channel& channel, const Value& value) { channel.url = read_mail_server(value); }},
    {"severity",
     [](Channel& channel, const Value& value) { channel.severities = read_severities(value); }},
    {"tls", [](Channel& channel, const Value& value) { channel.tls = read_flag(value); }},
    {"to", [](Channel& channel, const Value& value) { channel.to = read_addresses(value); }},
    {"url", [](Channel& channel, const Value& value) { channel.url = read_plain_url(value); }},
    {"url-file",
     [](Channel& channel, const Value& value) { channel.url_file = read_secret_place(value); }},
    {"user", [](Channel& channel, const Value& value) { channel.user = read_text(value); }},
});
static_assert(std::ranges::is_sorted(keys, {}, &ChannelKey::name));

constexpr auto forms = std::to_array<ChannelForm>({
    {"alertmanager", "ca-file deadline password-file severity user", "url|url-file"},
    {"command", "deadline severity", "argv"},
    {"email", "ca-file deadline password-file severity tls user", "from server to"},
    {"pagerduty", "ca-file deadline severity url", "key-file"},
    {"slack", "ca-file deadline severity", "url-file"},
    {"webhook", "ca-file deadline password-file severity user", "url|url-file"},
});
static_assert(std::ranges::is_sorted(forms, {}, &ChannelForm::name));

}  // namespace

std::span<const ChannelForm> channel_forms() { return forms; }
std::span<const ChannelKey> channel_keys() { return keys; }

std::vector<std::string> keys_of(const ChannelForm& form) {
  std::vector<std::string> names = split_words(form.optional);
  for (const std::string& word : split_words(form.required))
    for (const std::string& name : split(word, '|')) names.push_back(name);
  std::ranges::sort(names);
  return names;
}

}  // namespace ballast
