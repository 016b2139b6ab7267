#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "model/reference.h"
#include "tools/engine.h"
#include "tools/engine_errors.h"
#include "tools/registry_login.h"

namespace ballast {

namespace {

constexpr Duration longest_pull = std::chrono::minutes(60);

constexpr std::size_t longest_refusal = 4096;

// Lines may be cut anywhere between two pieces.
class PullStream {
 public:
  explicit PullStream(const std::function<void(const docker::PullProgress&)>& told) : told_(told) {}

  void take(std::string_view piece) {
    if (beginning_.size() < longest_refusal) beginning_ += piece;
    rest_ += piece;
    std::size_t taken = 0;
    for (std::size_t end; (end = rest_.find('\n', taken)) != std::string::npos; taken = end + 1)
      take_line(std::string_view(rest_).substr(taken, end - taken));
    rest_.erase(0, taken);
  }

  // Empty when the image is there: an error may also come with a good status.
  std::string failure(int status) {
    take_line(std::exchange(rest_, {}));
    if (!error_.empty() || status == 200) return error_;
    const Json refusal = parse_json(beginning_).value_or(Json());
    return text_at(refusal, "message", fmt::format("status {}", status));
  }

 private:
  void take_line(std::string_view line) {
    const auto json = parse_json(trim(line));
    if (!json) return;
    const docker::PullProgress progress = docker::parse_pull_line(*json);
    if (!progress.error.empty())
      error_ = progress.error;
    else if (told_ && !progress.status.empty())
      told_(progress);
  }

  const std::function<void(const docker::PullProgress&)>& told_;
  std::string beginning_;
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
      return Error(Kind::failed,
                   fmt::format("the registry {} does not let us pull {}: {}", registry, name, said),
                   fmt::format("log in as the user who runs ballast: docker login {}", registry));
    case docker::PullFailure::unreachable:
      return Error(Kind::failed, fmt::format("the registry {} does not answer: {}", registry, said),
                   "try again when it is back; what runs is not touched");
    case docker::PullFailure::disk_full:
      return Error(Kind::failed, fmt::format("no space left for {}: {}", name, said),
                   "see: docker system df");
    default: return Error(Kind::failed, fmt::format("pulling {} failed: {}", name, said));
  }
}

bool is_out_of_reach(const HttpResponse& response) {
  return response.failure == HttpFailure::no_socket || response.failure == HttpFailure::refused ||
         response.failure == HttpFailure::permission;
}

HttpRequest pull_request(Host& host, const std::string& repository, const std::string& tag) {
  HttpRequest request{
      .method = "POST",
      .url = fmt::format("http://docker/images/create?fromImage={}&tag={}",
                         docker::url_escaped(repository), docker::url_escaped(tag))};
  const std::string login = registry_login(host, parse_reference(repository).registry());
  if (!login.empty()) request.headers.emplace_back("X-Registry-Auth", login);
  request.deadline = longest_pull;
  return request;
}

}  // namespace

void Engine::pull(const std::string& repository, const std::string& tag,
                  const std::function<void(const docker::PullProgress&)>& progress) {
  const std::string name = repository + (tag.starts_with("sha256:") ? "@" : ":") + tag;
  PullStream stream(progress);
  HttpRequest request = pull_request(host_, repository, tag);
  request.unix_socket = socket_;
  request.on_data = [&](std::string_view piece) {
    stream.take(piece);
    return !host_.interrupts.cuts_short();
  };
  const HttpResponse response = host_.http.send(request);
  if (host_.interrupts.cuts_short())
    throw Error(Kind::interrupted, "interrupted while pulling " + name);
  if (is_out_of_reach(response)) throw no_answer(response, socket_);
  if (!response.answered())
    throw Error(Kind::failed, fmt::format("pulling {} failed: {}", name, response.failure_text));
  const std::string failure = stream.failure(response.status);
  if (!failure.empty()) throw pull_error(failure, name);
}

}  // namespace ballast
