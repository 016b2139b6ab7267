// The one exception class. Its kind is the exit status of the program.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

// The numbers are the documented exit codes; they never change meaning.
enum class Kind : int {
  failed = 1,           // could not be done
  usage = 2,            // wrong words on the command line, or wrong configuration
  refused = 3,          // a gate refused; nothing was changed
  rolled_back = 4,      // the release failed; what ran before runs again
  rollback_failed = 5,  // the way back failed too: a person is needed
  locked = 6,           // another operation holds the stack
  incomplete = 7,       // backup incomplete
  verification = 8,     // verification failed
  degraded = 9,         // status: something is not as it should be
  interrupted = 130,    // Ctrl-C or SIGTERM
};

// `message` is lower case and names the thing; `hint` says what to type next (may be empty);
// `context` gains one line for each level that the error passes, innermost first.
class Error : public std::exception {
 public:
  Error(Kind kind, std::string message, std::string hint = {});

  Kind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const std::vector<std::string>& context() const { return context_; }
  const char* what() const noexcept override { return message_.c_str(); }

  Error& add_context(std::string line);
  Error with_kind(Kind kind) const;

  // "error: …\n  while …\nhint: …\n" as printed on stderr.
  std::string text() const;

 private:
  Kind kind_;
  std::string message_;
  std::string hint_;
  std::vector<std::string> context_;
};

int exit_status(Kind kind);

}  // namespace ballast
