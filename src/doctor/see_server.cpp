#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/text.h"
#include "doctor/accounts.h"
#include "doctor/see.h"
#include "doctor/ssh_keys.h"
#include "host/kernel_clock.h"

namespace ballast::doctor {

namespace {

constexpr std::array time_services{"chrony", "chronyd",  "ntp",
                                   "ntpsec", "openntpd", "systemd-timesyncd"};
constexpr std::array wanting{"multi-user.target.wants", "sysinit.target.wants"};

class Look {
 public:
  explicit Look(Server& server) : server_(server), disk_(server.host.disk) {}

  std::string at(const std::string& path) const { return server_.paths.at(path); }

  std::string text(const std::string& path) { return disk_.read(at(path)).value_or(""); }

  // Adds nothing where there is no such file.
  template <typename T, typename Make>
  void add(Pile<T>& pile, const std::string& path, Make make) {
    try {
      if (auto text = disk_.read(path))
        pile.found.push_back(make(TextFile{path, *std::move(text)}));
    } catch (const Error& error) {
      pile.unreadable.push_back(not_known(path, error.message(), "run ballast as root (sudo)"));
    }
  }

  template <typename T, typename Make>
  void add_folder(Pile<T>& pile, const std::string& folder, Make make) {
    try {
      for (const std::string& name : disk_.list(at(folder)))
        if (!name.starts_with('.') && !name.ends_with('~'))
          add(pile, fmt::format("{}/{}", at(folder), name), make);
    } catch (const Error& error) {
      pile.unreadable.push_back(
          not_known(at(folder), error.message(), "run ballast as root (sudo)"));
    }
  }

  Pile<CronFile> cron() {
    Pile<CronFile> pile;
    const auto of_system = [](TextFile file) { return CronFile{std::move(file), true}; };
    add(pile, at("/etc/crontab"), of_system);
    add_folder(pile, "/etc/cron.d", of_system);
    add_folder(pile, "/var/spool/cron/crontabs", [](TextFile file) {
      return CronFile{std::move(file), false};
    });
    return pile;
  }

  // sudo passes over names with a dot in them.
  Pile<TextFile> sudoers() {
    Pile<TextFile> pile;
    const auto same = [](TextFile file) { return file; };
    add(pile, at("/etc/sudoers"), same);
    add_folder(pile, "/etc/sudoers.d", same);
    std::erase_if(pile.found, [](const TextFile& file) {
      return file.path.substr(file.path.rfind('/')).find('.') != std::string::npos;
    });
    return pile;
  }

  std::vector<DockerGroup> docker_groups() {
    return docker_groups_in(at("/etc/group"), text("/etc/group"), accounts_in(text("/etc/passwd")));
  }

  Pile<KeyFile> keys() {
    Pile<KeyFile> pile;
    std::set<std::string> seen;
    try {
      const auto sshd = sshd_files();
      for (const Account& account : accounts_in(text("/etc/passwd")))
        for (const std::string& place : places_of_keys(sshd, account))
          if (seen.insert(place).second)
            add(pile, at(place), [&](TextFile file) { return key_file(account, std::move(file)); });
    } catch (const Error& error) {
      pile.unreadable.push_back(not_known("keys of SSH", error.message()));
    }
    return pile;
  }

  std::vector<DockerListen> docker_listens() {
    std::vector<DockerListen> listens = told_by_daemon_file();
    std::ranges::move(told_by_units(), std::back_inserter(listens));
    return listens;
  }

  LogDefaults logs() {
    const Json json = daemon_json();
    LogDefaults defaults{.driver = text_at(json, "log-driver", "json-file"), .options = {}};
    if (const Json& options = member(json, "log-opts"); options.is_object())
      for (const auto& [key, value] : options.items())
        if (value.is_string()) defaults.options[key] = value.get<std::string>();
    return defaults;
  }

  TimeZone zone() {
    if (server_.paths.at("/") != "/")
      if (const auto named = TimeZone::named(trim(text("/etc/timezone")))) return *named;
    return TimeZone::own();
  }

  ClockSeen clock() {
    ClockSeen clock{.synchronised = {}, .services = {}};
    if (server_.paths.at("/") == "/") clock.synchronised = is_kernel_clock_synchronised();
    for (const char* service : time_services)
      if (is_enabled(service)) clock.services.emplace_back(service);
    return clock;
  }

  Pile<OwnedFile> secrets(const Settings& settings) {
    Pile<OwnedFile> pile;
    for (const ChannelSettings& channel : settings.channels)
      for (const std::string& path : {channel.url_file, channel.key_file, channel.password_file})
        add_secret(pile, path, "a secret of " + channel.name);
    add_secret(pile, settings.ping.url_file, "the address of the pings");
    add_secret(pile, "/root/.docker/config.json", "logins of registries");
    add_secret(pile, "/root/.config/rclone/rclone.conf", "the keys of the off-site copies");
    return pile;
  }

