// A candidate: the release service from the new image beside the live one. Same networks,
// environment and volumes; no host ports, own name, one-off label, no service alias, routers told
// to look away, scheduled jobs off.
#pragma once

#include <string>

#include "live/composer.h"

namespace ballast {

// The service's own command, with the values of .env in it; empty: the image's.
std::vector<std::string> service_words(const Stack& stack, const ComposeService& service);

// The command that a candidate runs: the service's, or the image's, with the policy's arguments
// behind it; empty when nothing is to be added, and so the service's own holds.
std::vector<std::string> candidate_command(const Stack& stack, const ComposeService& service,
                                           const docker::Image& image);

// A container of the release service for one purpose: made as the candidate is, marked as one, with
// words of its own.
struct OneOff {
  std::string what;                  // in words: "the candidate"
  std::string name;                  // in the container's: "candidate"
  std::string entrypoint = {};       // empty: the service's
  std::vector<std::string> command;  // empty: the service's
};
// As start_candidate().
docker::Container start_one_off(Server& server, const Stack& stack, Composer& composer,
                                const ComposeService& service, const docker::Image& image,
                                const std::string& tag, const std::string& operation,
                                const OneOff& one_off, Progress& progress);

// `service` as Compose reads it: labels and environment that a router goes by may stand in other
// files than the compose file. Throws Error(failed) when its container could not be made or
// started.
docker::Container start_candidate(Server& server, const Stack& stack, Composer& composer,
                                  const ComposeService& service, const docker::Image& image,
                                  const std::string& tag, const std::string& operation,
                                  Progress& progress);

// All candidates of an operation, whatever became of them. Absent is fine.
void remove_candidates(Server& server, const std::string& operation);

// The last lines that a container said, secrets masked, one detail each.
void show_log(Server& server, const Stack& stack, const std::string& container, int lines,
              Progress& progress);

}  // namespace ballast
