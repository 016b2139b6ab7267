#include <fmt/format.h>

#include <exception>

#include "base/text.h"
#include "tools/engine.h"
#include "tools/engine_errors.h"
#include "tools/frames.h"

namespace ballast {

namespace {

constexpr Duration status_pause = std::chrono::milliseconds(20);
constexpr Duration archive_deadline = std::chrono::seconds(30);
constexpr int status_questions = 250;
constexpr std::size_t longest_errors = 64 << 10;
constexpr std::size_t shown_bytes = 600;

void take_frames(std::string_view body, Engine::ExecResult& result) {
  while (const auto frame = docker::take_frame(body))
    (frame->is_error ? result.errors : result.output) += frame->bytes;
}

Json argv_json(const std::vector<std::string>& argv) {
  Json list = Json::array();
  for (const std::string& word : argv) list.push_back(word);
  return list;
}

std::string id_in(const HttpResponse& response) {
  return text_at(parse_json(response.body).value_or(Json()), "Id");
}

Error failure(const HttpResponse& response, const std::string& what) {
  return Error(Kind::failed, fmt::format("{} failed: {}", what, engine_words(response)));
}

Error without_status(const std::string& what, const std::string& said) {
  const std::string words = shortened(printable(trim(said)), shown_bytes);
  return Error(Kind::failed, fmt::format("{} failed: {}", what,
                                         words.empty() ? "the container ended first" : words));
}

std::string container_of(const std::string& image) {
  return "a container of " + image.substr(0, 19);
}

// The engine is well; it is the program that took too long.
void require_in_time(const HttpResponse& response, const std::string& what, Duration deadline) {
  if (response.failure == HttpFailure::timed_out)
    throw Error(Kind::failed,
                fmt::format("{} did not end within {}", what, human_duration(deadline)));
}

class Removal {
 public:
  Removal(Engine& engine, std::string id) : engine_(engine), id_(std::move(id)) {}
  Removal(const Removal&) = delete;
  Removal& operator=(const Removal&) = delete;
  ~Removal() {
    try {
      engine_.remove_container(id_);
    } catch (const std::exception&) {
      return;  // its label lets recovery find it
    }
  }

