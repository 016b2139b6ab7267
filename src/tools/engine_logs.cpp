#include <fmt/format.h>

#include <exception>

#include "tools/engine.h"
#include "tools/engine_errors.h"
#include "tools/frames.h"

namespace ballast {

namespace {

constexpr std::size_t longest_line = 64 << 10;

// Whole lines of one stream, however its bytes arrive.
class Lines {
 public:
  explicit Lines(const std::function<void(std::string_view)>& told) : told_(told) {}

  void take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      add(bytes.substr(0, end));
      tell();
      bytes.remove_prefix(end + 1);
    }
    add(bytes);
  }
  void end() {
    if (!rest_.empty()) tell();
  }

 private:
  void add(std::string_view bytes) {
    if (rest_.size() < longest_line) rest_ += bytes.substr(0, longest_line - rest_.size());
  }
  void tell() {
    if (rest_.ends_with('\r')) rest_.pop_back();
    told_(rest_);
    rest_.clear();
  }
  const std::function<void(std::string_view)>& told_;
  std::string rest_;
};

}  // namespace

Engine::LogEnd Engine::follow_log(const std::string& id, Duration deadline,
                                  const std::function<void(std::string_view)>& line,
                                  const std::function<bool()>& goes_on) {
  Lines output(line);
  Lines errors(line);
  docker::FrameStream frames(
      [&](bool is_error, std::string_view bytes) { (is_error ? errors : output).take(bytes); });
  bool stopped = false;
  const auto asks = [&] { return !(stopped = stopped || !goes_on()); };
  std::exception_ptr thrown;
  HttpRequest request = request_of(
      "GET", fmt::format("/containers/{}/logs?follow=1&stdout=1&stderr=1", id), {}, deadline);
  // A refusal comes on the same way, and is no frame: it is read to its end.
  request.on_data = [&](std::string_view piece) {
    try {
      if (!thrown) frames.take(piece);
    } catch (...) {
      thrown = std::current_exception();  // must not pass through curl
    }
    return asks();
  };
  request.goes_on = asks;
  const HttpResponse followed = host_.http.send(request);
  if (followed.answered() && !is_good(followed))
    throw engine_refuses(followed, "to show the log of the container " + id.substr(0, 12));
  if (thrown) std::rethrow_exception(thrown);
  output.end();
  errors.end();
  if (stopped) return LogEnd::told_to_stop;
  if (followed.failure == HttpFailure::timed_out) return LogEnd::deadline;
  if (!followed.answered()) throw no_answer(followed, socket_);
  return LogEnd::container_ended;
}

}  // namespace ballast
