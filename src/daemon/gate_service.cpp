#include "daemon/gate_service.h"

#include <fmt/format.h>

#include "base/text.h"
#include "gate/attend.h"
#include "gate/caller.h"

namespace ballast {

namespace {

class StreamListener : public GateListener {
 public:
  explicit StreamListener(LocalStream& stream) : stream_(stream) {}
  void hear(const GateSaying& saying) override { stream_.send(saying_text(saying)); }
  bool listens() override { return stream_.is_open(); }

 private:
  LocalStream& stream_;
};

std::string judgement_line(const Judged& judged) {
  if (judged.refusal)
    return fmt::format("gate: refused key {}: {}", judged.key, judged.refusal->message());
  return fmt::format(
      "gate: key {} may {}{}", judged.key, judged.order.text(),
      judged.order.operator_name.empty() ? "" : " for " + judged.order.operator_name);
}

}  // namespace

GateService::GateService(Server& server, unsigned group, const std::string& program, Say say)
    : server_(server),
      say_(std::move(say)),
      runs_(server, program),
      listener_(std::make_unique<StreamServer>(
          StreamServerTerms{.unix_socket = server.paths.gate_socket(), .group = group},
          [this](const std::string& request, const Caller& caller, LocalStream& stream) {
            serve(request, caller, stream);
          })) {}

std::vector<GateCount> GateService::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<GateCount> counts;
  for (const auto& [labels, count] : counts_)
    counts.push_back({.key = labels.first, .verdict = labels.second, .calls = count});
  return counts;
}

void GateService::serve(const std::string& request, const Caller& caller, LocalStream& stream) {
  StreamListener listener(stream);
  const auto question = parse_question(request);
  if (!question) {
    say_(fmt::format("gate: user {}, process {}, asked nothing that is understood", caller.user,
                     caller.pid));
    listener.hear({.kind = GateSaying::Kind::error, .line = "error: that is no call of the gate"});
    listener.hear({.kind = GateSaying::Kind::exit, .line = {}, .status = exit_status(Kind::usage)});
    return;
  }
  const GateCall call = call_from(server_.host.disk, caller, question->key, question->command);
  attend(server_, runs_, call, listener, [this](const Judged& judged) { note(judged); });
}

void GateService::note(const Judged& judged) {
  say_(judgement_line(judged));
  const std::lock_guard lock(mutex_);
  ++counts_[{judged.key, std::string(judged.verdict())}];
}

}  // namespace ballast
