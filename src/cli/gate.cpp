#include <array>

#include "cli/commands.h"
#include "cli/invocation.h"
#include "host/own_program.h"

namespace ballast {

namespace {

constexpr auto options = std::to_array<Option>(
    {{.name = "--key",
      .value = "NAME",
      .description = "the key's entry in access.yaml, where sshd does not tell which key it was"}});

// What the other end says is printed where it belongs. Who called may be gone: then it is not.
class Printer : public GateListener {
 public:
  explicit Printer(Terminal& terminal) : terminal_(terminal) {}

  void hear(const GateSaying& saying) override {
    if (saying.kind == GateSaying::Kind::exit) status_ = saying.status;
    if (saying.kind == GateSaying::Kind::error) terminal_.error(saying.line + "\n");
    if (saying.kind == GateSaying::Kind::out && listens_)
      listens_ = terminal_.out(saying.line + "\n") == Terminal::Written::all;
  }
  bool listens() override { return listens_; }
  int status() const { return status_; }

 private:
  Terminal& terminal_;
  bool listens_ = true;
  int status_ = exit_status(Kind::failed);
};

}  // namespace

constinit const Signature gate_signature{"gate", {}, options};

int run_gate(Invocation& invocation) {
  invocation.stand_on("/");
  Printer printer(invocation.host.terminal);
  invocation.features().gate(
      {.key = invocation.arguments.text("--key"),
       .command = invocation.host.machine.variable("SSH_ORIGINAL_COMMAND").value_or(""),
       .program = own_program()},
      printer);
  return printer.status();
}

}  // namespace ballast
