#include "gate/gatekeeper.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "gate/call_count.h"
#include "gate/decision.h"
#include "host/brief_lock.h"
#include "journal/journal.h"
#include "live/stack.h"

namespace ballast {

namespace {

constexpr unsigned writable_by_others = 0022;
constexpr std::uint64_t longest_file = 1u << 20;
constexpr Duration lock_wait = std::chrono::seconds(20);
constexpr std::size_t longest_shown = 200;

Refusal not_to_be_trusted(const std::string& path, std::string_view why) {
  return {fmt::format("{} {}", path, why),
          "it is root's alone to write: chown root:root, chmod 0644; its folder 0755"};
}

// Who could change them would decide what root runs.
std::optional<Refusal> distrusted(Server& server, const std::string& path, FileType wanted) {
  const auto info = server.host.disk.info(path);
  if (!info) return not_to_be_trusted(path, "is missing, so that no key may do anything");
  if (info->type != wanted) return not_to_be_trusted(path, "is of another kind");
  if (info->owner != 0 && info->owner != server.host.machine.user())
    return not_to_be_trusted(path, "is not root's");
  if ((info->mode & writable_by_others) != 0)
    return not_to_be_trusted(path, fmt::format("can be written by others ({:04o})", info->mode));
  return std::nullopt;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::variant<AccessFile, Refusal> access_file(Server& server) {
  const std::string path = server.paths.access();
  if (auto refusal = distrusted(server, folder_of(path), FileType::directory)) return *refusal;
  if (auto refusal = distrusted(server, path, FileType::regular)) return *refusal;
  return read_access_file(path, server.host.disk.read(path, longest_file).value_or(""));
}

std::optional<Refusal> wrong_user(Server& server, const AccessFile& file, const GateCall& call) {
  const std::string name = server.host.machine.user_name(call.user);
  if (call.user == 0 || name == file.user) return std::nullopt;
  return Refusal{fmt::format("user {} may not call the gate", printable(name)),
                 fmt::format("{} may: `user` in /etc/ballast/access.yaml", file.user)};
}

// A stack that cannot be read names none; the command itself says then what is wrong with it.
std::string environment_of(Server& server, const AccessKey& key, const std::string& stack) {
  if (std::ranges::find(key.stacks, stack) == key.stacks.end()) return "unknown";
  try {
    return read_stack(server, stack).policy.environment;
  } catch (const Error&) {
    return "unknown";
  }
}

class Judgement {
 public:
  Judgement(Server& server, Journal& journal, const GateCall& call, const IsUnderWay& is_under_way)
      : server_(server), journal_(journal), call_(call), is_under_way_(is_under_way) {}

  Judged pass() {
    try {
      refusal_ = find_refusal();
    } catch (const Error& error) {
      refusal_ = Refusal{error.message(), error.hint()};
    }
    record();
    if (refusal_)
      judged_.refusal =
          Error(Kind::refused, "the gate refuses: " + refusal_->reason, refusal_->hint);
    return std::move(judged_);
  }

 private:
  std::optional<Refusal> find_refusal() {
    auto file = access_file(server_);
    if (auto* refusal = std::get_if<Refusal>(&file)) return *refusal;
    file_ = std::get<AccessFile>(std::move(file));
    if (auto refusal = wrong_user(server_, file_, call_)) return refusal;
    const auto identity = identify(file_, call_);
    if (const auto* refusal = std::get_if<Refusal>(&identity)) return *refusal;
    key_ = std::get<Identity>(identity).key;
    fingerprint_ = std::get<Identity>(identity).fingerprint;
    judged_.key = key_->name;
    return refusal_of_order();
  }

  std::optional<Refusal> refusal_of_order() {
    auto parsed = parse_command(call_.command);
    if (auto* refusal = std::get_if<Refusal>(&parsed)) return *refusal;
    auto order = with_stack(std::get<Order>(std::move(parsed)), *key_);
    if (auto* refusal = std::get_if<Refusal>(&order)) return *refusal;
    judged_.order = std::get<Order>(std::move(order));
    judged_.refuses_older = key_->refuses_older && judged_.order.verb == "deploy" && !may_return();
    const Duration within = key_->rate ? key_->rate->within : Duration::zero();
    return refusal_of(
        *key_, judged_.order,
        {.environment = environment_of(server_, *key_, judged_.order.stack),
         .now = server_.host.clock.now(),
         .address = call_.address,
         .calls = calls_within(journal_, key_->name, server_.host.clock.now(), within),
         .joins = is_under_way_(judged_.order)});
  }

  // An old name is also how people went back.
  bool may_return() const {
    const Order& order = judged_.order;
    return order.old_name &&
           std::ranges::any_of(journal_.releases(order.stack, "good"),
                               [&](const ReleaseRecord& good) { return good.tag == order.tag; });
  }

  void record() {
    const Time now = server_.host.clock.now();
    const Order& order = judged_.order;
    Json content = {{"key", judged_.key},
                    {"named", printable(shortened(call_.named_key, longest_shown))},
                    {"fingerprint", fingerprint_},
                    {"address", printable(shortened(call_.address, longest_shown))},
                    {"user", server_.host.machine.user_name(call_.user)},
                    {"command", printable(shortened(call_.command, longest_shown))},
                    {"verb", order.verb},
                    {"tag", order.tag},
                    {"environment", order.environment},
                    {"operator", order.operator_name},
                    {"verdict", refusal_ ? "refused" : "allowed"},
                    {"reason", refusal_ ? refusal_->reason : ""}};
    if (key_ != nullptr) count_call(journal_, key_->name, now);
    journal_.append_audit({.kind = "gate",
                           .stack = order.stack,
                           .who = judged_.key,
                           .content = std::move(content),
                           .at = now});
  }

  Server& server_;
  Journal& journal_;
  const GateCall& call_;
  const IsUnderWay& is_under_way_;
  AccessFile file_;
  const AccessKey* key_ = nullptr;
  std::string fingerprint_;
  std::optional<Refusal> refusal_;
  Judged judged_;
};

}  // namespace

Judged judge(Server& server, const GateCall& call, const IsUnderWay& is_under_way) {
  const auto lock = hold_briefly(server.host, server.paths.gate_lock(), "gate", lock_wait);
  Journal journal(server.paths.journal());
  return Judgement(server, journal, call, is_under_way).pass();
}

}  // namespace ballast
