#include "daemon/metrics_server.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/text.h"

namespace ballast {

namespace {

constexpr const char* welcome = "Ballast. Metrics for Prometheus are at /metrics\n";
constexpr const char* plain_text = "text/plain; charset=utf-8";
constexpr const char* metrics_format = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::size_t longest_request = 16u << 10;

struct Answer {
  std::string status = "200 OK";
  std::string type = plain_text;
  std::string more = {};  // header lines, each with its end
  std::string body = {};
};

struct Question {
  std::string method;
  std::string path;
};

// nullopt: it is not HTTP/1.
std::optional<Question> question_of(std::string_view request) {
  const auto words = split(request.substr(0, request.find("\r\n")), ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1.")) return std::nullopt;
  return Question{.method = words[0], .path = words[1].substr(0, words[1].find('?'))};
}

Answer answer_to(const Question& question, const MetricsPage& page) {
  if (question.path != "/" && question.path != "/metrics")
    return {.status = "404 Not Found", .body = "Metrics are at /metrics\n"};
  if (question.method != "GET" && question.method != "HEAD")
    return {.status = "405 Method Not Allowed",
            .more = "Allow: GET, HEAD\r\n",
            .body = "It can only be read: GET or HEAD\n"};
  if (question.path == "/") return {.body = welcome};
  return {.type = metrics_format, .body = page()};
}

std::string written(const Answer& answer, bool with_body) {
  return fmt::format(
      "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n{}",
      answer.status, answer.type, answer.body.size(), answer.more, with_body ? answer.body : "");
}

}  // namespace

std::string metrics_answer(std::string_view request, const MetricsPage& page) {
  const auto question = question_of(request);
  if (!question)
    return written({.status = "400 Bad Request", .body = "That is no request of HTTP/1\n"}, true);
  return written(answer_to(*question, page), question->method != "HEAD");
}

MetricsServer::MetricsServer(const std::string& address, MetricsPage page)
    : server_({.address = address, .end_mark = "\r\n\r\n", .longest = longest_request},
              [page = std::move(page)](const std::string& request, const Caller&) {
                return metrics_answer(request, page);
              }) {}

}  // namespace ballast
