#include "gate/order_words.h"

namespace ballast {

namespace {

// Who claims nobody is the key itself.
std::string who(const Order& order, const OrderTerms& terms) {
  return order.operator_name.empty() ? terms.key : order.operator_name;
}

}  // namespace

std::vector<std::string> words_of(const Order& order, const OrderTerms& terms) {
  std::vector<std::string> words{"--root=" + terms.root, order.verb};
  if (order.changes()) {
    words.push_back("--operator=" + who(order, terms));
    words.push_back("--via-key=" + terms.key);
  }
  if (!order.environment.empty()) words.push_back("--env=" + order.environment);
  if (terms.refuses_older) words.emplace_back("--refuse-older");
  words.insert(words.end(), {"--", order.stack});
  if (!order.tag.empty()) words.push_back(order.tag);
  return words;
}

}  // namespace ballast
