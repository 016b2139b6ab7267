#include "live/candidate.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

std::string candidate_label(const std::string& operation) {
  return fmt::format("{}={}", docker::label_candidate, operation);
}

bool has_label_of(const ComposeService& service, std::string_view router) {
  return std::any_of(service.labels.begin(), service.labels.end(),
                     [&](const std::string& label) { return label.starts_with(router); });
}

std::map<std::string, std::string> labels_for(const ComposeService& service,
                                              const std::string& operation) {
  std::map<std::string, std::string> labels{{std::string(docker::label_candidate), operation},
                                            {"traefik.enable", "false"}};
  if (has_label_of(service, "caddy"))
    for (const std::string& label : service.labels)
      if (label.starts_with("caddy")) labels[label] = "";
  return labels;
}

// nginx-proxy and its like are told by the environment.
std::map<std::string, std::string> environment_for(const ComposeService& service) {
  std::map<std::string, std::string> environment;
  for (const char* name : {"VIRTUAL_HOST", "LETSENCRYPT_HOST"})
    if (service.environment.contains(name)) environment[name] = "";
  return environment;
}

}  // namespace

std::vector<std::string> service_words(const Stack& stack, const ComposeService& service) {
  std::vector<std::string> words;
  for (const std::string& word : service.command)
    words.push_back(expand_variables(word, stack.env.values()));
  return words;
}

std::vector<std::string> candidate_command(const Stack& stack, const ComposeService& service,
                                           const docker::Image& image) {
  if (stack.policy.candidate.arguments.empty()) return {};
  std::vector<std::string> command = service_words(stack, service);
  if (command.empty()) command = image.command;
  command.insert(command.end(), stack.policy.candidate.arguments.begin(),
                 stack.policy.candidate.arguments.end());
  return command;
}

docker::Container start_one_off(Server& server, const Stack& stack, Composer& composer,
                                const ComposeService& service, const docker::Image& image,
                                const std::string& tag, const std::string& operation,
                                const OneOff& one_off, Progress& progress) {
  const CandidateOptions options{
      .service = service.name,
      .name = fmt::format("{}-{}-{}", stack.project, one_off.name, lower(operation)),
      .labels = labels_for(service, operation),
      .environment = environment_for(service),
      .entrypoint = one_off.entrypoint,
      .command = one_off.command};
  composer.start_candidate(options, one_off.what, {{stack.policy.tag_variable, tag}}, progress);
  const auto found = server.engine.containers_with_label(candidate_label(operation));
  if (found.empty())
    throw Error(Kind::failed, fmt::format("{} is gone right after its start", one_off.what));
  // Compose may pull by itself (`pull_policy: always`), and a tag may move meanwhile.
  if (found.back().image_id != image.id)
    throw Error(Kind::failed,
                fmt::format("{} runs another image ({}) than the one that was checked "
                            "({}): {} moved meanwhile",
                            one_off.what, found.back().image_id, image.id, tag),
                "deploy again; take `pull_policy` out of the compose file: ballast pulls itself");
  return found.back();
}

docker::Container start_candidate(Server& server, const Stack& stack, Composer& composer,
                                  const ComposeService& service, const docker::Image& image,
                                  const std::string& tag, const std::string& operation,
                                  Progress& progress) {
  return start_one_off(server, stack, composer, service, image, tag, operation,
                       {.what = "the candidate",
                        .name = "candidate",
                        .command = candidate_command(stack, service, image)},
                       progress);
}

void remove_candidates(Server& server, const std::string& operation) {
  for (const docker::Container& container :
       server.engine.containers_with_label(candidate_label(operation)))
    server.engine.remove_container(container.id);
}

void show_log(Server& server, const Stack& stack, const std::string& container, int lines,
              Progress& progress) {
  for (const std::string& line : split_lines(server.engine.logs(container, lines)))
    progress.detail("log: " + printable(stack.secrets.mask(line)));
}

}  // namespace ballast
