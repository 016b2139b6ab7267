#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/shared_options.h"
#include "skeleton/skeleton.h"

namespace ballast {

namespace {

constexpr auto positionals = std::to_array<Positional>({stack_positional});
constexpr auto options = std::to_array<Option>({
    {.name = "--template",
     .value = "NAME",
     .description = "write a whole repository instead: odoo18"},
    {.name = "--into",
     .value = "DIR",
     .description = "the repository's folder (default: the one you are in)",
     .completes = Completes::directories},
    {.name = "--owner",
     .value = "OWNER",
     .description = "whose images these are on ghcr.io (default: acme)"},
    {.name = "--host",
     .value = "HOST",
     .description = "the server, HOST:PORT for another SSH port (default: erp.example.com)"},
    {.name = "--dry-run", .value = "", .description = "say what would be written, write nothing"},
});

int write_policy(Invocation& invocation, bool write) {
  const auto report = invocation.features().init(stack_of(invocation.arguments), write);
  if (!write) {
    invocation.output.note(fmt::format("{} would be:", report.path));
    invocation.output.text(report.text);
    return 0;
  }
  invocation.output.remark(fmt::format("wrote {}", report.path));
  invocation.output.remark("its values are those that held without it: change what should differ");
  return 0;
}

std::string repository_folder(Invocation& invocation) {
  const std::string here = invocation.host.machine.working_directory();
  const std::string given = invocation.arguments.value("--into").value_or(here);
  return given.starts_with('/') ? given : here + "/" + given;
}

int write_repository(Invocation& invocation, const std::string& name, bool write) {
  const Arguments& arguments = invocation.arguments;
  const std::string stack = stack_of(arguments);
  auto files = fill_skeleton({.name = name,
                              .stack = stack,
                              .owner = lower(arguments.value("--owner").value_or("acme")),
                              .host = arguments.value("--host").value_or("erp.example.com")});
  const std::string folder = repository_folder(invocation);
  Disk& disk = invocation.host.disk;
  compare_skeleton(disk, folder, files);
  if (write) write_skeleton(disk, folder, files);
  for (const SkeletonFile& file : files)
    invocation.output.line(
        fmt::format("{} {}", file.present ? "unchanged  " : (write ? "wrote      " : "would write"),
                    file.path));
  invocation.output.remark(
      fmt::format("what is to be set up once: {}/infra/stacks/{}/README.md", folder, stack));
  return 0;
}

void refuse_words_of_templates(const Arguments& arguments) {
  for (const char* word : {"--into", "--owner", "--host"})
    if (arguments.has(word))
      throw Error(
          Kind::usage, fmt::format("{} goes with --template only", word),
          "usage: ballast init <stack> --template odoo18 --owner acme --host erp.example.com");
}

}  // namespace

constinit const Signature init_signature{"init", positionals, options};

int run_init(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const bool write = !arguments.has("--dry-run");
  if (const auto name = arguments.value("--template"))
    return write_repository(invocation, *name, write);
  refuse_words_of_templates(arguments);
  return write_policy(invocation, write);
}

}  // namespace ballast
