#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

constexpr std::array secrets{"admin_passwd", "db_password", "smtp_password"};

bool is_plain(const OdooOption& option) {
  return std::ranges::find(secrets, option.name) != secrets.end() && !option.value.empty() &&
         lower(option.value) != "false" && !option.value.starts_with("$pbkdf2");
}

std::string mend(const OdooOption& option) {
  if (option.name == "admin_passwd")
    return "replace it by its hash, which this prints:\n"
           "python3 -c 'import passlib.hash as h, getpass; "
           "print(h.pbkdf2_sha512.hash(getpass.getpass()))'";
  if (option.name == "smtp_password")
    return "remove it, and set the mail server up in Odoo; then change the password";
  return "remove the line: Odoo's image takes it from the variable PASSWORD, from .env (0600)\n"
         "then change the password";
}

}  // namespace

Findings password_in_config(const StackSeen& stack) {
  if (!stack.odoo.value) return {not_known("odoo.conf", stack.odoo.trouble)};
  if (!*stack.odoo.value) return {};
  Findings findings;
  for (const OdooOption& option : (*stack.odoo.value)->options())
    if (is_plain(option))
      findings.push_back({.subject = option.subject,
                          .what = fmt::format("{} stands there in plain text: in the image, in the "
                                              "repository, in every copy",
                                              option.name),
                          .mend = mend(option)});
  return findings;
}

}  // namespace ballast::doctor
