// The Docker Engine over its socket. An absent object is a value; an engine that does not answer or
// refuses is an Error whose hint says what to do (docker stopped, permission on the socket).
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/host.h"
#include "host/tar_text.h"
#include "tools/docker.h"

namespace ballast {

class Engine {
 public:
  Engine(Host& host, std::string socket);

  const std::string& socket() const { return socket_; }

  docker::EngineInfo info();
  // Why the engine cannot be used, as an Error value; nullopt when it answers.
  std::optional<Error> trouble();

  // All containers of a project, one-off ones included, inspected; sorted by service, then
  // creation.
  std::vector<docker::Container> project_containers(const std::string& project);
  std::vector<docker::Container> containers_with_label(
      const std::string& label);  // "key" or "key=value"
  std::vector<docker::ListedContainer> all_containers();
  // What happens to containers, until the engine ends it or `goes_on` says no. `began` is called
  // once it tells: what happened before is to be looked at.
  struct EventSink {
    std::function<void()> began;
    std::function<void(const docker::Event&)> happened;
    std::function<bool()> goes_on;  // asked about once a second
  };
  void events(const EventSink& sink);
  // What in a container is not as its image has it, mounts left out; by path. May take seconds.
  std::vector<docker::ChangedPath> changes_of(const std::string& id);
  // What is at a path of a container, which need not run; nullopt: nothing. Of a file of more than
  // `limit` bytes there is no content.
  std::optional<TarMember> file_of(const std::string& id, const std::string& path,
                                   std::size_t limit);
  // Is told the id of each exec of our own before it begins.
  void on_exec(std::function<void(const std::string& exec_id)> told) { on_exec_ = std::move(told); }
  std::vector<std::string> images_in_use();  // ids; of containers that do not run, too
  std::optional<docker::Container> container(const std::string& id_or_name);
  // Bytes that it holds in memory, without page cache; nullopt: it does not run.
  std::optional<std::uint64_t> memory_of(const std::string& id);
  std::optional<docker::Image> image(const std::string& reference);
  std::vector<docker::Image> images_of(const std::string& repository);  // all tags of a repository
  std::string logs(const std::string& id, int lines);
  // What a container says from its start on, line by line, until it ends. `goes_on` is asked about
  // once a second.
  enum class LogEnd { container_ended, deadline, told_to_stop };
  LogEnd follow_log(const std::string& id, Duration deadline,
                    const std::function<void(std::string_view line)>& line,
                    const std::function<bool()>& goes_on);

  // repository:tag. Throws Error(failed) whose hint fits the failure (unknown tag, registry down,
  // unauthorised, disk full). Credentials: as `docker login` left them in the config of the user
  // who runs Ballast.
  void pull(const std::string& repository, const std::string& tag,
            const std::function<void(const docker::PullProgress&)>& progress);
  void tag_image(const std::string& id, const std::string& repository, const std::string& tag);
  void remove_image(const std::string& reference);  // absent is fine; in use: Error(failed)
  void remove_container(
      const std::string& id);  // forced, with its anonymous volumes; absent is fine
  void rename_container(const std::string& id, const std::string& name);
  void stop_container(const std::string& id, Duration timeout);
  void start_container(const std::string& id);
  // `tries`: of on-failure. Absent is fine.
  void set_restart_policy(const std::string& id, const std::string& policy, int tries = 0);
  void make_volume(const docker::NewVolume& wanted);
  void remove_volume(const std::string& name);  // absent or in use is fine: returns quietly
  // Where the engine keeps its files; nullopt: there is no such volume.
  std::optional<std::string> volume_folder(const std::string& name);
  // Its files come from a device, a network or a plugin, not from the engine's own folder.
  bool is_mounted_volume(const std::string& name);

  struct ExecResult {
    int status = -1;
    std::string output;  // stdout and stderr
    std::string errors;
  };
  // Runs argv in a running container without a TTY.
  ExecResult exec(const std::string& id, const std::vector<std::string>& argv,
                  const std::vector<std::string>& environment, Duration deadline);

  // The same, handing stdout on as it comes; what the sink throws ends the reading and is thrown.
  using Sink = std::function<void(std::string_view bytes)>;
  ExecResult exec_streaming(const std::string& id, const std::vector<std::string>& argv,
                            const std::vector<std::string>& environment, Duration deadline,
                            const Sink& output);

  // Made, not started. Its id.
  std::string make_container(const docker::NewContainer& wanted);

  // Runs a container of our own making to its end, and removes it. Its status and what it said.
  ExecResult run(const docker::NewContainer& wanted, Duration deadline);
  // Runs a throw-away container: no network, no mounts but the image's own, removed whatever
  // happens.
  ExecResult run_once(const std::string& image, const std::vector<std::string>& entrypoint,
                      const std::vector<std::string>& argv, const std::string& owner_label,
                      Duration deadline);
  // A folder of an image, as tar, without running anything of it. nullopt: there is no such path.
  // Error(failed) when it is more than `limit` bytes.
  std::optional<std::string> folder_of_image(const std::string& image, const std::string& path,
                                             const std::string& owner_label, std::size_t limit);

 private:
  HttpRequest request_of(const std::string& method, const std::string& path,
                         const std::string& body, Duration deadline) const;
  HttpResponse send(const std::string& method, const std::string& path, const std::string& body,
                    Duration deadline);
  HttpResponse ask(const std::string& method, const std::string& path, const std::string& body = {},
                   Duration deadline = std::chrono::seconds(30));
  Json ask_json(const std::string& path);
  Json ask_list(const std::string& path);
  void order(const std::string& method, const std::string& path, const std::string& body,
             const std::string& what, std::initializer_list<int> also_fine = {});
  std::string make_exec(const std::string& id, const std::vector<std::string>& argv,
                        const std::vector<std::string>& environment, const std::string& what);
  void require_ended(const HttpResponse& response, const std::string& what,
                     Duration deadline) const;
  int exec_status(const std::string& exec_id, const std::string& what, const std::string& said);
  ExecResult run_to_end(const std::string& id, const std::string& what, Duration deadline);
  std::vector<docker::Container> inspected(const Json& list);
  Host& host_;
  std::string socket_;
  std::function<void(const std::string& exec_id)> on_exec_;
};

}  // namespace ballast
