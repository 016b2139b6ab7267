#include "live/workbench.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

std::string mark_of(const std::string& operation) {
  return fmt::format("{}={}", docker::label_operation, operation);
}

}  // namespace

Workbench::Workbench(Server& server, const std::string& operation, docker::NewContainer wanted)
    : server_(server) {
  wanted.labels[std::string(docker::label_operation)] = operation;
  wanted.entrypoint = {"sleep"};
  wanted.command = {"infinity"};
  wanted.user = "0";
  id_ = server_.engine.make_container(wanted);
  try {
    server_.engine.start_container(id_);
  } catch (...) {
    server_.engine.remove_container(id_);
    throw;
  }
}

Workbench::~Workbench() {
  try {
    server_.engine.remove_container(id_);
  } catch (const std::exception&) {
    return;  // its label lets recovery find it
  }
}

std::string Workbench::must(const std::vector<std::string>& argv,
                            const std::vector<std::string>& environment, Duration deadline) {
  const auto result = server_.engine.exec(id_, argv, environment, deadline);
  if (result.status == 0) return result.output;
  const std::string said = printable(trim(result.errors.empty() ? result.output : result.errors));
  throw Error(Kind::failed,
              fmt::format("{} ended with exit status {}{}{}", argv.front(), result.status,
                          said.empty() ? "" : ": ", shortened(said, 600)));
}

void remove_workbenches(Server& server, const std::string& operation) {
  for (const docker::Container& container : server.engine.containers_with_label(mark_of(operation)))
    server.engine.remove_container(container.id);
}

}  // namespace ballast
