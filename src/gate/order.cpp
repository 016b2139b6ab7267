#include "gate/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"
#include "gate/command_words.h"
#include "model/names.h"

namespace ballast {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view odoo_wrapper = "/usr/local/bin/deploy_odoo18.sh";
constexpr std::string_view general_wrapper = "/srv/scripts/deploy.sh";
constexpr std::size_t longest_operator = 128;

bool is_alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

// None of them can be taken for an option, nor for a path that leads somewhere else.
void require_claimed(std::string_view what, const std::string& name, std::string_view others) {
  const bool fits = name.size() <= longest_operator && is_alphanumeric(name.front()) &&
                    std::ranges::all_of(name, [&](char letter) {
                      return is_alphanumeric(letter) || others.find(letter) != others.npos;
                    });
  if (fits) return;
  throw Error(Kind::refused, fmt::format("`{}` is no {}", shortened(name, 60), what),
              fmt::format("it begins with a letter or a digit, then also {}; at most {}", others,
                          longest_operator));
}

void require_claimed_operator(const std::string& name) {
  require_claimed("operator", name, "._@+-[]");
}

Order deploy_of(const std::string& stack, const std::string& tag, const std::string& operator_name,
                bool old_name) {
  if (!stack.empty()) require_stack_name(stack);
  require_tag(tag);
  require_claimed_operator(operator_name);
  return {.verb = "deploy",
          .stack = stack,
          .tag = tag,
          .operator_name = operator_name,
          .old_name = old_name};
}

Order old_deploy(const Words& words) {
  require_claimed("environment", words[3], "._-");
  Order order = deploy_of(words[1], words[2], words[4], true);
  order.environment = words[3];
  return order;
}

Order about(const Words& words) {
  const std::string stack = words.size() > 1 ? words[1] : "";
  if (!stack.empty()) require_stack_name(stack);
  return {.verb = words.front(), .stack = stack};
}

struct Form {
  std::string_view first;
  std::size_t least, most;  // words
  Order (*read)(const Words&);
  std::string_view usage;
};

constexpr auto forms = std::to_array<Form>({
    {odoo_wrapper, 3, 3, [](const Words& words) { return deploy_of("", words[1], words[2], true); },
     "/usr/local/bin/deploy_odoo18.sh TAG OPERATOR"},
    {general_wrapper, 5, 5, old_deploy, "/srv/scripts/deploy.sh STACK TAG ENV OPERATOR"},
    {"deploy", 4, 4,
     [](const Words& words) { return deploy_of(words[1], words[2], words[3], false); },
     "deploy STACK TAG OPERATOR"},
    {"history", 1, 2, about, "history [STACK]"},
    {"rollback", 2, 2, about, "rollback STACK"},
    {"status", 1, 2, about, "status [STACK]"},
    {"verify", 1, 2, about, "verify [STACK]"},
});

Order read(const Words& words) {
  const auto form = std::ranges::find(forms, words.front(), &Form::first);
  if (form == forms.end() && words.size() == 2) return deploy_of("", words[0], words[1], true);
  if (form == forms.end())
    throw Error(Kind::refused,
                fmt::format("`{}` is nothing that the gate does", shortened(words.front(), 60)),
                "deploy STACK TAG OPERATOR, rollback STACK, status, history, verify");
  if (words.size() < form->least || words.size() > form->most)
    throw Error(Kind::refused,
                fmt::format("`{}` has {}", form->first,
                            words.size() < form->least ? "too few words" : "too many words"),
                fmt::format("it is: {}", form->usage));
  return form->read(words);
}

}  // namespace

std::string Order::text() const {
  std::string text = verb;
  for (const std::string* word : {&stack, &tag, &environment})
    if (!word->empty()) text += " " + *word;
  return text;
}

std::variant<Order, Refusal> read_order(const Words& words) {
  try {
    return read(words);
  } catch (const Error& error) {
    return Refusal{error.message(), error.hint()};
  }
}

std::variant<Order, Refusal> parse_command(std::string_view bytes) {
  auto words = split_command(bytes);
  if (auto* refusal = std::get_if<Refusal>(&words)) return std::move(*refusal);
  return read_order(std::get<Words>(words));
}

}  // namespace ballast
