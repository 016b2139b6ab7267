#include "cli/progress_display.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cli/output.h"
#include "cli/table.h"

namespace ballast {

namespace {

constexpr auto between_draws = std::chrono::milliseconds(100);
constexpr auto worth_a_time = std::chrono::seconds(2);
constexpr auto worth_a_rate = std::chrono::seconds(1);

constexpr auto frames =
    std::to_array<std::string_view>({"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"});

struct Mark {
  std::string_view sign;
  std::string_view word;
  Colour colour;
};

Mark mark_of(StepEnd end) {
  switch (end) {
    case StepEnd::done: return {"✓", "ok", Colour::green};
    case StepEnd::failed: return {"✗", "failed", Colour::red};
    case StepEnd::undone: return {"↺", "undone", Colour::yellow};
    case StepEnd::undo_failed: return {"✗", "undo failed", Colour::red};
    case StepEnd::skipped: return {"-", "skipped", Colour::dim};
  }
  return {"-", "skipped", Colour::dim};
}

bool is_undo(StepEnd end) { return end == StepEnd::undone || end == StepEnd::undo_failed; }

std::string undo_title(const Step& step) {
  return printable(step.undo.empty() ? "undo: " + step.title : step.undo);
}

Duration since(Monotonic start, Monotonic now) {
  return std::chrono::duration_cast<Duration>(now - start);
}

std::string plain_end(const Mark& mark, std::string_view title, std::string_view summary,
                      Duration elapsed) {
  const std::string time = human_duration(elapsed);
  if (summary.empty()) return fmt::format("[{}] {} ({})\n", mark.word, title, time);
  return fmt::format("[{}] {}: {} ({})\n", mark.word, title, summary, time);
}

std::string live_end(const Mark& mark, std::string_view title, std::string_view summary,
                     Duration elapsed, bool colour) {
  const auto paint = [&](Colour wanted, std::string_view text) {
    return colour ? painted(wanted, text) : std::string(text);
  };
  std::string line = fmt::format("{} {}", paint(mark.colour, mark.sign), title);
  if (!summary.empty()) line += fmt::format("  {}", summary);
  return fmt::format("{}  {}\n", line, paint(Colour::dim, human_duration(elapsed)));
}

}  // namespace

ProgressDisplay::ProgressDisplay(Terminal& terminal, Clock& clock, ProgressStyle style)
    : terminal_(terminal), clock_(clock), style_(style) {
  if (style_.live && style_.ticks && !style_.quiet)
    ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

ProgressDisplay::~ProgressDisplay() {
  const std::lock_guard guard(mutex_);
  erase();
  write_details();
  running_.reset();
  ticker_.request_stop();
}

void ProgressDisplay::plan(const Plan& plan, const std::string& operation) {
  const std::lock_guard guard(mutex_);
  erase();
  running_.reset();
  const auto header =
      fmt::format("{} {}, {} (operation {})", printable(plan.kind), printable(plan.stack),
                  counted(static_cast<long long>(plan.steps.size()), "step"), printable(operation));
  write((style_.colour ? painted(Colour::bold, header) : header) + "\n");
}

void ProgressDisplay::step_begins(const Step& step) { begin(printable(step.title)); }

void ProgressDisplay::undo_begins(const Step& step) { begin(undo_title(step)); }

void ProgressDisplay::begin(std::string title) {
  const std::lock_guard guard(mutex_);
  run(std::move(title));
  draw();
}

void ProgressDisplay::run(std::string title) {
  erase();
  running_ = Running{};
  running_->title = std::move(title);
  running_->since = clock_.monotonic();
}

void ProgressDisplay::note(std::string_view text) {
  const std::lock_guard guard(mutex_);
  const auto shown = printable(text);
  if (!running_) {
    run("");
    // Outside of a step nothing else would tell a log why it is silent, e.g. while a lock is
    // awaited.
    if (!style_.live) write(shown + "\n");
  }
  running_->note = shown;
  draw();
}

void ProgressDisplay::bytes(std::string_view what, std::uint64_t done, std::uint64_t total) {
  const std::lock_guard guard(mutex_);
  if (!running_) run("");
  const auto now = clock_.monotonic();
  auto& transfer = running_->transfer;
  if (!transfer || transfer->what != what || done < transfer->first)
    transfer = Transfer{.what = std::string(what), .first = done, .since = now};
  running_->note = fmt::format("{} {}", printable(what), human_bytes(done));
  if (total > 0) running_->note += fmt::format(" of {}", human_bytes(total));
  running_->note += rate(done, total, now);
  draw();
}

std::string ProgressDisplay::rate(std::uint64_t done, std::uint64_t total, Monotonic now) const {
  const auto elapsed = since(running_->transfer->since, now);
  if (elapsed < worth_a_rate) return {};
  const auto moved = static_cast<double>(done - running_->transfer->first);
  const auto a_second = moved * 1000.0 / static_cast<double>(elapsed.count());
  auto text = fmt::format(", {}/s", human_bytes(static_cast<unsigned long long>(a_second)));
  if (total > done && a_second >= 1) {
    const std::chrono::duration<double> left(static_cast<double>(total - done) / a_second);
    text += fmt::format(", {} left", human_duration(std::chrono::ceil<std::chrono::seconds>(left)));
  }
  return text;
}

void ProgressDisplay::detail(std::string_view text) {
  const std::lock_guard guard(mutex_);
  if (running_ && !running_->title.empty()) {
    running_->details.push_back(printable(text));
    return;
  }
  erase();
  write(fmt::format("    {}\n", printable(text)));
}

void ProgressDisplay::step_ends(const Step& step, StepEnd end, std::string_view summary,
                                Duration elapsed) {
  const std::lock_guard guard(mutex_);
  erase();
  if (end == StepEnd::skipped && running_ && running_->details.empty()) {
    running_.reset();
    return;
  }
  const auto title = is_undo(end) ? undo_title(step) : printable(step.title);
  const auto shown = printable(summary);
  const auto mark = mark_of(end);
  write(style_.live ? live_end(mark, title, shown, elapsed, style_.colour)
                    : plain_end(mark, title, shown, elapsed));
  write_details();
  running_.reset();
}

void ProgressDisplay::write_details() {
  if (!running_) return;
  for (const std::string& detail : running_->details) write(fmt::format("    {}\n", detail));
}

std::string ProgressDisplay::running_line(Monotonic now) const {
  std::string line = running_->title;
  if (!running_->note.empty()) line += (line.empty() ? "" : "  ") + running_->note;
  const auto elapsed = since(running_->since, now);
  if (elapsed >= worth_a_time)
    line += "  " + human_duration(std::chrono::floor<std::chrono::seconds>(elapsed));
  return line;
}

void ProgressDisplay::draw() {
  if (!style_.live || style_.quiet || !running_) return;
  const auto now = clock_.monotonic();
  if (!drawn_ || now - *drawn_ >= between_draws) draw_now(now);
}

void ProgressDisplay::draw_now(Monotonic now) {
  constexpr int spinner_and_margin = 3;
  const auto room =
      static_cast<std::size_t>(std::max(10, terminal_.columns()) - spinner_and_margin);
  const auto spinner = frames.at(frame_++ % frames.size());
  write(fmt::format("\r\x1b[K{} {}", style_.colour ? painted(Colour::cyan, spinner) : spinner,
                    cut_to_width(running_line(now), room)));
  drawn_ = now;
}

void ProgressDisplay::erase() {
  if (drawn_) write("\r\x1b[K");
  drawn_.reset();
}

void ProgressDisplay::write(std::string_view text) {
  if (!style_.quiet) terminal_.error(text);
}

void ProgressDisplay::tick(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    pause_.wait_for(lock, stop, between_draws, [] { return false; });
    draw();
  }
}

}  // namespace ballast
