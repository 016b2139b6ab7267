#include "cli/output.h"

#include <fmt/format.h>

namespace ballast {

namespace {

std::string_view escape_of(Colour colour) {
  switch (colour) {
    case Colour::plain: return "";
    case Colour::red: return "\x1b[31m";
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::cyan: return "\x1b[36m";
    case Colour::dim: return "\x1b[2m";
    case Colour::bold: return "\x1b[1m";
  }
  return "";
}

std::string coloured_error(const Error& error) {
  constexpr std::string_view word = "error:";
  std::string text = error.text();
  if (!text.starts_with(word)) return text;
  return painted(Colour::red, word) + text.substr(word.size());
}

}  // namespace

std::string painted(Colour colour, std::string_view text) {
  if (colour == Colour::plain || text.empty()) return std::string(text);
  return fmt::format("{}{}\x1b[0m", escape_of(colour), text);
}

Output::Output(Terminal& terminal, OutputStyle style) : terminal_(terminal), style_(style) {}

bool Output::to_terminal() { return terminal_.out_is_terminal(); }

int Output::columns() { return to_terminal() ? terminal_.columns() : 0; }

bool Output::colours() { return style_.colour && terminal_.out_is_terminal(); }

bool Output::colours_errors() { return style_.colour && terminal_.error_is_terminal(); }

std::string Output::paint(Colour colour, std::string_view text) {
  return colours() ? painted(colour, text) : std::string(text);
}

void Output::text(std::string_view text) {
  if (written_ == Terminal::Written::all) written_ = terminal_.out(text);
}

void Output::line(std::string_view line) { text(fmt::format("{}\n", line)); }

void Output::json(const Json& json) { line(json_text(json)); }

void Output::remark(std::string_view text) {
  if (!style_.quiet) line(text);
}

void Output::note(std::string_view text) {
  if (!style_.quiet) terminal_.error(fmt::format("{}\n", text));
}

int Output::error(const Error& error) {
  terminal_.error(colours_errors() ? coloured_error(error) : error.text());
  if (style_.json) json(error_json(error));
  return exit_status(error.kind());
}

int Output::finished(int status) {
  if (status != 0 || written_ != Terminal::Written::lost) return status;
  return error(Error(Kind::failed, "the answer could not be written to standard output",
                     "what was asked was done, only its words are lost: is the disk full?"));
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json error_json(const Error& error) {
  return {{"schema", "ballast.error/1"},
          {"error",
           {{"kind", kind_name(error.kind())},
            {"message", error.message()},
            {"hint", error.hint()},
            {"context", error.context()}}},
          {"exit", exit_status(error.kind())}};
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::failed: return "failed";
    case Kind::usage: return "usage";
    case Kind::refused: return "refused";
    case Kind::rolled_back: return "rolled-back";
    case Kind::rollback_failed: return "rollback-failed";
    case Kind::locked: return "locked";
    case Kind::incomplete: return "incomplete";
    case Kind::verification: return "verification";
    case Kind::degraded: return "degraded";
    case Kind::interrupted: return "interrupted";
  }
  return "failed";
}

}  // namespace ballast
