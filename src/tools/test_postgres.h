// For tests: a PostgreSQL server that answers as it is told, and a clock that never waits.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/clock.h"
#include "tools/postgres.h"

namespace ballast {

class PatientClock : public Clock {
 public:
  Time now() override { return {}; }
  Monotonic monotonic() override { return ticks; }
  void sleep(Duration duration) override { ticks += duration; }

  Monotonic ticks{};
};

// A server that answers as a test lays it down; keeps what it was told, in order.
class ScriptedServer : public PostgresClients {
 public:
  using Answer = std::function<Result(const std::string& sql)>;

  ScriptedServer(std::vector<std::string>& told, Answer answer)
      : told_(told), answer_(std::move(answer)) {}

  Result run(const Call& call) override {
    Result result{.status = 0, .output = {}, .errors = {}};
    for (std::size_t word = 0; word + 1 < call.argv.size() && result.status == 0; ++word)
      if (call.argv[word] == "-c") add(answer_to(call.argv[word + 1]), result);
    return result;
  }
  Result stream(const Call& call, const Sink&) override { return run(call); }
  Result feed(const Call&, const std::string& input) override {
    told_.push_back("fed: " + input);
    return {.status = 0, .output = {}, .errors = {}};
  }
  std::vector<std::string> network_environment() override { return {}; }
  bool come_with_server() const override { return true; }
  std::string hint() const override { return "look at its log"; }

 private:
  Result answer_to(const std::string& command) {
    constexpr std::string_view echo = "\\echo ";
    if (command.starts_with(echo))
      return {.status = 0, .output = command.substr(echo.size()) + "\n", .errors = {}};
    told_.push_back(command);
    return answer_(command);
  }
  static void add(const Result& answer, Result& result) {
    result.status = answer.status;
    result.output += answer.output;
    result.errors += answer.errors;
  }

  std::vector<std::string>& told_;
  Answer answer_;
};

}  // namespace ballast
