// Command lines for both generations of Compose.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"

namespace ballast {

enum class Generation { one, two };

struct ComposeTool {
  Generation generation = Generation::two;
  std::vector<std::string> program;  // {"docker","compose"}, {"docker-compose"} or a plugin's path
  std::string version;
};

// Every generation found on this machine. BALLAST_COMPOSE_V1 / BALLAST_COMPOSE_V2 (paths) override
// the search; else `docker-compose` on PATH (asked for its version, as it may be of generation
// two), and the plugin folders of the docker CLI.
std::vector<ComposeTool> find_compose(Host& host);

// The generation that made the running containers (their version label: "1.29.2", "2.26.1"), else
// the newer one present. Error(refused) when the one needed is not installed: says what to install.
ComposeTool choose_compose(const std::vector<ComposeTool>& found, const std::string& version_label);

struct ComposeProject {
  std::string name;
  std::string directory;           // holds .env
  std::vector<std::string> files;  // compose file, and its override file when there is one
};

// Everything before the verb.
std::vector<std::string> compose_argv(const ComposeTool& tool, const ComposeProject& project,
                                      const std::vector<std::string>& words);

struct UpOptions {
  std::vector<std::string> services;  // empty: all
  bool dependencies = false;
  bool recreate = true;
  bool start = true;        // false: containers, volumes and networks are made, nothing runs
  Duration stop_timeout{};  // zero: the compose file's
};
std::vector<std::string> up_words(const ComposeTool& tool, const UpOptions& options);

struct CandidateOptions {
  std::string service;
  std::string name;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> environment;  // given over the service's own
  std::string entrypoint = {};                     // empty: the service's
  std::vector<std::string> command;                // empty: the service's
};
// `run -d`, no ports, no alias, no dependencies.
std::vector<std::string> candidate_words(const ComposeTool& tool, const CandidateOptions& options);
// Whether the files are good; or, not quietly, what they come to: every file merged and resolved.
std::vector<std::string> config_words(bool quietly);
// The variables that Compose found without a value, from what it says beside the configuration.
std::vector<std::string> unset_variables(std::string_view errors);
std::vector<std::string> remove_words(const ComposeTool& tool, const std::string& service);

// A clean environment: PATH, HOME, DOCKER_HOST/DOCKER_CONFIG where set, COMPOSE_PROJECT_NAME, and
// `extra` (for the tag of a candidate). Variables of the operator's shell never reach the stack.
std::map<std::string, std::string> compose_environment(
    Host& host, const ComposeProject& project, const std::map<std::string, std::string>& extra);

}  // namespace ballast