 private:
  std::vector<TextFile> sshd_files() {
    Pile<TextFile> pile;
    const auto same = [](TextFile file) { return file; };
    add_folder(pile, "/etc/ssh/sshd_config.d", same);
    add(pile, at("/etc/ssh/sshd_config"), same);
    if (!pile.unreadable.empty()) throw Error(Kind::failed, pile.unreadable.front().what);
    return pile.found;
  }

  KeyFile key_file(const Account& account, TextFile file) {
    const std::string folder = file.path.substr(0, file.path.rfind('/'));
    KeyFile keys{.account = account, .file = std::move(file), .places = {}};
    for (const std::string& path : {keys.file.path, folder})
      if (const auto info = disk_.info(path))
        keys.places.push_back(owned_file(server_.host, path, *info));
    for (OwnedFile& place : keys.places)  // the names of this root are its own
      if (place.info.owner == account.user) place.owner = account.name;
    return keys;
  }

  Json daemon_json() {
    const std::string whole = text("/etc/docker/daemon.json");
    if (trim(whole).empty()) return Json::object();
    const auto json = parse_json(whole);
    if (!json) throw Error(Kind::failed, at("/etc/docker/daemon.json") + " is not JSON");
    return *json;
  }

  std::vector<DockerListen> told_by_daemon_file() {
    const Json json = daemon_json();
    std::vector<DockerListen> listens;
    for (const Json& host : member(json, "hosts"))
      if (host.is_string() && host.get<std::string>().starts_with("tcp:"))
        listens.push_back({.subject = at("/etc/docker/daemon.json"),
                           .address = host.get<std::string>(),
                           .is_proved = flag_at(json, "tlsverify")});
    return listens;
  }

  // As systemd reads them: an empty ExecStart= takes back what was said before.
  std::vector<DockerListen> told_by_units() {
    Pile<TextFile> units;
    const auto same = [](TextFile file) { return file; };
    add(units, at("/lib/systemd/system/docker.service"), same);
    add(units, at("/etc/systemd/system/docker.service"), same);
    add_folder(units, "/etc/systemd/system/docker.service.d", same);
    if (!units.unreadable.empty()) throw Error(Kind::failed, units.unreadable.front().what);
    std::vector<DockerListen> listens;
    for (const TextFile& unit : units.found) take_unit(listens, unit);
    return listens;
  }

  static void take_unit(std::vector<DockerListen>& listens, const TextFile& unit) {
    int number = 0;
    for (const std::string& line : split_lines(unit.text)) {
      ++number;
      if (!line.starts_with("ExecStart=")) continue;
      listens.clear();
      for (const std::string& word : split_words(line))
        if (const auto tcp = word.find("tcp://"); tcp != std::string::npos)
          listens.push_back({.subject = fmt::format("{}:{}", unit.path, number),
                             .address = word.substr(tcp),
                             .is_proved = line.find("--tlsverify") != std::string::npos});
    }
  }

  bool is_enabled(const std::string& service) {
    return std::ranges::any_of(wanting, [&](const char* folder) {
      return disk_.info(at(fmt::format("/etc/systemd/system/{}/{}.service", folder, service)))
          .has_value();
    });
  }

  void add_secret(Pile<OwnedFile>& pile, const std::string& path, const std::string& holds) {
    if (!path.starts_with('/')) return;  // none, or a credential that systemd keeps
    const std::string whole = at(path);
    try {
      if (const auto info = disk_.info(whole))
        pile.found.push_back(owned_file(server_.host, whole, *info, holds));
    } catch (const Error& error) {
      pile.unreadable.push_back(not_known(whole, error.message(), "run ballast as root (sudo)"));
    }
  }

  Server& server_;
  Disk& disk_;
};

}  // namespace

OwnedFile owned_file(Host& host, const std::string& path, const FileInfo& info, std::string holds) {
  return {.path = path,
          .info = info,
          .owner = host.machine.user_name(info.owner),
          .holds = std::move(holds)};
}

ServerSeen see_server(Server& server, const Settings& settings) {
  Look look(server);
  ServerSeen seen;
  seen.now = server.host.clock.now();
  seen.docker_groups = seen_or_why([&] { return look.docker_groups(); });
  seen.keys = look.keys();
  seen.sudoers = look.sudoers();
  seen.cron = look.cron();
  seen.zone = seen_or_why([&] { return look.zone(); });
  seen.docker_listens = seen_or_why([&] { return look.docker_listens(); });
  seen.logs = seen_or_why([&] { return look.logs(); });
  seen.secrets = look.secrets(settings);
  seen.clock = seen_or_why([&] { return look.clock(); });
  if (const auto memory = server.host.machine.memory()) seen.memory = known(memory->total);
  return seen;
}

}  // namespace ballast::doctor
