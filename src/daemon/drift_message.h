// What was found by hand, as a person is told of it. Pure.
#pragma once

#include <optional>
#include <string>

#include "drift/book.h"
#include "model/alert.h"

namespace ballast {

struct DriftMessage {
  Message message;
  // It begins the alert Modified By Hand, which a later release ends; else nothing is to end.
  bool begins_alert = false;
};

// nullopt: the policy wants nobody told.
std::optional<DriftMessage> drift_message(const std::string& stack, const PendingFinding& pending,
                                          const Policy& policy);

}  // namespace ballast
