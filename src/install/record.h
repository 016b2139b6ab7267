// What an installation wrote, so that the next one knows its own files and the removal takes
// nothing else: /var/lib/ballast/installed.json.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

enum class Starter { daemon, timers, cron };  // what calls the schedule

std::string_view starter_name(Starter starter);
std::optional<Starter> starter_called(std::string_view name);

struct RecordedFile {
  std::string path;  // as seen from the root
  unsigned mode = 0;
  std::string sha256;
  std::string
      writing;  // the digest that it gets, from before it is written until it is; else empty
};

struct InstallRecord {
  std::optional<Starter> starter;
  std::vector<RecordedFile> files;    // each sorted
  std::vector<std::string> folders;   // made here
  std::vector<std::string> groups;    // made here
  std::vector<std::string> users;     // made here
  std::vector<std::string> services;  // enabled here

  const RecordedFile* file(std::string_view path) const;  // nullptr: not ours
  void put(RecordedFile file);
  void forget(std::string_view path);
  bool empty() const;
};

bool holds(const std::vector<std::string>& names, std::string_view name);
void put_name(std::vector<std::string>& names, const std::string& name);

std::string record_text(const InstallRecord& record);
// nullopt: it is none, or of a version that this program does not know.
std::optional<InstallRecord> parse_record(std::string_view text);

}  // namespace ballast
