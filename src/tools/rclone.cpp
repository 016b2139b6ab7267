#include "tools/rclone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration look_deadline = std::chrono::minutes(2);
constexpr Duration list_deadline = std::chrono::hours(1);
constexpr Duration transfer_deadline = std::chrono::hours(24);
constexpr std::size_t kept_output = 4u << 20;
constexpr std::size_t longest_words = 400;
constexpr int directory_not_found = 3;
// It would try each of a hundred thousand files in vain when its storage is gone.
constexpr int most_failures = 10;

// What rclone finds its configuration by, and its way out of this network. All else that it would
// take from the environment can override what the configuration says of a remote.
constexpr auto passed_on = std::to_array<const char*>(
    {"HOME", "XDG_CONFIG_HOME", "RCLONE_CONFIG", "RCLONE_CONFIG_PASS", "SSH_AUTH_SOCK",
     "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"});

std::vector<std::string> with_shared_words(std::vector<std::string> words) {
  for (const char* word :
       {"--ask-password=false", "--use-json-log", "--log-level=NOTICE", "--retries=3",
        "--retries-sleep=5s", "--low-level-retries=3", "--contimeout=30s", "--timeout=2m"})
    words.emplace_back(word);
  return words;
}

bool hides(std::string_view option) {
  if (option.ends_with("_file") || option.ends_with("_command")) return false;
  return names_a_secret(option) || option.find("pass") != std::string_view::npos ||
         option.find("key") != std::string_view::npos;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

// "2026/11/26 09:22:15 Failed to copy: …" without its beginning.
std::string_view without_time(std::string_view line) {
  constexpr std::string_view form = "0000/00/00 00:00:00 ";
  const bool has_time = line.size() > form.size() && line[4] == '/' && line[13] == ':';
  return has_time ? line.substr(form.size()) : line;
}

// A pattern is tried on every file of the folders in question, so not too many at once.
std::vector<std::vector<std::string>> batches_of(const std::vector<std::string>& files) {
  constexpr std::size_t at_once = 1000;
  std::vector<std::vector<std::string>> batches;
  for (std::size_t first = 0; first < files.size(); first += at_once)
    batches.emplace_back(
        files.begin() + static_cast<std::ptrdiff_t>(first),
        files.begin() + static_cast<std::ptrdiff_t>(std::min(files.size(), first + at_once)));
  return batches;
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace

Rclone::Rclone(Host& host, int lock, OnTransfer on_transfer)
    : host_(host), lock_(lock), on_transfer_(std::move(on_transfer)) {
  if (!host.processes.find("rclone"))
    throw Error(Kind::refused, "rclone is not installed", "apt-get install rclone");
}

RemoteFacts Rclone::facts(const Remote& remote) {
  const Outcome outcome = run({"config", "dump"}, {}, look_deadline, {});
  if (outcome.interrupted) fail(outcome, "reading the configuration of rclone");
  const auto dump = parse_json(outcome.output);
  if (!outcome.ok() || !dump)
    throw Error(Kind::refused, "the configuration of rclone cannot be read: " + last_words(outcome),
                "see whether it can be, as the same user: rclone listremotes");
  secrets_ = secrets_in_dump(*dump);
  if (auto facts = facts_in_dump(*dump, remote.name)) return *std::move(facts);
  throw Error(Kind::refused, fmt::format("rclone knows no remote `{}`", remote.name),
              "see those that it knows: rclone listremotes; make one: rclone config");
}

Comparison Rclone::comparison(const Remote& remote, const RemoteFacts& facts) {
  const std::string storage = facts.is_encrypted ? facts.wrapped : remote.text();
  const Outcome outcome = run({"backend", "features", storage}, {}, look_deadline, {});
  if (!outcome.ok()) fail(outcome, "asking what " + remote.text() + " can do");
  const Json features = parse_json(outcome.output).value_or(Json());
  if (member(features, "Hashes").empty()) return Comparison::content;
  return facts.is_encrypted ? Comparison::encrypted_hashes : Comparison::hashes;
}

void Rclone::list(const Remote& folder, int depth,
                  const std::function<void(std::string_view, std::uint64_t)>& on_file) {
  const Outcome outcome =
      run(list_words(folder, depth), {}, list_deadline, [&](std::string_view line) {
        if (const auto file = parse_listed(line)) on_file(file->path, file->size);
      });
  if (outcome.status == directory_not_found) return;
  if (!outcome.ok()) fail(outcome, "listing " + folder.text());
}

void Rclone::copy(const std::string& from, const std::string& to,
                  const std::vector<std::string>& files, bool anew) {
  const std::string what = fmt::format("copying {} to {}", from, to);
  for (const auto& batch : batches_of(files)) {
    const Outcome outcome =
        run(copy_words(from, to, anew), patterns_for(batch), transfer_deadline, {}, what);
    if (!outcome.ok()) fail(outcome, what);
  }
}

std::vector<std::string> Rclone::differing(const std::string& folder, const std::string& to,
                                           const std::vector<std::string>& files, Comparison how) {
  std::vector<std::string> different;
  for (const auto& batch : batches_of(files)) {
    const auto found = differing_batch(folder, to, batch, how);
    different.insert(different.end(), found.begin(), found.end());
  }
  return different;
}

std::vector<std::string> Rclone::differing_batch(const std::string& folder, const std::string& to,
                                                 const std::vector<std::string>& files,
                                                 Comparison how) {
  std::vector<std::string> same;
  const Outcome outcome = run(compare_words(folder, to, how), patterns_for(files),
                              transfer_deadline, [&](std::string_view line) {
                                if (line.starts_with("= ")) same.emplace_back(line.substr(2));
                              });
  std::ranges::sort(same);
  std::vector<std::string> different;
  for (const std::string& file : files)
    if (!std::ranges::binary_search(same, file)) different.push_back(file);
  const bool could_compare = outcome.ok() || (outcome.status == 1 && !different.empty());
  if (!could_compare) fail(outcome, fmt::format("comparing {} with {}", to, folder));
  return different;
}

Outcome Rclone::run(std::vector<std::string> words, const std::vector<std::string>& files,
                    Duration deadline, const std::function<void(std::string_view)>& on_output,
                    const std::string& gives_up_on) {
  words.insert(words.begin(), "rclone");
  of_a_file_.clear();
  of_all_.clear();
  int failures = 0;
  Command command{.argv = with_shared_words(std::move(words)),
                  .environment = rclone_environment(host_.machine),
                  .directory = {},
                  .input = joined_lines(files),
                  .deadline = deadline,
                  .inherited = {},
                  .on_line =
                      [&](std::string_view line, bool is_error) {
                        if (!is_error && on_output) on_output(line);
                        if (!is_error || !hear(line) || gives_up_on.empty()) return;
                        if (++failures == most_failures) give_up(gives_up_on);
                      },
                  .private_files = true,
                  .output_limit = on_output ? 0 : kept_output};
  if (lock_ >= 0) command.inherited.push_back(lock_);
  return host_.processes.run(command);
}

bool Rclone::hear(std::string_view line) {
  const Json said = parse_json(line).value_or(Json());
  const Json& stats = member(said, "stats");
  if (on_transfer_ && stats.is_object())
    on_transfer_(static_cast<std::uint64_t>(number_at(stats, "bytes")),
                 static_cast<std::uint64_t>(number_at(stats, "totalBytes")));
  std::string trouble = trouble_in(line);
  if (trouble.empty()) return false;
  // Its last line sums up, and no longer says which file it was.
  const bool is_of_a_file = !text_at(said, "object").empty();
  (is_of_a_file ? of_a_file_ : of_all_) = std::move(trouble);
  return is_of_a_file;
}

std::string Rclone::last_words(const Outcome& outcome) const {
  const std::string& words = of_a_file_.empty() ? of_all_ : of_a_file_;
  if (outcome.status <= 0 || words.empty()) return "rclone ended with " + outcome.reason();
  return shown(words);
}

std::string Rclone::shown(const std::string& words) const {
  return printable(secrets_.mask(shortened(words, longest_words)));
}

void Rclone::give_up(const std::string& what) const {
  throw Error(Kind::failed, fmt::format("{} failed for {} files; the last: {}", what, most_failures,
                                        shown(of_a_file_)));
}

void Rclone::fail(const Outcome& outcome, const std::string& what) {
  if (outcome.interrupted) throw Error(Kind::interrupted, "interrupted while " + what);
  throw Error(Kind::failed, fmt::format("{} failed: {}", what, last_words(outcome)));
}

std::vector<std::string> list_words(const Remote& folder, int depth) {
  return {"lsf",         "--files-only",  "--recursive", fmt::format("--max-depth={}", depth),
          "--format=sp", "--separator= ", folder.text()};
}

std::vector<std::string> copy_words(const std::string& from, const std::string& to, bool anew) {
  return {"copy",
          "--include-from=-",
          anew ? "--ignore-times" : "--size-only",
          "--transfers=4",
          "--stats=1s",
          "--stats-log-level=NOTICE",
          from,
          to};
}

std::vector<std::string> compare_words(const std::string& folder, const std::string& to,
                                       Comparison how) {
  std::vector<std::string> words{how == Comparison::encrypted_hashes ? "cryptcheck" : "check",
                                 "--include-from=-",
                                 "--one-way",
                                 "--combined=-",
                                 "--stats=1s",
                                 "--stats-log-level=NOTICE"};
  if (how == Comparison::content) words.emplace_back("--download");
  words.push_back(folder);
  words.push_back(to);
  return words;
}

std::vector<std::string> patterns_for(const std::vector<std::string>& files) {
  constexpr std::string_view special = "*?[]{}\\";
  std::vector<std::string> patterns;
  for (const std::string& file : files) {
    std::string pattern = "/";
    for (const char letter : file) {
      if (special.find(letter) != std::string_view::npos) pattern += '\\';
      pattern += letter;
    }
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

std::optional<RemoteFacts> facts_in_dump(const Json& dump, std::string_view name) {
  const Json& entry = member(dump, name);
  if (!entry.is_object()) return std::nullopt;
  RemoteFacts facts{
      .type = text_at(entry, "type"), .is_encrypted = false, .wrapped = text_at(entry, "remote")};
  facts.is_encrypted =
      facts.type == "crypt" && text_at(entry, "no_data_encryption", "false") == "false";
  return facts;
}

Secrets secrets_in_dump(const Json& dump) {
  Secrets secrets;
  if (!dump.is_object()) return secrets;
  for (const auto& [name, entry] : dump.items())
    if (entry.is_object())
      for (const auto& [option, value] : entry.items())
        if (value.is_string() && hides(option)) secrets.add(value.get<std::string>());
  return secrets;
}

std::optional<ListedFile> parse_listed(std::string_view line) {
  const auto blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto size = parse_size(line.substr(0, blank));
  if (!size) return std::nullopt;
  return ListedFile{.path = line.substr(blank + 1), .size = *size};
}

std::string trouble_in(std::string_view line) {
  const auto said = parse_json(line);
  if (!said) return std::string(trim(without_time(line)));
  if (text_at(*said, "level") != "error") return {};
  const std::string message = text_at(*said, "msg");
  const std::string object = text_at(*said, "object");
  return object.empty() ? message : fmt::format("{}: {}", object, message);
}

std::map<std::string, std::string> rclone_environment(Machine& machine) {
  std::map<std::string, std::string> environment{{"LC_ALL", "C.UTF-8"}};
  for (const char* name : passed_on)
    if (const auto value = machine.variable(name); value && !value->empty())
      environment[name] = *value;
  return environment;
}

}  // namespace ballast
