#include "cli/invocation.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/progress_display.h"

namespace ballast {

namespace {

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string chosen_root(Host& host, const Arguments& arguments) {
  if (const auto given = arguments.value("--root")) return *given;
  const auto named = host.machine.variable("BALLAST_ROOT");
  return named && !named->empty() ? *named : "/";
}

bool draws_live(Host& host, const Output& output) {
  return !output.style().json && host.terminal.error_is_terminal() &&
         host.machine.variable("TERM").value_or("") != "dumb";
}

}  // namespace

Invocation::Invocation(Host& host_, Output& output_, const Arguments& arguments_,
                       const MakeFeatures& make)
    : host(host_), output(output_), arguments(arguments_), make_(make) {}

std::string Invocation::root() {
  if (!fixed_root_.empty()) return fixed_root_;
  auto path = without_trailing_slashes(chosen_root(host, arguments));
  if (!path.starts_with('/'))
    throw Error(Kind::usage, fmt::format("the root `{}` is not absolute", printable(path)),
                "--root and BALLAST_ROOT take a path that begins with /");
  const auto info = host.disk.info(path);
  if (!info || info->type != FileType::directory)
    throw Error(
        Kind::usage,
        fmt::format("the root {} {}", printable(path), info ? "is not a folder" : "does not exist"),
        "--root and BALLAST_ROOT take a folder that exists, and no symlink");
  return path;
}

Features& Invocation::features() {
  if (!features_) features_ = make_(host, root());
  return *features_;
}

std::unique_ptr<Progress> Invocation::progress() {
  return std::make_unique<ProgressDisplay>(host.terminal, host.clock,
                                           ProgressStyle{.live = draws_live(host, output),
                                                         .quiet = output.style().quiet,
                                                         .colour = output.colours_errors(),
                                                         .ticks = true});
}

}  // namespace ballast
