#include "model/variables.h"

#include <algorithm>

#include "model/compose_file.h"

namespace ballast {

namespace {

using Form = VariableUse::Form;

bool begins_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

bool continues_name(char letter) { return begins_name(letter) || (letter >= '0' && letter <= '9'); }

std::string_view name_at_front(std::string_view text) {
  if (text.empty() || !begins_name(text.front())) return {};
  const auto end = std::ranges::find_if_not(text, continues_name);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// Offset of the brace that closes the one opened before `text`.
std::optional<std::size_t> closing_brace(std::string_view text) {
  std::size_t open = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "${") ++open;
    if (text[at] == '}' && --open == 0) return at;
  }
  return std::nullopt;
}

std::optional<Form> form_of(char sign) {
  switch (sign) {
    case '-': return Form::fallback;
    case '+': return Form::alternative;
    case '?': return Form::required;
    default: return std::nullopt;
  }
}

// What stands between the braces.
std::optional<VariableUse> parse_braced(std::string_view inside) {
  VariableUse use;
  use.name = name_at_front(inside);
  if (use.name.empty()) return std::nullopt;
  inside.remove_prefix(use.name.size());
  if (inside.empty()) return use;
  use.colon = inside.front() == ':';
  if (use.colon) inside.remove_prefix(1);
  const auto form = inside.empty() ? std::nullopt : form_of(inside.front());
  if (!form) return std::nullopt;
  use.form = *form;
  use.argument = inside.substr(1);
  return use;
}

std::optional<VariableUse> placed(std::optional<VariableUse> use, std::size_t begin,
                                  std::size_t length) {
  if (!use) return std::nullopt;
  use->begin = begin;
  use->end = begin + length;
  return use;
}

std::optional<VariableUse> variable_at(std::string_view text, std::size_t begin) {
  const std::string_view rest = text.substr(begin + 1);
  if (rest.starts_with('$')) return placed(VariableUse{}, begin, 2);
  if (rest.starts_with('{')) {
    const auto close = closing_brace(rest.substr(1));
    return close ? placed(parse_braced(rest.substr(1, *close)), begin, *close + 3) : std::nullopt;
  }
  VariableUse use;
  use.name = name_at_front(rest);
  return use.name.empty() ? std::nullopt : placed(use, begin, use.name.size() + 1);
}

// Where to look on behind a `$` that begins no variable. Compose refuses a text with a malformed or
// open brace; looking inside again and again would take time that grows with the square of it.
std::size_t behind_text(std::string_view text, std::size_t begin) {
  if (text.substr(begin, 2) != "${") return begin + 1;
  const auto close = closing_brace(text.substr(begin + 2));
  return close ? begin + *close + 3 : text.size();
}

ComposeVariable variable_of(const VariableUse& use, bool nested) {
  return {.name = std::string(use.name),
          .required = use.form == Form::required,
          .has_default = use.form == Form::fallback || use.form == Form::alternative,
          .empty_is_unset = use.colon,
          .line = 0,
          .nested = nested};
}

void collect(std::string_view text, int depth, std::vector<ComposeVariable>& found) {
  if (depth > deepest_variable) return;
  for (auto use = next_variable(text, 0); use; use = next_variable(text, use->end)) {
    if (use->name.empty()) continue;
    found.push_back(variable_of(*use, depth > 0));
    collect(use->argument, depth + 1, found);
  }
}

using Values = std::map<std::string, std::string>;

std::string expanded(std::string_view text, const Values& values, int depth);

std::string value_of(const VariableUse& use, const Values& values, int depth) {
  if (use.name.empty()) return "$";
  const auto found = values.find(std::string(use.name));
  const bool is_set = found != values.end() && !(use.colon && found->second.empty());
  if (use.form == Form::alternative) return is_set ? expanded(use.argument, values, depth) : "";
  if (use.form == Form::fallback && !is_set) return expanded(use.argument, values, depth);
  return found == values.end() ? "" : found->second;
}

std::string expanded(std::string_view text, const Values& values, int depth) {
  if (depth > deepest_variable) return std::string(text);
  std::string result;
  std::size_t done = 0;
  for (auto use = next_variable(text, 0); use; use = next_variable(text, use->end)) {
    result += text.substr(done, use->begin - done);
    result += value_of(*use, values, depth + 1);
    done = use->end;
  }
  return result.append(text.substr(done));
}

}  // namespace

std::optional<VariableUse> next_variable(std::string_view text, std::size_t from) {
  for (auto at = text.find('$', from); at != std::string_view::npos;
       at = text.find('$', behind_text(text, at)))
    if (const auto use = variable_at(text, at)) return use;
  return std::nullopt;
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && name_at_front(text).size() == text.size();
}

std::vector<ComposeVariable> variables_of(std::string_view scalar) {
  std::vector<ComposeVariable> found;
  collect(scalar, 0, found);
  return found;
}

std::string expand_variables(std::string_view scalar, const Values& values) {
  return expanded(scalar, values, 0);
}

}  // namespace ballast
