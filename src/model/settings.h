// /etc/ballast/ballast.yaml: the settings of the server. Absent is as good as empty.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/alert.h"

namespace ballast {

// One way out, such as `notify: {slack: {…}}`. Which of these a channel takes stands in one table.
struct ChannelSettings {
  std::string name;                              // "slack"
  std::vector<Severity> severities;              // that it takes
  std::string url;                               // without a secret in it
  std::string url_file;                          // the URL is the secret
  std::string key_file, password_file;           // secrets
  std::string user;                              // that goes with the password
  std::string ca_file;                           // authorities to trust instead of the system's
  std::string from;                              // of mail
  std::vector<std::string> to;                   // of mail
  bool tls = true;                               // of mail
  std::vector<std::string> argv;                 // a command, its whole path first
  Duration deadline = std::chrono::seconds(10);  // of one try
};

struct PingSettings {
  std::string url_file;  // https://hc-ping.com/<ping key>: empty: no pings
  std::string ca_file;
};

// Of the daemon.
struct WatchSettings {
  Duration interval = std::chrono::seconds(5);    // from 1s to 1m: between two looks at a stack
  Duration remind = std::chrono::hours(4);        // of what still fires; zero: never
  Duration flap_hold = std::chrono::minutes(15);  // at most one page of an alert in this time
  Duration drift = std::chrono::hours(1);  // between two comparisons of a stack with its release
  std::string metrics_listen = "127.0.0.1:9478";  // empty: nobody is answered
  bool metrics_beyond = false;                    // other machines may ask, and that is meant
  std::string metrics_file;                       // for node-exporter's textfile collector
};

struct Settings {
  std::vector<ChannelSettings> channels;  // in the order of the table
  PingSettings ping;
  WatchSettings watch;
  std::map<std::string, std::string>
      accepted_weaknesses;  // that `ballast doctor` is to let pass: id and reason

  const ChannelSettings* channel(std::string_view name) const;  // nullptr: not set up
};

// Every channel that there is, sorted.
std::vector<std::string> channel_names();

// Error(usage) "<path>:<line>: …", for unknown keys with the nearest known one in its hint; `x-…`
// keys are free. `text` is nullopt when there is no such file.
Settings read_settings(const std::string& path, const std::optional<std::string>& text);

}  // namespace ballast
