#include "host/login.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <optional>

#include "base/text.h"
#include "host/descriptor.h"

namespace ballast {

namespace {

constexpr std::size_t longest_number = 64;
constexpr unsigned nobody_logged_in = ~0U;

std::optional<unsigned> number_in(std::string_view text) {
  text = trim(text);
  unsigned number = 0;
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

}  // namespace

Login login_from(std::string_view text, Machine& machine) {
  const auto user = number_in(text);
  if (user && *user != nobody_logged_in)
    return {.name = machine.user_name(*user), .user = *user, .from_kernel = true};
  const unsigned own = getuid();
  return {.name = machine.user_name(own), .user = own, .from_kernel = false};
}

Login login_of_this_process(Machine& machine) {
  const Descriptor file(open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC));
  const auto text = file ? read_up_to(file.get(), longest_number) : std::nullopt;
  return login_from(text.value_or(""), machine);
}

}  // namespace ballast
