#include "tools/engine_terminal.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "host/marked_processes.h"
#include "host/terminal_echo.h"
#include "host/upgraded_stream.h"
#include "tools/engine_errors.h"

namespace ballast {

namespace {

constexpr Duration patience = std::chrono::seconds(30);
constexpr Duration time_to_end = std::chrono::seconds(5);
constexpr Duration pause = std::chrono::milliseconds(20);
constexpr int questions = 250;

// POST or GET, as a plain question.
HttpResponse ask(Host& host, const std::string& socket, const std::string& method,
                 const std::string& path, const Json& body = {}) {
  HttpRequest request{.method = method, .url = "http://docker" + path, .unix_socket = socket};
  if (!body.is_null()) {
    request.headers = {{"Content-Type", "application/json"}};
    request.body = json_text(body);
  }
  request.deadline = patience;
  HttpResponse response = host.http.send(request);
  if (!response.answered()) throw no_answer(response, socket);
  return response;
}

std::string words_of(const TerminalExec& exec) {
  return fmt::format("running {} in {}", exec.argv.front(), exec.container.substr(0, 12));
}

Error failure(const HttpResponse& response, const TerminalExec& exec) {
  return Error(Kind::failed, fmt::format("{} failed: {}", words_of(exec), engine_words(response)));
}

Json exec_json(const TerminalExec& exec) {
  Json argv = Json::array();
  for (const std::string& word : exec.argv) argv.push_back(word);
  Json environment = Json::array();
  for (const auto& [name, value] : exec.environment)
    environment.push_back(fmt::format("{}={}", name, value));
  Json json = {{"AttachStdin", true}, {"AttachStdout", true}, {"AttachStderr", true},
               {"Tty", true},         {"Cmd", argv},          {"Env", environment}};
  if (!exec.user.empty()) json["User"] = exec.user;
  return json;
}

bool has_ended(const Json& exec) {
  return !flag_at(exec, "Running") && member(exec, "ExitCode").is_number();
}

class ContainerProgram : public TerminalProgram {
 public:
  ContainerProgram(Host& host, std::string socket, const TerminalExec& exec, std::string id,
                   Descriptor stream)
      : host_(host),
        socket_(std::move(socket)),
        what_(words_of(exec)),
        mark_(exec.mark),
        id_(std::move(id)),
        stream_(std::move(stream)) {}

  int descriptor() const override { return stream_.get(); }
  int end_descriptor() const override { return -1; }

  std::optional<bool> echoes() override {
    if (process_ == 0) process_ = number_at(inspected(), "Pid");
    return process_ > 0 ? terminal_of_process_echoes(process_) : std::nullopt;
  }

  // The engine refuses it until the program runs.
  void resize(const TerminalSize& size) override {
    const std::string path = fmt::format("/exec/{}/resize?h={}&w={}", id_, size.rows, size.columns);
    for (int asked = 0; asked < questions; ++asked) {
      if (is_good(ask(host_, socket_, "POST", path)) || has_ended(inspected())) return;
      host_.clock.sleep(pause);
    }
  }

  void end() override { end_marked_processes(mark_, time_to_end); }

  int status() override {
    if (const auto status = awaited_status()) return *status;
    // The engine let go of it, and nothing is recorded any more.
    end();
    if (const auto status = awaited_status()) return *status;
    throw Error(Kind::failed, fmt::format("{}: the engine does not tell how it ended", what_),
                "look at it: journalctl -u docker");
  }

 private:
  Json inspected() {
    const HttpResponse response = ask(host_, socket_, "GET", fmt::format("/exec/{}/json", id_));
    return is_good(response) ? parse_json(response.body).value_or(Json()) : Json();
  }

  std::optional<int> awaited_status() {
    for (int asked = 0; asked < questions; ++asked) {
      const Json exec = inspected();
      if (has_ended(exec)) return static_cast<int>(number_at(exec, "ExitCode"));
      host_.clock.sleep(pause);
    }
    return std::nullopt;
  }

  Host& host_;
  std::string socket_;
  std::string what_;
  std::string mark_;
  std::string id_;
  Descriptor stream_;
  long long process_ = 0;
};

}  // namespace

std::unique_ptr<TerminalProgram> start_in_container(Host& host, const std::string& socket,
                                                    const TerminalExec& exec) {
  const HttpResponse made = ask(
      host, socket, "POST", fmt::format("/containers/{}/exec", exec.container), exec_json(exec));
  if (!is_good(made)) throw failure(made, exec);
  const std::string id = text_at(parse_json(made.body).value_or(Json()), "Id");
  const Json how = {{"Detach", false},
                    {"Tty", true},
                    {"ConsoleSize", Json::array({exec.size.rows, exec.size.columns})}};
  auto upgraded = upgrade_local(socket, fmt::format("/exec/{}/start", id), how, patience);
  HttpResponse answer;
  answer.status = upgraded ? upgraded->status : 0;
  answer.body = upgraded ? upgraded->body : "nobody listens at " + socket;
  if (!upgraded || !upgraded->stream) throw failure(answer, exec);
  auto program =
      std::make_unique<ContainerProgram>(host, socket, exec, id, std::move(upgraded->stream));
  program->resize(exec.size);
  return program;
}

}  // namespace ballast
