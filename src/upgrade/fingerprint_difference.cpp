#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "upgrade/fingerprint.h"

namespace ballast {

namespace {

constexpr std::size_t most_columns = 6;
constexpr std::size_t longest_type = 60;

using Lines = std::vector<std::string>;
using Texts = std::map<std::string, std::string>;

std::string shown_name(const std::string& name) {
  std::string text = name;
  for (const std::string_view prefix : {"public.", "view public.", "type public."})
    if (name.starts_with(prefix)) {
      text = name;
      text.erase(prefix.size() - std::string_view("public.").size(),
                 std::string_view("public.").size());
    }
  return printable(text);
}

bool is_type(const std::string& name) { return name.starts_with("type "); }
bool is_view(const std::string& name) { return name.starts_with("view "); }

std::string shown_type(const std::string& text) { return printable(shortened(text, longest_type)); }

Lines column_changes(const Texts& before, const Texts& after) {
  Lines found;
  for (const auto& [name, type] : before) {
    const auto now = after.find(name);
    if (now == after.end())
      found.push_back(fmt::format("{} gone", printable(name)));
    else if (now->second != type)
      found.push_back(
          fmt::format("{} {}, was {}", printable(name), shown_type(now->second), shown_type(type)));
  }
  for (const auto& [name, type] : after)
    if (!before.contains(name)) found.push_back(fmt::format("{} new", printable(name)));
  return found;
}

std::string columns_text(Lines changes) {
  if (changes.size() > most_columns) {
    const std::size_t more = changes.size() - most_columns;
    changes.resize(most_columns);
    changes.push_back(fmt::format("and {} more", more));
  }
  return "column " + join(changes, ", ");
}

std::string change_of(const std::string& name, const TableShape& before, const TableShape& after) {
  if (is_type(name)) return "changed";
  Lines parts;
  if (const Lines columns = column_changes(before.columns, after.columns); !columns.empty())
    parts.push_back(columns_text(columns));
  if (before.rest != after.rest)
    parts.emplace_back(is_view(name) ? "its definition changed" : "constraints or indexes changed");
  return join(parts, "; ");
}

void add_tables(Lines& lines, const Fingerprint& before, const Fingerprint& after) {
  for (const auto& [name, table] : before.tables) {
    const auto now = after.tables.find(name);
    if (now == after.tables.end())
      lines.push_back(shown_name(name) + ": gone");
    else if (now->second != table)
      lines.push_back(fmt::format("{}: {}", shown_name(name), change_of(name, table, now->second)));
  }
  for (const auto& [name, table] : after.tables)
    if (!before.tables.contains(name)) lines.push_back(shown_name(name) + ": new");
}

void add_modules(Lines& lines, const Texts& before, const Texts& after) {
  for (const auto& [name, version] : before) {
    const auto now = after.find(name);
    if (now == after.end())
      lines.push_back(fmt::format("module {}: no longer installed", printable(name)));
    else if (now->second != version)
      lines.push_back(fmt::format("module {}: {}, was {}", printable(name), printable(now->second),
                                  printable(version)));
  }
  for (const auto& [name, version] : after)
    if (!before.contains(name))
      lines.push_back(fmt::format("module {}: newly installed", printable(name)));
}

}  // namespace

std::vector<std::string> differences(const Fingerprint& before, const Fingerprint& after,
                                     std::size_t most) {
  Lines lines;
  add_tables(lines, before, after);
  add_modules(lines, before.modules, after.modules);
  if (lines.size() <= most) return lines;
  const std::size_t more = lines.size() - most;
  lines.resize(most);
  lines.push_back(fmt::format("and {} more", more));
  return lines;
}

}  // namespace ballast
