// The proof of a release: the checks of a moment against one container, until all pass.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <vector>

#include "check/addons.h"
#include "check/check.h"
#include "journal/journal.h"
#include "live/stack.h"
#include "live/target.h"
#include "operation/progress.h"

namespace ballast {

struct Databases {
  std::vector<std::string> names;
  std::string trouble;  // why they could not be listed
};

// Everything that checks look at, kept alive for as long as they run.
class Inspection {
 public:
  Inspection(Server& server, Journal& journal, const Stack& stack, std::string operation);

  // With the databases, which are awaited; what looks at the container alone does without.
  CheckContext context(const std::string& tag) const;
  CheckContext context_without_databases(const std::string& tag) const;
  // The Odoo databases of the stack, asked anew, in the background: they are listed while a release
  // starts.
  void find_databases(const Running& running);
  // From now on they are those of this server, whatever the stack runs.
  void use_database(const docker::Container& database) { own_database_ = database; }
  // The image that is to be proved, by id or reference, with the addons in it. What an image holds
  // never changes, so its listing is read once and kept. Error(failed) when the image is gone.
  void look_at_image(const std::string& image);
  const std::optional<docker::Image>& image() const { return image_; }
  // Of that image; nullopt: it was not looked at, or the policy names no folder of addons.
  const std::optional<std::vector<Addon>>& image_addons() const { return image_addons_; }
  std::vector<std::string> databases() const;
  bool knows_databases() const { return databases_.valid(); }  // or is about to

  Server& server;
  Journal& journal;
  const Stack& stack;

 private:
  std::string operation_;
  std::optional<docker::Image> image_;
  std::optional<std::vector<Addon>> image_addons_;
  std::optional<docker::Container> own_database_;
  std::shared_future<Databases> databases_;
};

struct Verification {
  std::vector<CheckResult> checks;
  bool passed = false;
  std::string how;  // through which address
  std::string
      trouble;  // in words, when it did not pass: "not within 2 min", "its container exited (1)"
};

// A copy is asked from inside its network: call in Machine::in_network_of().
enum class Asked { live, candidate, copy };

// One round, no waiting.
Verification verify_once(const Inspection& inspection, const std::string& tag,
                         const docker::Container& container, Asked asked);

// The first signs of life only: its container runs and it answers at its address.
bool answers(const Inspection& inspection, const docker::Container& container);

// Waits for the first pass of all checks for at most `timeout`, then for `settle` without a
// restart.
struct Patience {
  Duration timeout;
  Duration settle;
};
Verification verify_until_good(Inspection& inspection, const std::string& tag,
                               const std::string& container, Asked asked, const Patience& patience,
                               Progress& progress);

// For `length` from now on its container must neither restart nor go.
void watch_that_it_stays(const Inspection& inspection, const std::string& id, Duration length,
                         Verification& verification, Progress& progress);

// "web-login ten_a: 500 in 12 ms"
std::string line_of(const CheckResult& result);
// The same for each that does not pass.
std::vector<std::string> failing_lines(const std::vector<CheckResult>& results);

}  // namespace ballast
