// Somebody changed the tag and ran Compose by hand: verify what runs and record it as a release.
#pragma once

#include "deploy/deploy.h"

namespace ballast {

struct AdoptRequest {
  std::string stack;
  std::string operator_name;  // who adopts
  std::string
      author;  // who made the change, if known; empty: the owner of .env's last change is unknown
  std::string environment;
  Duration wait{};
};

OperationResult adopt(Server& server, Progress& progress, const AdoptRequest& request);
Preview preview_adopt(Server& server, const AdoptRequest& request);

}  // namespace ballast
