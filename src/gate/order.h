// What is asked of the gate: one verb with its words, each of a form of its own.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gate/refusal.h"

namespace ballast {

struct Order {
  std::string verb;   // deploy, history, rollback, status, verify
  std::string stack;  // empty: the one of the key's entry
  std::string tag;
  std::string environment;    // empty: the stack's own
  std::string operator_name;  // as it is claimed; empty: nobody is named
  bool old_name = false;      // it came as a command line of before

  bool changes() const { return verb == "deploy" || verb == "rollback"; }
  // "deploy shop sha-a1b2c3d"; equal for two that ask for the same.
  std::string text() const;
};

// The forms: deploy STACK TAG OPERATOR; rollback STACK; status, history or verify, with or without
// a STACK; and of before TAG OPERATOR, /usr/local/bin/deploy_odoo18.sh TAG OPERATOR,
// /srv/scripts/deploy.sh STACK TAG ENV OPERATOR.
std::variant<Order, Refusal> read_order(const std::vector<std::string>& words);

// Both steps.
std::variant<Order, Refusal> parse_command(std::string_view bytes);

}  // namespace ballast
