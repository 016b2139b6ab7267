// Draws what an operation does, on stderr: one line a step. On a terminal the running one moves;
// elsewhere plain lines appear as steps end. One that had nothing to do, and nothing to tell, has
// no line.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/clock.h"
#include "host/terminal.h"
#include "operation/progress.h"

namespace ballast {

struct ProgressStyle {
  bool live = false;
  bool quiet = false;
  bool colour = false;
  bool ticks = false;  // a thread keeps the running line moving while a step is silent
};

class ProgressDisplay : public Progress {
 public:
  ProgressDisplay(Terminal& terminal, Clock& clock, ProgressStyle style);
  ~ProgressDisplay() override;

  void plan(const Plan& plan, const std::string& operation) override;
  void step_begins(const Step& step) override;
  void note(std::string_view text) override;
  void bytes(std::string_view what, std::uint64_t done, std::uint64_t total) override;
  void detail(std::string_view text) override;
  void step_ends(const Step& step, StepEnd end, std::string_view summary,
                 Duration elapsed) override;
  void undo_begins(const Step& step) override;

 private:
  struct Transfer {
    std::string what;
    std::uint64_t first = 0;
    Monotonic since{};
  };
  struct Running {
    std::string title;  // empty between steps
    Monotonic since{};
    std::string note;
    std::optional<Transfer> transfer;
    std::vector<std::string> details;  // shown below the step's line, once that stands
  };

  void begin(std::string title);
  void run(std::string title);
  void draw();  // at most ten times a second
  void draw_now(Monotonic now);
  void erase();
  void write(std::string_view text);
  void write_details();
  std::string running_line(Monotonic now) const;
  std::string rate(std::uint64_t done, std::uint64_t total, Monotonic now) const;
  void tick(const std::stop_token& stop);

  Terminal& terminal_;
  Clock& clock_;
  ProgressStyle style_;
  std::mutex mutex_;
  std::optional<Running> running_;
  std::optional<Monotonic> drawn_;
  std::size_t frame_ = 0;
  std::condition_variable_any pause_;
  std::jthread ticker_;  // last, so that it ends before what it reads
};

}  // namespace ballast
