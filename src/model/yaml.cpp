#include "model/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/text.h"
#include "model/utf8.h"

namespace ballast {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t most_nodes = 1'000'000;

[[noreturn]] void refuse(const std::string& path, int line, std::string_view message,
                         std::string hint = {}) {
  throw Error(Kind::usage, fmt::format("{}:{}: {}", path, line, message), std::move(hint));
}

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(std::ranges::count(text.substr(0, offset), '\n'));
}

bool is_merge_key(const Yaml& key) { return key.scalar == "<<" && !key.quoted; }

// What an alias stands for, and what it costs to repeat it.
struct Anchored {
  Yaml node;
  std::size_t count = 0;
  std::size_t depth = 0;
};

// A list or map that is not yet closed.
struct Open {
  Yaml node;
  YAML::anchor_t anchor = 0;
  std::size_t count = 1;
  std::size_t depth = 1;
  std::optional<Yaml> key;
  std::set<std::string> keys;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& path) : path_(path) {}

  Yaml root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0)
      refuse(path_, mark.line + 1, "a second YAML document begins here",
             "keep one document in the file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(node_at(mark, Yaml::Type::null), anchor, 1, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      refuse(path_, mark.line + 1, "an alias stands inside what it names");
    spend(found->second.count, mark.line + 1);
    finish(found->second.node, 0, found->second.count, found->second.depth);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Yaml node = node_at(mark, Yaml::Type::scalar);
    node.scalar = value;
    node.quoted = tag == "!" || tag.ends_with(":str");
    finish(std::move(node), anchor, 1, 1);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node_at(mark, Yaml::Type::list), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node_at(mark, Yaml::Type::map), anchor);
  }
  void OnMapEnd() override {
    merge(open_.back());
    close();
  }

 private:
  Yaml node_at(const YAML::Mark& mark, Yaml::Type type) {
    Yaml node;
    node.type = type;
    node.line = mark.line + 1;
    spend(1, node.line);
    return node;
  }

  void spend(std::size_t count, int line) {
    nodes_ += count;
    if (nodes_ > most_nodes)
      refuse(path_, line, fmt::format("expands to more than {} values", most_nodes));
  }

  void require_depth(std::size_t depth, int line) {
    if (depth > deepest) refuse(path_, line, fmt::format("nested deeper than {}", deepest));
  }

  void open(Yaml node, YAML::anchor_t anchor) {
    require_depth(open_.size() + 1, node.line);
    open_.push_back({.node = std::move(node), .anchor = anchor, .key = std::nullopt, .keys = {}});
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    finish(std::move(closed.node), closed.anchor, closed.count, closed.depth);
  }

  void finish(Yaml node, YAML::anchor_t anchor, std::size_t count, std::size_t depth) {
    require_depth(open_.size() + depth, node.line);
    if (anchor != 0) {
      spend(count, node.line);
      anchors_[anchor] = {node, count, depth};
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    open_.back().count += count;
    open_.back().depth = std::max(open_.back().depth, depth + 1);
    attach(open_.back(), std::move(node));
  }

  void attach(Open& parent, Yaml node) {
    if (parent.node.type == Yaml::Type::list) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      take_key(parent, std::move(node));
    } else {
      // The parser places an absent value where the next token is.
      if (node.type == Yaml::Type::null) node.line = parent.key->line;
      parent.node.entries.emplace_back(*std::move(parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void take_key(Open& parent, Yaml key) {
    if (key.type != Yaml::Type::scalar)
      refuse(path_, key.line, "a key must be a word", "write `key: value`");
    if (!parent.keys.insert(key.scalar).second)
      refuse(path_, key.line,
             fmt::format("the key `{}` stands here twice", printable(shortened(key.scalar, 60))),
             "keep one of the two");
    parent.key = std::move(key);
  }

  // What the map says itself wins over what is merged, and the first merged over the later ones.
  void merge(Open& map) {
    auto& entries = map.node.entries;
    const auto found =
        std::ranges::find_if(entries, [](const auto& entry) { return is_merge_key(entry.first); });
    if (found == entries.end()) return;
    const Yaml merged = std::move(found->second);
    entries.erase(found);
    if (merged.type != Yaml::Type::list) return merge_from(map, merged);
    for (const Yaml& source : merged.items) merge_from(map, source);
  }

  void merge_from(Open& map, const Yaml& source) {
    if (source.type != Yaml::Type::map)
      refuse(path_, source.line, "`<<` merges maps only", "write `<<: *name` of a map");
    for (const auto& entry : source.entries)
      if (map.keys.insert(entry.first.scalar).second) map.node.entries.push_back(entry);
  }

  const std::string& path_;
  Yaml root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

void require_text(const std::string& path, std::string_view text) {
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    refuse(path, line_at(text, at), "a zero byte: this is no text file");
  if (const auto at = first_not_utf8(text)) refuse(path, line_at(text, *at), "not UTF-8");
}

[[noreturn]] void refuse_syntax(const std::string& path, const YAML::Exception& error) {
  refuse(path, std::max(error.mark.line + 1, 1), fmt::format("not YAML: {}", printable(error.msg)),
         "look at the blanks and quotes of that line and the one above");
}

// Words that YAML, of one version or another, takes for something else than text.
constexpr auto special_words =
    std::to_array<std::string_view>({"false", "n", "no", "null", "off", "on", "true", "y", "yes"});

bool is_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool fits_plain(char letter) {
  return is_letter(letter) || is_digit(letter) ||
         std::string_view("_./-:@+=%").find(letter) != std::string_view::npos;
}

bool looks_like_a_number(std::string_view text) {
  return is_digit(text.front()) && std::ranges::all_of(text, [](char letter) {
           return is_digit(letter) ||
                  std::string_view("abcdefABCDEFxXoO._:+-").find(letter) != std::string_view::npos;
         });
}

bool begins_plain(std::string_view text) {
  if (text.starts_with("--")) return text.size() > 2 && is_letter(text[2]);
  return is_letter(text.front()) || is_digit(text.front()) || text.front() == '/' ||
         text.front() == '_';
}

bool is_plain(std::string_view text) {
  return !text.empty() && begins_plain(text) && std::ranges::all_of(text, fits_plain) &&
         !text.ends_with(':') && !looks_like_a_number(text) &&
         !std::ranges::binary_search(special_words, lower(text));
}

std::string escaped(char letter) {
  switch (letter) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\t': return "\\t";
    default: break;
  }
  const auto byte = static_cast<unsigned char>(letter);
  return byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, letter);
}

}  // namespace

Yaml::Yaml() = default;
Yaml::~Yaml() = default;
Yaml::Yaml(const Yaml&) = default;
Yaml::Yaml(Yaml&&) noexcept = default;
Yaml& Yaml::operator=(const Yaml&) = default;
Yaml& Yaml::operator=(Yaml&&) noexcept = default;

const Yaml* Yaml::find(std::string_view key) const {
  const auto found =
      std::ranges::find_if(entries, [&](const auto& entry) { return entry.first.scalar == key; });
  return found == entries.end() ? nullptr : &found->second;
}

Yaml parse_yaml(const std::string& path, std::string_view text) {
  require_text(path, text);
  TreeBuilder builder(path);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    refuse_syntax(path, error);
  }
  return builder.root();
}

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char letter : text) quoted += escaped(letter);
  return quoted + "\"";
}

}  // namespace ballast
