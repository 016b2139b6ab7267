#include "tools/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration version_deadline = std::chrono::seconds(20);
// Generation one gives up after 60 s without an answer, in the middle of a switch; a busy engine
// takes longer.
constexpr const char* patience = "300";
constexpr std::uint64_t largest_script = 64U << 10;
constexpr std::array<std::string_view, 4> plugin_folders{
    "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"};

// Generation one is a Python script, and starting it only to learn its version would cost half a
// second. A script of another kind may be a wrapper around generation two.
bool is_python_script(Host& host, const std::string& path) {
  try {
    const auto text = host.disk.read(path, largest_script);
    const std::string_view first = text ? std::string_view(*text) : std::string_view();
    const std::string_view line = first.substr(0, first.find('\n'));
    return line.starts_with("#!") && line.find("python") != std::string_view::npos;
  } catch (const Error&) {
    return false;  // a symlink, or too large for a script: it is asked
  }
}

// Empty when it does not say one.
std::string asked_version(Host& host, const std::string& path) {
  const Outcome outcome = host.processes.run({.argv = {path, "version", "--short"},
                                              .environment = {},
                                              .directory = {},
                                              .input = {},
                                              .deadline = version_deadline,
                                              .inherited = {},
                                              .on_line = {}});
  std::string version(trim(outcome.output));
  if (version.starts_with('v')) version.erase(0, 1);
  const bool is_version =
      outcome.ok() && !version.empty() && version.front() >= '0' && version.front() <= '9';
  return is_version ? version : std::string();
}

std::vector<std::string> plugin_paths(Host& host) {
  std::vector<std::string> folders;
  if (const auto named = host.machine.variable("DOCKER_CONFIG"); named && !named->empty())
    folders.push_back(*named + "/cli-plugins");
  if (const auto home = host.machine.variable("HOME"); home && !home->empty())
    folders.push_back(*home + "/.docker/cli-plugins");
  folders.insert(folders.end(), plugin_folders.begin(), plugin_folders.end());
  for (std::string& folder : folders) folder += "/docker-compose";
  return folders;
}

// nullopt: search; empty: told not to use it.
std::optional<std::string> named(Host& host, const char* variable) {
  return host.machine.variable(variable);
}

std::optional<ComposeTool> standalone(Host& host) {
  const auto path = host.processes.find("docker-compose");
  if (!path) return std::nullopt;
  if (is_python_script(host, *path))
    return ComposeTool{.generation = Generation::one, .program = {*path}, .version = {}};
  const std::string version = asked_version(host, *path);
  if (version.empty()) return std::nullopt;
  return ComposeTool{.generation = version.starts_with("1.") ? Generation::one : Generation::two,
                     .program = {*path},
                     .version = version};
}

std::optional<ComposeTool> plugin(Host& host) {
  for (const std::string& path : plugin_paths(host))
    if (host.processes.find(path))
      return ComposeTool{.generation = Generation::two, .program = {path}, .version = {}};
  return std::nullopt;
}

void add_named(std::vector<ComposeTool>& found, const std::optional<std::string>& path,
               Generation generation) {
  if (path && !path->empty())
    found.push_back({.generation = generation, .program = {*path}, .version = {}});
}

const char* package_of(Generation generation) {
  return generation == Generation::one
             ? "install it: apt-get install docker-compose"
             : "install it: Docker's package docker-compose-plugin, or Debian 13's "
               "docker-compose";
}

std::string in_whole_seconds(Duration duration) {
  return std::to_string((duration.count() + 999) / 1000);
}

void add_pairs(std::vector<std::string>& words, const char* option,
               const std::map<std::string, std::string>& pairs) {
  for (const auto& [key, value] : pairs) {
    words.emplace_back(option);
    words.push_back(fmt::format("{}={}", key, value));
  }
}

}  // namespace

std::vector<ComposeTool> find_compose(Host& host) {
  const auto one = named(host, "BALLAST_COMPOSE_V1");
  const auto two = named(host, "BALLAST_COMPOSE_V2");
  std::vector<ComposeTool> found;
  add_named(found, one, Generation::one);
  add_named(found, two, Generation::two);
  if (!two)
    if (const auto tool = plugin(host)) found.push_back(*tool);
  if (one && two) return found;
  const auto tool = standalone(host);
  if (tool && !(tool->generation == Generation::one ? one : two)) found.push_back(*tool);
  return found;
}

