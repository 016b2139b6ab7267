// The command that an order becomes. Pure.
#pragma once

#include <string>
#include <vector>

#include "gate/order.h"

namespace ballast {

struct OrderTerms {
  std::string root;
  std::string key;             // by which it came
  bool refuses_older = false;  // than what runs
};

// The words behind the program's name; every value that came in stands behind its option in one
// word or behind `--`, so that none is taken for an option.
std::vector<std::string> words_of(const Order& order, const OrderTerms& terms);

}  // namespace ballast
