// Whether a key may have what it asks for. Pure: all that it depends on is handed in.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "gate/order.h"
#include "gate/refusal.h"
#include "model/access_file.h"

namespace ballast {

struct CallCircumstances {
  std::string environment;  // of the stack, by its policy
  Time now{};
  std::string address;  // that the caller comes from; empty: not known
  int calls = 0;        // of this key, within the time of its rate
  bool joins = false;   // the same is under way: it is only shown
};

// The order with its stack, when only the key's entry names it.
std::variant<Order, Refusal> with_stack(Order order, const AccessKey& key);

// nullopt: it may. Error(failed) when the time zone of its hours is gone.
std::optional<Refusal> refusal_of(const AccessKey& key, const Order& order,
                                  const CallCircumstances& circumstances);

}  // namespace ballast
