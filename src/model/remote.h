// A place off this server as rclone names it: "name:path", where `name` stands in rclone's own
// configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ballast {

struct Remote {
  std::string name;
  std::string path;  // may be empty; no "/" at its end, but for the root itself

  std::string text() const;
  Remote below(std::string_view part) const;

  bool operator==(const Remote&) const = default;
};

// nullopt for everything else, also for rclone's connection strings ("name,option=value:path",
// ":sftp:path"), which would carry settings and passwords in argv.
std::optional<Remote> parse_remote(std::string_view text);

}  // namespace ballast