 private:
  Engine& engine_;
  std::string id_;
};

}  // namespace

void Engine::require_ended(const HttpResponse& response, const std::string& what,
                           Duration deadline) const {
  require_in_time(response, what, deadline);
  if (!response.answered()) throw no_answer(response, socket_);
  if (!is_good(response)) throw failure(response, what);
}

// When the deadline passes, the process inside goes on: the engine has no way to end an exec alone.
Engine::ExecResult Engine::exec(const std::string& id, const std::vector<std::string>& argv,
                                const std::vector<std::string>& environment, Duration deadline) {
  const std::string what = fmt::format("running {} in {}", argv.front(), id.substr(0, 12));
  const std::string exec_id = make_exec(id, argv, environment, what);
  const HttpResponse ran = send("POST", fmt::format("/exec/{}/start", exec_id),
                                json_text({{"Detach", false}, {"Tty", false}}), deadline);
  require_ended(ran, what, deadline);
  ExecResult result;
  take_frames(ran.body, result);
  result.status = exec_status(exec_id, what, result.errors + result.output);
  return result;
}

Engine::ExecResult Engine::exec_streaming(const std::string& id,
                                          const std::vector<std::string>& argv,
                                          const std::vector<std::string>& environment,
                                          Duration deadline, const Sink& output) {
  const std::string what = fmt::format("running {} in {}", argv.front(), id.substr(0, 12));
  const std::string exec_id = make_exec(id, argv, environment, what);
  ExecResult result;
  docker::FrameStream frames([&](bool is_error, std::string_view bytes) {
    if (!is_error)
      output(bytes);
    else if (result.errors.size() < longest_errors)
      result.errors += bytes;
  });
  std::exception_ptr thrown;
  HttpRequest request = request_of("POST", fmt::format("/exec/{}/start", exec_id),
                                   json_text({{"Detach", false}, {"Tty", false}}), deadline);
  request.on_data = [&](std::string_view piece) {
    try {
      frames.take(piece);
    } catch (...) {
      thrown = std::current_exception();  // must not pass through curl
    }
    return !thrown;
  };
  const HttpResponse ran = host_.http.send(request);
  if (thrown) std::rethrow_exception(thrown);
  require_ended(ran, what, deadline);
  result.status = exec_status(exec_id, what, result.errors);
  return result;
}

std::string Engine::make_container(const docker::NewContainer& wanted) {
  const HttpResponse created =
      ask("POST", "/containers/create", json_text(docker::new_container_json(wanted)));
  if (!is_good(created)) throw failure(created, "making " + container_of(wanted.image));
  return id_in(created);
}

std::string Engine::make_exec(const std::string& id, const std::vector<std::string>& argv,
                              const std::vector<std::string>& environment,
                              const std::string& what) {
  const Json wanted = {{"AttachStdout", true},
                       {"AttachStderr", true},
                       {"Cmd", argv_json(argv)},
                       {"Env", argv_json(environment)}};
  const HttpResponse created =
      ask("POST", fmt::format("/containers/{}/exec", id), json_text(wanted));
  if (!is_good(created)) throw failure(created, what);
  std::string exec_id = id_in(created);
  if (on_exec_) on_exec_(exec_id);
  return exec_id;
}

// The streams may end a moment before the engine knows the exit status. It never knows one where
// the container ended before the program began, and forgets it with the container.
int Engine::exec_status(const std::string& exec_id, const std::string& what,
                        const std::string& said) {
  for (int asked = 0; asked < status_questions; ++asked) {
    const Json exec = ask_json(fmt::format("/exec/{}/json", exec_id));
    if (!flag_at(exec, "Running")) {
      if (member(exec, "ExitCode").is_number())
        return static_cast<int>(number_at(exec, "ExitCode"));
      throw without_status(what, said);
    }
    host_.clock.sleep(status_pause);
  }
  throw Error(Kind::failed, "the Docker Engine does not tell how a program in a container ended",
              "look at it: journalctl -u docker");
}

Engine::ExecResult Engine::run_once(const std::string& image,
                                    const std::vector<std::string>& entrypoint,
                                    const std::vector<std::string>& argv,
                                    const std::string& owner_label, Duration deadline) {
  return run({.image = image,
              .entrypoint = entrypoint,
              .command = argv,
              .labels = {{std::string(docker::label_candidate), owner_label}}},
             deadline);
}

std::optional<std::string> Engine::folder_of_image(const std::string& image,
                                                   const std::string& path,
                                                   const std::string& owner_label,
                                                   std::size_t limit) {
  const std::string id =
      make_container({.image = image,
                      .entrypoint = {"never-started"},
                      .labels = {{std::string(docker::label_candidate), owner_label}}});
  const Removal removal(*this, id);
  HttpRequest request = request_of(
      "GET", fmt::format("/containers/{}/archive?path={}", id, docker::url_escaped(path)), {},
      archive_deadline);
  request.body_limit = limit;
  HttpResponse response = host_.http.send(request);
  if (response.status == 404) return std::nullopt;
  const std::string what = fmt::format("reading {} of {}", path, container_of(image));
  if (response.truncated)
    throw Error(Kind::failed, fmt::format("{} is more than {}", path, human_bytes(limit)));
  require_ended(response, what, archive_deadline);
  return std::move(response.body);
}

Engine::ExecResult Engine::run(const docker::NewContainer& wanted, Duration deadline) {
  const std::string id = make_container(wanted);
  const Removal removal(*this, id);
  return run_to_end(id, container_of(wanted.image), deadline);
}

Engine::ExecResult Engine::run_to_end(const std::string& id, const std::string& what,
                                      Duration deadline) {
  start_container(id);
  const HttpResponse waited = send("POST", fmt::format("/containers/{}/wait", id), {}, deadline);
  require_in_time(waited, what, deadline);
  if (!waited.answered()) throw no_answer(waited, socket_);
  if (!is_good(waited)) throw failure(waited, "waiting for " + what);
  const HttpResponse logged = ask("GET", fmt::format("/containers/{}/logs?stdout=1&stderr=1", id));
  if (!is_good(logged)) throw failure(logged, "reading what " + what + " says");
  ExecResult result;
  const Json ending = parse_json(waited.body).value_or(Json());
  result.status = static_cast<int>(number_at(ending, "StatusCode", -1));
  take_frames(logged.body, result);
  return result;
}

}  // namespace ballast
