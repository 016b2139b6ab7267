// Which containers an operation left running, for whoever asks later whether these are still them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/work.h"

namespace ballast {

struct DeployedContainer {
  std::string service;
  std::string id;
  std::string image_id;
  std::string config_hash;  // Compose's, of what the files said of the service
};

struct Deployed {
  std::string operation;
  std::vector<DeployedContainer> containers;

  const DeployedContainer* of(const std::string& service) const;  // nullptr: it had none
};

// At the end of a step that makes containers anew. An engine that does not answer makes it unknown,
// never wrong.
void note_what_was_deployed(Work& work);

// nullopt: not known.
std::optional<Deployed> deployed(const Journal& journal, const std::string& stack);

Json deployed_json(const Deployed& deployed);
std::optional<Deployed> parse_deployed(const Json& json);

}  // namespace ballast