ComposeTool choose_compose(const std::vector<ComposeTool>& found,
                           const std::string& version_label) {
  if (found.empty())
    throw Error(Kind::refused, "Docker Compose is not installed", package_of(Generation::two));
  const auto of = [&](Generation generation) {
    return std::find_if(found.begin(), found.end(),
                        [&](const ComposeTool& tool) { return tool.generation == generation; });
  };
  if (version_label.empty()) {
    const auto newer = of(Generation::two);
    return newer == found.end() ? found.front() : *newer;
  }
  const Generation needed = version_label.starts_with("1.") ? Generation::one : Generation::two;
  const auto tool = of(needed);
  if (tool == found.end())
    throw Error(Kind::refused,
                fmt::format("the running containers were made by Docker Compose {}, and that "
                            "generation is not installed",
                            version_label),
                package_of(needed));
  return *tool;
}

std::vector<std::string> compose_argv(const ComposeTool& tool, const ComposeProject& project,
                                      const std::vector<std::string>& words) {
  std::vector<std::string> argv = tool.program;
  for (const std::string& word :
       {std::string("--ansi"), std::string("never"), std::string("--project-name"), project.name,
        std::string("--project-directory"), project.directory})
    argv.push_back(word);
  for (const std::string& file : project.files) {
    argv.emplace_back("--file");
    argv.push_back(file);
  }
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

std::vector<std::string> up_words(const ComposeTool& tool, const UpOptions& options) {
  std::vector<std::string> words{"up", options.start ? "-d" : "--no-start", "--no-build"};
  if (!options.dependencies) words.emplace_back("--no-deps");
  // Whatever `pull_policy` says: the image that was verified runs, not what its tag means by now.
  if (!options.dependencies && tool.generation == Generation::two)
    words.insert(words.end(), {"--pull", "never"});
  if (options.recreate) words.insert(words.end(), {"--force-recreate", "--renew-anon-volumes"});
  if (options.stop_timeout.count() > 0)
    words.insert(words.end(), {"--timeout", in_whole_seconds(options.stop_timeout)});
  words.insert(words.end(), options.services.begin(), options.services.end());
  return words;
}

std::vector<std::string> candidate_words(const ComposeTool&, const CandidateOptions& options) {
  std::vector<std::string> words{"run", "-d", "-T", "--no-deps", "--name", options.name};
  add_pairs(words, "-l", options.labels);
  add_pairs(words, "-e", options.environment);
  if (!options.entrypoint.empty()) words.insert(words.end(), {"--entrypoint", options.entrypoint});
  words.push_back(options.service);
  words.insert(words.end(), options.command.begin(), options.command.end());
  return words;
}

std::vector<std::string> config_words(bool quietly) {
  std::vector<std::string> words{"config"};
  if (quietly) words.emplace_back("--quiet");
  return words;
}

// Generation one: `The X variable is not set. Defaulting to a blank string.`; two writes \"X\".
std::vector<std::string> unset_variables(std::string_view errors) {
  constexpr std::string_view article = "The ";
  constexpr std::string_view words = " variable is not set";
  std::vector<std::string> names;
  for (const std::string& line : split_lines(errors)) {
    const auto end = line.find(words);
    const auto begin = end == std::string::npos ? end : line.rfind(article, end);
    if (begin == std::string::npos) continue;
    std::string name = line.substr(begin + article.size(), end - begin - article.size());
    std::erase_if(name, [](char letter) { return letter == '"' || letter == '\\'; });
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

std::vector<std::string> remove_words(const ComposeTool&, const std::string& service) {
  return {"rm", "--stop", "--force", "-v", service};
}

std::map<std::string, std::string> compose_environment(
    Host& host, const ComposeProject& project, const std::map<std::string, std::string>& extra) {
  std::map<std::string, std::string> environment{{"COMPOSE_PROJECT_NAME", project.name},
                                                 {"COMPOSE_HTTP_TIMEOUT", patience},
                                                 {"LC_ALL", "C.UTF-8"}};
  for (const char* name : {"HOME", "DOCKER_HOST", "DOCKER_CONFIG"})
    if (const auto value = host.machine.variable(name); value && !value->empty())
      environment[name] = *value;
  if (const auto socket = host.machine.variable("BALLAST_DOCKER_SOCKET");
      socket && !socket->empty())
    environment["DOCKER_HOST"] = "unix://" + *socket;
  environment.insert(extra.begin(), extra.end());
  return environment;
}

}  // namespace ballast
