#include "tools/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view api = "http://docker/v1.41";
constexpr Duration slow = std::chrono::minutes(2);

Error no_answer(const HttpResponse& response, const std::string& socket) {
  std::string hint;
  switch (response.failure) {
    case HttpFailure::no_socket:
    case HttpFailure::refused: hint = "start it: systemctl start docker"; break;
    case HttpFailure::permission: hint = "run ballast as root (sudo), or as a member of the group docker"; break;
    default: hint = "look at it: systemctl status docker; journalctl -u docker";
  }
  return Error(Kind::refused, fmt::format("the Docker Engine does not answer at {}: {}", socket, response.failure_text),
               hint);
}

Error engine_error(const HttpResponse& response, const std::string& what) {
  const Json json = parse_json(response.body).value_or(Json());
  const std::string said = text_at(json, "message", std::string(trim(response.body)));
  return Error(Kind::failed, fmt::format("the Docker Engine refuses {}: {}", what,
                                         said.empty() ? fmt::format("status {}", response.status) : printable(said)));
}

bool good(const HttpResponse& response) { return response.status >= 200 && response.status < 300; }

std::vector<std::string> ids_of(const Json& list) {
  std::vector<std::string> ids;
  for (const Json& item : list) ids.push_back(text_at(item, "Id"));
  return ids;
}

}  // namespace

Engine::Engine(Host& host, std::string socket) : host_(host), socket_(std::move(socket)) {}

HttpResponse Engine::ask(const std::string& method, const std::string& path, const std::string& body, Duration deadline) {
  HttpRequest request{.method = method, .url = std::string(api) + path, .unix_socket = socket_};
  if (!body.empty()) request.headers = {{"Content-Type", "application/json"}};
  request.body = body;
  request.deadline = deadline;
  request.body_limit = 0;
  HttpResponse response = host_.http.send(request);
  if (!response.answered()) throw no_answer(response, socket_);
  return response;
}

// Null when the engine says that there is no such object.
Json Engine::ask_json(const std::string& path) {
  const HttpResponse response = ask("GET", path);
  if (response.status == 404) return nullptr;
  if (!good(response)) throw engine_error(response, "GET " + path);
  return parse_json(response.body).value_or(Json());
}

void Engine::order(const std::string& method, const std::string& path, const std::string& body, const std::string& what,
                   std::initializer_list<int> also_fine) {
  const HttpResponse response = ask(method, path, body, slow);
  if (good(response) || std::find(also_fine.begin(), also_fine.end(), response.status) != also_fine.end()) return;
  throw engine_error(response, what);
}

docker::EngineInfo Engine::info() { return docker::parse_info(ask_json("/info")); }

std::optional<Error> Engine::trouble() {
  try {
    const HttpResponse response = ask("GET", "/_ping", {}, std::chrono::seconds(10));
    if (good(response)) return std::nullopt;
    return engine_error(response, "a ping");
  } catch (const Error& error) {
    return error;
  }
}

std::vector<docker::Container> Engine::inspected(const Json& list) {
  std::vector<docker::Container> containers;
  for (const std::string& id : ids_of(list))
    if (auto found = container(id)) containers.push_back(*std::move(found));  // it may have gone meanwhile
  return containers;
}

std::vector<docker::Container> Engine::project_containers(const std::string& project) {
  return containers_with_label(fmt::format("{}={}", docker::label_project, project));
}

std::vector<docker::Container> Engine::containers_with_label(const std::string& label) {
  return inspected(ask_json(docker::list_query({label}, true)));
}

std::vector<docker::Container> Engine::all_containers() { return inspected(ask_json(docker::list_query({}, true))); }

std::optional<docker::Container> Engine::container(const std::string& id_or_name) {
  const Json json = ask_json(fmt::format("/containers/{}/json", docker::url_escaped(id_or_name)));
  if (json.is_null()) return std::nullopt;
  return docker::parse_container(json);
}

std::optional<docker::Image> Engine::image(const std::string& reference) {
  const Json json = ask_json(fmt::format("/images/{}/json", reference));
  if (json.is_null()) return std::nullopt;
  return docker::parse_image(json);
}

std::vector<docker::Image> Engine::images_of(const std::string& repository) {
  const Json filters = {{"reference", {repository}}};
  std::vector<docker::Image> images;
  for (const std::string& id : ids_of(ask_json("/images/json?filters=" + docker::url_escaped(json_text(filters)))))
    if (auto found = image(id)) images.push_back(*std::move(found));
  return images;
}

std::string Engine::logs(const std::string& id, int lines) {
  const HttpResponse response = ask("GET", fmt::format("/containers/{}/logs?stdout=1&stderr=1&tail={}", id, lines));
  return good(response) ? docker::log_text(response.body) : std::string();
}

void Engine::tag_image(const std::string& id, const std::string& repository, const std::string& tag) {
  order("POST", fmt::format("/images/{}/tag?repo={}&tag={}", id, docker::url_escaped(repository), docker::url_escaped(tag)),
        {}, fmt::format("to tag {} as {}:{}", id.substr(0, 19), repository, tag));
}

void Engine::remove_image(const std::string& reference) {
  order("DELETE", "/images/" + reference, {}, "to remove the image " + reference, {404});
}

void Engine::remove_container(const std::string& id) {
  order("DELETE", fmt::format("/containers/{}?force=1&v=1", id), {}, "to remove the container " + id.substr(0, 12), {404, 409});
}

void Engine::rename_container(const std::string& id, const std::string& name) {
  order("POST", fmt::format("/containers/{}/rename?name={}", id, docker::url_escaped(name)), {},
        "to rename a container to " + name);
}

void Engine::stop_container(const std::string& id, Duration timeout) {
  const long long seconds = timeout.count() / 1000;
  const HttpResponse response =
      ask("POST", fmt::format("/containers/{}/stop?t={}", id, seconds), {}, timeout + slow);
  if (!good(response) && response.status != 304 && response.status != 404)
    throw engine_error(response, "to stop the container " + id.substr(0, 12));
}

void Engine::start_container(const std::string& id) {
  order("POST", fmt::format("/containers/{}/start", id), {}, "to start the container " + id.substr(0, 12), {304});
}

void Engine::remove_volume(const std::string& name) {
  order("DELETE", "/volumes/" + docker::url_escaped(name), {}, "to remove the volume " + name, {404, 409});
}

}  // namespace ballast
