#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "doctor/weaknesses.h"
#include "model/reference.h"

namespace ballast::doctor {

namespace {

bool has_digit(const std::string& text) {
  return std::ranges::any_of(text, [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

// "7", "7-alpine". Of a database it is what its files fit: the next one would not start on them.
bool is_bare_number(std::string_view tag) {
  const std::string_view number = tag.substr(0, tag.find('-'));
  return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos &&
         number.size() < 4;
}

// Words such as `latest`, `stable` or `main` go with whatever is newest.
bool moves(const Reference& reference, bool is_of_database) {
  if (!reference.digest.empty()) return false;
  return !has_digit(reference.tag) || (is_bare_number(reference.tag) && !is_of_database);
}

std::string why_it_moves(const std::string& tag) {
  if (tag.empty()) return "without a tag it is `latest`, whatever that is today";
  return fmt::format("`{}` is whatever was pushed last under that name", tag);
}

Findings look(const StackSeen& stack, const Service& service) {
  const std::string image = service.image();
  if (image.empty()) return {};
  const auto written = *service.find("image");
  if (image.ends_with(':'))
    return {not_known(written.subject(), "its tag is a variable without a value",
                      "give it one in .env, or an example of one in .env.example")};
  const Reference reference = parse_reference(image);
  if (!moves(reference, is_database(service))) return {};
  const bool is_released = stack.policy.value && stack.policy.value->service == service.name;
  const std::string mend =
      is_released ? fmt::format(
                        "push the image under a tag of its own, `sha-<commit>`, and:\n"
                        "ballast deploy {} sha-<commit>",
                        stack.name)
                  : fmt::format(
                        "write a version, or the digest that runs now:\n"
                        "docker image inspect --format '{{{{index .RepoDigests 0}}}}' {}",
                        image);
  return {{.subject = written.subject(),
           .what = fmt::format("the image of {}: {}", service.name, why_it_moves(reference.tag)),
           .mend = mend}};
}

}  // namespace

Findings mutable_tag(const StackSeen& stack) { return of_services(stack, look); }

}  // namespace ballast::doctor
