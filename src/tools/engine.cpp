#include "tools/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tools/engine_errors.h"

namespace ballast {

namespace {

// Without a version the engine speaks its own: every fixed one is too old for some engine. What is
// read of the answers is the same in all of them since 20.10.
constexpr std::string_view api = "http://docker";
constexpr Duration slow = std::chrono::minutes(2);
// In an archive, before its content and behind it.
constexpr std::size_t headers_of_a_file = 16 * 512;
constexpr Duration as_long_as_it_lasts = std::chrono::hours(24);

std::vector<std::string> ids_of(const Json& list) {
  std::vector<std::string> ids;
  for (const Json& item : list) ids.push_back(text_at(item, "Id"));
  return ids;
}

// A reference in a path; the signs that it is made of mean nothing else there.
std::string path_of(const std::string& reference) {
  std::string path = docker::url_escaped(reference);
  for (const auto& [escaped, plain] :
       {std::pair("%2F", "/"), std::pair("%3A", ":"), std::pair("%40", "@")})
    path = replace_all(path, escaped, plain);
  return path;
}

// The engine lists images of the Docker Hub under their short names.
std::string familiar(std::string repository) {
  for (const std::string_view prefix : {"index.docker.io/", "docker.io/", "library/"})
    if (repository.starts_with(prefix)) repository.erase(0, prefix.size());
  return repository;
}

}  // namespace

Engine::Engine(Host& host, std::string socket) : host_(host), socket_(std::move(socket)) {}

HttpRequest Engine::request_of(const std::string& method, const std::string& path,
                               const std::string& body, Duration deadline) const {
  HttpRequest request{.method = method, .url = std::string(api) + path, .unix_socket = socket_};
  if (!body.empty()) request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  request.deadline = deadline;
  request.body_limit = 0;
  return request;
}

HttpResponse Engine::send(const std::string& method, const std::string& path,
                          const std::string& body, Duration deadline) {
  return host_.http.send(request_of(method, path, body, deadline));
}

HttpResponse Engine::ask(const std::string& method, const std::string& path,
                         const std::string& body, Duration deadline) {
  HttpResponse response = send(method, path, body, deadline);
  if (!response.answered()) throw no_answer(response, socket_);
  return response;
}

// Null when the engine says that there is no such object, and never otherwise.
Json Engine::ask_json(const std::string& path) {
  const HttpResponse response = ask("GET", path);
  if (response.status == 404) return nullptr;
  if (!is_good(response)) throw engine_refuses(response, "GET " + path);
  const auto json = parse_json(response.body);
  if (!json || json->is_null())
    throw Error(Kind::failed,
                fmt::format("the Docker Engine's answer to GET {} is not JSON", path));
  return *json;
}

Json Engine::ask_list(const std::string& path) {
  Json list = ask_json(path);
  if (!list.is_array())
    throw Error(Kind::failed, fmt::format("the Docker Engine's answer to GET {} is no list", path));
  return list;
}

void Engine::order(const std::string& method, const std::string& path, const std::string& body,
                   const std::string& what, std::initializer_list<int> also_fine) {
  const HttpResponse response = ask(method, path, body, slow);
  const bool is_fine =
      std::find(also_fine.begin(), also_fine.end(), response.status) != also_fine.end();
  if (!is_good(response) && !is_fine) throw engine_refuses(response, what);
}

docker::EngineInfo Engine::info() {
  const HttpResponse response = ask("GET", "/info");
  if (!is_good(response)) throw engine_refuses(response, "GET /info");
  docker::EngineInfo info = docker::parse_info(parse_json(response.body).value_or(Json()));
  if (const auto version = response.headers.find("api-version"); version != response.headers.end())
    info.api_version = version->second;
  return info;
}

std::optional<Error> Engine::trouble() {
  try {
    const HttpResponse response = ask("GET", "/_ping", {}, std::chrono::seconds(10));
    if (is_good(response)) return std::nullopt;
    return engine_refuses(response, "a ping");
  } catch (const Error& error) {
    return error;
  }
}

// In the order of creation; the engine lists the newest first.
std::vector<docker::Container> Engine::inspected(const Json& list) {
  std::vector<docker::Container> containers;
  for (const std::string& id : ids_of(list))
    if (auto found = container(id))
      containers.push_back(*std::move(found));  // it may have gone meanwhile
  std::reverse(containers.begin(), containers.end());
  return containers;
}

std::vector<docker::Container> Engine::project_containers(const std::string& project) {
  auto containers = containers_with_label(fmt::format("{}={}", docker::label_project, project));
  const auto service = [](const docker::Container& container) {
    return container.label(docker::label_service);
  };
  std::stable_sort(containers.begin(), containers.end(), [&](const auto& left, const auto& right) {
    return service(left) < service(right);
  });
  return containers;
}

std::vector<docker::Container> Engine::containers_with_label(const std::string& label) {
  return inspected(ask_list(docker::list_query({label}, true)));
}

std::vector<docker::ListedContainer> Engine::all_containers() {
  return docker::parse_list(ask_list(docker::list_query({}, true)));
}

// One object a line.
void Engine::events(const EventSink& sink) {
  HttpRequest request = request_of("GET", docker::events_query(), {}, as_long_as_it_lasts);
  std::string rest;
  request.on_data = [&](std::string_view piece) {
    rest += piece;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      const auto json = parse_json(rest.substr(0, end));
      const auto event = json ? docker::parse_event(*json) : std::nullopt;
      if (event) sink.happened(*event);
      rest.erase(0, end + 1);
    }
    return sink.goes_on();
  };
  request.on_answer = sink.began;
  request.goes_on = sink.goes_on;
  const HttpResponse response = host_.http.send(request);
  if (!response.answered() && response.failure != HttpFailure::timed_out)
    throw no_answer(response, socket_);
  if (response.status >= 400) throw engine_refuses(response, "GET /events");
}

