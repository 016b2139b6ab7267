// What was seen of a server, and of a stack. Each part for itself: what could not be had says why,
// and is never taken for good.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"
#include "doctor/finding.h"
#include "doctor/odoo_conf.h"
#include "doctor/service.h"
#include "host/disk.h"
#include "model/policy.h"
#include "model/weaknesses.h"
#include "tools/docker.h"

namespace ballast::doctor {

template <typename T>
struct Known {
  std::optional<T> value;
  std::string trouble = "it was not looked at";  // where there is no value
};

template <typename T>
Known<T> known(T value) {
  return {.value = std::move(value), .trouble = {}};
}

// Files of one kind. Those that could not be read are findings of whatever is judged by them.
template <typename T>
struct Pile {
  std::vector<T> found;
  std::vector<Finding> unreadable;
};

struct TextFile {
  std::string path;
  std::string text;
};

// Who may read or write it.
struct OwnedFile {
  std::string path;
  FileInfo info;
  std::string owner;  // by name
  std::string holds;  // "the URL of slack"; empty: nothing that is worth naming
};

struct Account {
  std::string name;
  unsigned user = 0;
  unsigned group = 0;
  std::string home;
  int line = 0;  // of /etc/passwd
};

struct DockerGroup {
  std::string subject;  // "/etc/group:44"
  std::vector<std::string> members;
};

struct KeyFile {
  Account account;  // whose logins it decides on
  TextFile file;
  std::vector<OwnedFile> places;  // the file, and the folders in which it could be replaced
};

struct CronFile {
  TextFile file;
  bool names_user = true;  // behind the times: not in a crontab of one's own
};

// An address on which Docker takes commands over the network.
struct DockerListen {
  std::string subject;
  std::string address;
  bool is_proved = false;  // who asks must show a certificate
};

// What holds for a container whose compose file is silent.
struct LogDefaults {
  std::string driver = "json-file";
  std::map<std::string, std::string> options;
};

struct ClockSeen {
  std::optional<bool> synchronised;   // as the kernel says; nullopt: it was not asked
  std::vector<std::string> services;  // that are to keep it
};

struct ServerSeen {
  Time now{};
  Known<std::vector<DockerGroup>> docker_groups;
  Pile<KeyFile> keys;
  Pile<TextFile> sudoers;
  Pile<CronFile> cron;
  Known<TimeZone> zone;
  Known<std::vector<DockerListen>> docker_listens;
  Known<LogDefaults> logs;
  Pile<OwnedFile> secrets;
  Known<ClockSeen> clock;
  Known<std::uint64_t> memory;  // bytes
};

// Of a stack that has data.
struct BackupsSeen {
  std::string remote;    // empty: none
  std::size_t sets = 0;  // complete ones
  std::size_t sent = 0;  // that have reached the remote
  bool drill_passed = false;
  std::string drill_trouble;  // of the newest that failed
};

struct PostgresSeen {
  std::string place;  // whose client it is: "web", or "this server"
  bool is_on_host = false;
  std::vector<int> clients;  // its major versions; empty: it has none
  int server = 0;
};

struct StackSeen {
  std::string name;
  std::string directory;
  std::string compose_path;
  std::string policy_path;
  std::string env_path;
  bool on_server = false;  // else a folder of a repository: nobody runs it
  unsigned user = 0;       // who looks
  AcceptedWeaknesses accepted;
  Known<Policy> policy;
  Known<std::vector<Service>> services;
  Known<std::vector<OwnedFile>> files;    // that decide what root runs
  Known<std::vector<OwnedFile>> secrets;  // that are there, and hold some
  Known<std::optional<TextFile>> dockerfile;
  std::string docker_ignore;
  Known<std::optional<OdooConf>> odoo;  // nullopt: this is no Odoo
  Known<std::map<std::string, docker::Container>> containers;
  Known<std::vector<std::string>> image_volumes;  // of the release service's image
  Known<LogDefaults> logs;
  Known<std::uint64_t> memory;                  // of the machine, bytes
  Known<std::optional<BackupsSeen>> backups;    // nullopt: there is no data
  Known<std::optional<PostgresSeen>> postgres;  // nullopt: there is no database

  const Service* service(std::string_view name) const;
};

}  // namespace ballast::doctor
