#include "gate/decision.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace ballast {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

std::optional<Refusal> wrong_verb(const AccessKey& key, const Order& order) {
  if (contains(key.verbs, order.verb)) return std::nullopt;
  return Refusal{fmt::format("key {} may not {}", key.name, order.verb),
                 fmt::format("it may: {}", join(key.verbs, ", "))};
}

// Which stacks there are else is not told.
std::optional<Refusal> wrong_stack(const AccessKey& key, const Order& order) {
  if (contains(key.stacks, order.stack)) return std::nullopt;
  return Refusal{fmt::format("key {} has nothing to do with stack {}", key.name, order.stack),
                 fmt::format("its stacks: {}", join(key.stacks, ", "))};
}

std::optional<Refusal> wrong_environment(const AccessKey& key, const Order& order,
                                         const CallCircumstances& circumstances) {
  const std::string& wanted =
      order.environment.empty() ? circumstances.environment : order.environment;
  if (!order.changes() || key.environments.empty() || contains(key.environments, wanted))
    return std::nullopt;
  return Refusal{
      fmt::format("key {} may not deploy to environment {}", key.name, printable(wanted)),
      fmt::format("its environments: {}", join(key.environments, ", "))};
}

std::optional<Refusal> wrong_address(const AccessKey& key, const CallCircumstances& circumstances) {
  if (key.from.empty()) return std::nullopt;
  const auto address = parse_address(circumstances.address);
  const bool is_good = address && std::ranges::any_of(key.from, [&](const Network& network) {
                         return network.holds(*address);
                       });
  if (is_good) return std::nullopt;
  return Refusal{
      fmt::format("key {} may not be used from {}", key.name,
                  address ? circumstances.address : std::string("an address that is not known")),
      "its entry in /etc/ballast/access.yaml says from where: `from`"};
}

std::optional<Refusal> wrong_hour(const AccessKey& key, const CallCircumstances& circumstances) {
  const auto holds = [&](const OpenHours& hours) { return is_open(hours, circumstances.now); };
  if (key.hours.empty() || std::ranges::any_of(key.hours, holds)) return std::nullopt;
  std::vector<std::string> texts;
  for (const OpenHours& hours : key.hours) texts.push_back(hours.text);
  return Refusal{fmt::format("key {} may not be used at this hour", key.name),
                 fmt::format("its hours: {}", join(texts, ", "))};
}

std::optional<Refusal> too_often(const AccessKey& key, const CallCircumstances& circumstances) {
  if (!key.rate || circumstances.joins || circumstances.calls < key.rate->calls)
    return std::nullopt;
  return Refusal{fmt::format("key {} called too often: {}", key.name, key.rate->text),
                 "each call counts, also one that was refused; try again later"};
}

}  // namespace

std::variant<Order, Refusal> with_stack(Order order, const AccessKey& key) {
  if (!order.stack.empty()) return order;
  if (key.stacks.size() != 1)
    return Refusal{fmt::format("key {} has several stacks: name one", key.name),
                   fmt::format("its stacks: {}", join(key.stacks, ", "))};
  order.stack = key.stacks.front();
  return order;
}

std::optional<Refusal> refusal_of(const AccessKey& key, const Order& order,
                                  const CallCircumstances& circumstances) {
  if (auto refusal = wrong_verb(key, order)) return refusal;
  if (auto refusal = wrong_stack(key, order)) return refusal;
  if (auto refusal = wrong_environment(key, order, circumstances)) return refusal;
  if (auto refusal = wrong_address(key, circumstances)) return refusal;
  if (auto refusal = wrong_hour(key, circumstances)) return refusal;
  return too_often(key, circumstances);
}

}  // namespace ballast