// Null is what the engine says of a container in which nothing changed.
std::vector<docker::ChangedPath> Engine::changes_of(const std::string& id) {
  const std::string path = fmt::format("/containers/{}/changes", docker::url_escaped(id));
  const HttpResponse response = ask("GET", path, {}, slow);
  if (!is_good(response)) throw engine_refuses(response, "GET " + path);
  return docker::parse_changes(parse_json(response.body).value_or(Json()));
}

std::optional<TarMember> Engine::file_of(const std::string& id, const std::string& path,
                                         std::size_t limit) {
  HttpRequest request = request_of("GET",
                                   fmt::format("/containers/{}/archive?path={}",
                                               docker::url_escaped(id), docker::url_escaped(path)),
                                   {}, slow);
  request.body_limit = limit + headers_of_a_file;
  const HttpResponse response = host_.http.send(request);
  if (!response.answered()) throw no_answer(response, socket_);
  if (response.status == 404) return std::nullopt;
  if (!is_good(response)) throw engine_refuses(response, "to read " + path);
  auto file = first_tar_member(response.body, limit);
  if (!file)
    throw Error(Kind::failed, fmt::format("the Docker Engine's archive of {} is none", path));
  return file;
}

std::vector<std::string> Engine::images_in_use() {
  std::vector<std::string> ids;
  for (const Json& container : ask_list(docker::list_query({}, true)))
    ids.push_back(text_at(container, "ImageID"));
  return ids;
}

std::optional<docker::Container> Engine::container(const std::string& id_or_name) {
  const Json json = ask_json(fmt::format("/containers/{}/json", docker::url_escaped(id_or_name)));
  if (json.is_null()) return std::nullopt;
  return docker::parse_container(json);
}

// One shot: else the engine waits for a second figure of the processors.
std::optional<std::uint64_t> Engine::memory_of(const std::string& id) {
  return docker::parse_memory(ask_json(
      fmt::format("/containers/{}/stats?stream=false&one-shot=true", docker::url_escaped(id))));
}

std::optional<docker::Image> Engine::image(const std::string& reference) {
  const Json json = ask_json(fmt::format("/images/{}/json", path_of(reference)));
  if (json.is_null()) return std::nullopt;
  return docker::parse_image(json);
}

std::vector<docker::Image> Engine::images_of(const std::string& repository) {
  const Json filters = {{"reference", {familiar(repository)}}};
  std::vector<docker::Image> images;
  for (const std::string& id :
       ids_of(ask_list("/images/json?filters=" + docker::url_escaped(json_text(filters)))))
    if (auto found = image(id)) images.push_back(*std::move(found));
  return images;
}

std::string Engine::logs(const std::string& id, int lines) {
  const HttpResponse response =
      ask("GET", fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}", id, lines));
  return is_good(response) ? docker::log_text(response.body) : std::string();
}

void Engine::tag_image(const std::string& id, const std::string& repository,
                       const std::string& tag) {
  order("POST",
        fmt::format("/images/{}/tag?repo={}&tag={}", id, docker::url_escaped(repository),
                    docker::url_escaped(tag)),
        {}, fmt::format("to tag {} as {}:{}", id.substr(0, 19), repository, tag));
}

void Engine::remove_image(const std::string& reference) {
  order("DELETE", "/images/" + path_of(reference), {}, "to remove the image " + reference, {404});
}

void Engine::remove_container(const std::string& id) {
  order("DELETE", fmt::format("/containers/{}?force=1&v=1", id), {},
        "to remove the container " + id.substr(0, 12), {404, 409});
}

void Engine::rename_container(const std::string& id, const std::string& name) {
  order("POST", fmt::format("/containers/{}/rename?name={}", id, docker::url_escaped(name)), {},
        "to rename a container to " + name);
}

void Engine::stop_container(const std::string& id, Duration timeout) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(timeout);
  const HttpResponse response =
      ask("POST", fmt::format("/containers/{}/stop?t={}", id, seconds.count()), {}, seconds + slow);
  if (!is_good(response) && response.status != 304 && response.status != 404)
    throw engine_refuses(response, "to stop the container " + id.substr(0, 12));
}

void Engine::start_container(const std::string& id) {
  order("POST", fmt::format("/containers/{}/start", id), {},
        "to start the container " + id.substr(0, 12), {304});
}

void Engine::set_restart_policy(const std::string& id, const std::string& policy, int tries) {
  order("POST", fmt::format("/containers/{}/update", id),
        json_text({{"RestartPolicy", {{"Name", policy}, {"MaximumRetryCount", tries}}}}),
        "to change the restart policy of the container " + id.substr(0, 12), {404});
}

void Engine::make_volume(const docker::NewVolume& wanted) {
  order("POST", "/volumes/create", json_text(docker::new_volume_json(wanted)),
        "to make the volume " + wanted.name);
}

void Engine::remove_volume(const std::string& name) {
  order("DELETE", "/volumes/" + docker::url_escaped(name), {}, "to remove the volume " + name,
        {404, 409});
}

std::optional<std::string> Engine::volume_folder(const std::string& name) {
  const Json volume = ask_json("/volumes/" + docker::url_escaped(name));
  if (volume.is_null()) return std::nullopt;
  return text_at(volume, "Mountpoint");
}

bool Engine::is_mounted_volume(const std::string& name) {
  const Json volume = ask_json("/volumes/" + docker::url_escaped(name));
  if (volume.is_null()) return false;
  const Json options = member(volume, "Options");
  return text_at(volume, "Driver") != "local" ||
         (options.is_object() && options.contains("device"));
}

}  // namespace ballast
