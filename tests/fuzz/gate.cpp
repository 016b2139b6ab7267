// Whatever bytes a key sends, the gate refuses them in words that harm nobody, or runs exactly one
// verb that its entry allows, whose words are of their form and of which none is an option. The
// same for what comes over its socket and from sshd's file.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"
#include "gate/decision.h"
#include "gate/gate_talk.h"
#include "gate/order_words.h"
#include "model/ssh_key.h"
#include "require.h"

namespace ballast {
namespace {

constexpr const char* letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

constexpr const char* entries = R"(
keys:
  one: {stacks: shop, verbs: [deploy, rollback, status]}
  two: {stacks: [shop, blog], verbs: [deploy, history, verify], environments: prod, older: refuse}
)";

const AccessFile& access() {
  static const AccessFile file = read_access_file("access.yaml", entries);
  return file;
}

bool is_of(std::string_view word, std::string_view first, std::string_view then) {
  return !word.empty() && word.size() <= 128 && first.find(word.front()) != first.npos &&
         word.find_first_not_of(then) == word.npos;
}

void check_option(const std::string& word) {
  const auto value_of = [&](std::string_view option) { return word.substr(option.size()); };
  const std::string all = std::string(letters) + "._@+-[]";
  if (word.starts_with("--operator="))
    require(is_of(value_of("--operator="), letters, all));
  else if (word.starts_with("--env="))
    require(is_of(value_of("--env="), letters, std::string(letters) + "._-"));
  else
    require(word == "--via-key=one" || word == "--via-key=two" || word == "--refuse-older");
}

void check_command(const AccessKey& key, const std::vector<std::string>& words) {
  const auto end = std::ranges::find(words, "--");
  require(words.size() >= 4 && words[0] == "--root=/" && end != words.end());
  require(std::ranges::find(key.verbs, words[1]) != key.verbs.end());
  for (auto word = words.begin() + 2; word != end; ++word) check_option(*word);
  const std::vector<std::string> names(end + 1, words.end());
  require(names.size() == (words[1] == "deploy" ? 2U : 1U));
  require(std::ranges::find(key.stacks, names[0]) != key.stacks.end());
  if (names.size() == 2)
    require(is_of(names[1], std::string(letters) + "_", std::string(letters) + "_.-"));
}

void check_refusal(const Refusal& refusal) {
  for (const std::string* text : {&refusal.reason, &refusal.hint})
    require(!text->empty() && text->size() < 600 && printable(*text) == *text);
}

void check_call(const AccessKey& key, std::string_view bytes) {
  const auto parsed = parse_command(bytes);
  if (const auto* refusal = std::get_if<Refusal>(&parsed)) return check_refusal(*refusal);
  const auto named = with_stack(std::get<Order>(parsed), key);
  if (const auto* refusal = std::get_if<Refusal>(&named)) return check_refusal(*refusal);
  const Order& order = std::get<Order>(named);
  if (const auto refusal = refusal_of(key, order, {.environment = "prod"}))
    return check_refusal(*refusal);
  check_command(key, words_of(order, {.root = "/",
                                      .key = key.name,
                                      .refuses_older = key.refuses_older && order.changes()}));
}

void check_talk(std::string_view bytes) {
  const auto question = parse_question(bytes);
  if (question) require(parse_question(question_text(*question))->command == question->command);
  if (const auto fingerprint = fingerprint_in_auth_info(bytes))
    require(is_ssh_fingerprint(*fingerprint));
}

}  // namespace
}  // namespace ballast

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = ballast::fuzz_text(data, size);
  for (const ballast::AccessKey& key : ballast::access().keys) ballast::check_call(key, bytes);
  ballast::check_talk(bytes);
  return 0;
}
