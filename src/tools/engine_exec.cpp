#include <fmt/format.h>

#include "tools/engine.h"

namespace ballast {

namespace {

constexpr std::size_t frame_header = 8;

// Frames name their stream: 1 is stdout, 2 is stderr.
void take_frames(std::string_view body, Engine::ExecResult& result) {
  while (body.size() >= frame_header) {
    const auto byte = [&](std::size_t index) { return static_cast<std::size_t>(static_cast<unsigned char>(body[index])); };
    const std::size_t length = (byte(4) << 24) | (byte(5) << 16) | (byte(6) << 8) | byte(7);
    (byte(0) == 2 ? result.errors : result.output) += body.substr(frame_header, length);
    body.remove_prefix(std::min(body.size(), frame_header + length));
  }
}

Json argv_json(const std::vector<std::string>& argv) {
  Json list = Json::array();
  for (const std::string& word : argv) list.push_back(word);
  return list;
}

Error refused(const HttpResponse& response, const std::string& what) {
  return Error(Kind::failed, fmt::format("{}: {}", what, text_at(parse_json(response.body).value_or(Json()), "message",
                                                                   fmt::format("status {}", response.status))));
}

}  // namespace

// When the deadline passes, the process inside goes on: the engine has no way to end an exec alone.
Engine::ExecResult Engine::exec(const std::string& id, const std::vector<std::string>& argv,
                                const std::vector<std::string>& environment, Duration deadline) {
  const Json wanted = {{"AttachStdout", true}, {"AttachStderr", true}, {"Cmd", argv_json(argv)}, {"Env", argv_json(environment)}};
  const HttpResponse created = ask("POST", fmt::format("/containers/{}/exec", id), json_text(wanted), deadline);
  if (created.status != 201) throw refused(created, fmt::format("running {} in {} failed", argv.front(), id.substr(0, 12)));
  const std::string exec_id = text_at(parse_json(created.body).value_or(Json()), "Id");
  const HttpResponse ran =
      ask("POST", fmt::format("/exec/{}/start", exec_id), json_text({{"Detach", false}, {"Tty", false}}), deadline);
  if (ran.status != 200) throw refused(ran, fmt::format("running {} in {} failed", argv.front(), id.substr(0, 12)));
  ExecResult result;
  take_frames(ran.body, result);
  result.status = static_cast<int>(number_at(ask_json(fmt::format("/exec/{}/json", exec_id)), "ExitCode", -1));
  return result;
}

Engine::ExecResult Engine::run_once(const std::string& image, const std::vector<std::string>& entrypoint,
                                    const std::vector<std::string>& argv, const std::string& owner_label, Duration deadline) {
  const Json wanted = {{"Image", image},
                       {"Entrypoint", argv_json(entrypoint)},
                       {"Cmd", argv_json(argv)},
                       {"Labels", {{std::string(docker::label_candidate), owner_label}}},
                       {"Healthcheck", {{"Test", {"NONE"}}}},
                       // The log is read below: the engine's default driver may be one that cannot be.
                       {"HostConfig", {{"NetworkMode", "none"}, {"LogConfig", {{"Type", "json-file"}}}}}};
  const HttpResponse created = ask("POST", "/containers/create", json_text(wanted));
  if (created.status != 201) throw refused(created, fmt::format("a container of {} cannot be made", image.substr(0, 19)));
  const std::string id = text_at(parse_json(created.body).value_or(Json()), "Id");
  struct Removal {
    Engine& engine;
    const std::string& id;
    ~Removal() {
      try {
        engine.remove_container(id);
      } catch (const Error&) {
        return;  // its label lets recovery find it
      }
    }
  } const removal{*this, id};
  start_container(id);
  const HttpResponse waited = ask("POST", fmt::format("/containers/{}/wait", id), {}, deadline);
  ExecResult result;
  result.status = static_cast<int>(number_at(parse_json(waited.body).value_or(Json()), "StatusCode", -1));
  take_frames(ask("GET", fmt::format("/containers/{}/logs?stdout=1&stderr=1", id)).body, result);
  return result;
}

}  // namespace ballast
