#include <fmt/format.h>

#include "base/text.h"
#include "model/reference.h"
#include "tools/engine.h"
#include "tools/registry_login.h"

namespace ballast {

namespace {

constexpr Duration longest_pull = std::chrono::minutes(60);

// Lines may be cut anywhere between two pieces.
class PullStream {
 public:
  explicit PullStream(const std::function<void(const docker::PullProgress&)>& told) : told_(told) {}

  void take(std::string_view piece) {
    rest_ += piece;
    for (std::size_t end; (end = rest_.find('\n')) != std::string::npos; rest_.erase(0, end + 1))
      take_line(std::string_view(rest_).substr(0, end));
  }
  std::string end() {
    take_line(rest_);
    return error_;
  }

 private:
  void take_line(std::string_view line) {
    const auto json = parse_json(trim(line));
    if (!json) return;
    const docker::PullProgress progress = docker::parse_pull_line(*json);
    if (!progress.error.empty()) error_ = progress.error;
    else if (told_) told_(progress);
  }
  const std::function<void(const docker::PullProgress&)>& told_;
  std::string rest_;
  std::string error_;
};

Error pull_error(const std::string& message, const std::string& name) {
  const std::string registry = parse_reference(name).registry();
  const std::string said = printable(message);
  switch (docker::classify_pull_failure(message)) {
    case docker::PullFailure::not_found:
      return Error(Kind::failed, fmt::format("no image {} in the registry {}", name, registry),
                   "check that the build pushed this tag");
    case docker::PullFailure::unauthorised:
      return Error(Kind::failed, fmt::format("the registry {} does not let us pull {}: {}", registry, name, said),
                   fmt::format("log in as the user who runs ballast: docker login {}", registry));
    case docker::PullFailure::unreachable:
      return Error(Kind::failed, fmt::format("the registry {} does not answer: {}", registry, said),
                   "try again when it is back; what runs is not touched");
    case docker::PullFailure::disk_full:
      return Error(Kind::failed, fmt::format("no space left for {}: {}", name, said), "see: docker system df");
    default: return Error(Kind::failed, fmt::format("pulling {} failed: {}", name, said));
  }
}

}  // namespace

void Engine::pull(const std::string& repository, const std::string& tag,
                  const std::function<void(const docker::PullProgress&)>& progress) {
  const std::string name = repository + (tag.starts_with("sha256:") ? "@" : ":") + tag;
  PullStream stream(progress);
  HttpRequest request{.method = "POST",
                      .url = fmt::format("http://docker/v1.41/images/create?fromImage={}&tag={}",
                                         docker::url_escaped(repository), docker::url_escaped(tag)),
                      .unix_socket = socket_};
  if (const std::string login = registry_login(host_, parse_reference(name).registry()); !login.empty())
    request.headers.emplace_back("X-Registry-Auth", login);
  request.deadline = longest_pull;
  std::string plain;
  request.on_data = [&](std::string_view piece) {
    if (host_.interrupts.requested() && !host_.interrupts.held()) return false;
    if (plain.size() < 4096) plain += piece;
    stream.take(piece);
    return true;
  };
  const HttpResponse response = host_.http.send(request);
  if (host_.interrupts.requested() && !host_.interrupts.held()) throw Error(Kind::interrupted, "interrupted while pulling " + name);
  if (!response.answered())
    throw Error(Kind::failed, fmt::format("pulling {} failed: {}", name, response.failure_text));
  std::string error = stream.end();
  if (error.empty() && response.status != 200)
    error = text_at(parse_json(plain).value_or(Json()), "message", fmt::format("status {}", response.status));
  if (!error.empty()) throw pull_error(error, name);
}

}  // namespace ballast
