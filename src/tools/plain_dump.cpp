#include "tools/plain_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view end_of_rows = "\\.\n";
constexpr std::string_view module_rows = "COPY public.ir_module_module (";
constexpr std::string_view dumped_from_mark = "-- Dumped from database version ";
constexpr std::string_view complete_mark = "-- PostgreSQL database dump complete";
constexpr std::string_view unaccent_statement =
    "CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;\n";
constexpr std::size_t piece_size = 256U << 10;

struct Setting {
  std::string_view statement;
  int since;  // of the server
};
constexpr auto newer_settings = std::to_array<Setting>(
    {{"SET default_table_access_method = ", 12}, {"SET transaction_timeout = ", 17}});

bool begins_rows(std::string_view line) {
  return line.starts_with("COPY ") && line.ends_with(" FROM stdin;\n");
}

bool is_any_of(std::string_view line, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view one) { return line.starts_with(one); });
}

// pg_dump's headline of what follows: "-- Name: TABLE res_users; Type: ACL; Schema: public; …"
bool is_headline(std::string_view line) {
  return is_any_of(line, {"-- Name: ", "-- Data for Name: "});
}

bool is_of_privileges(std::string_view headline) {
  return headline.find("; Type: ACL; ") != std::string_view::npos ||
         headline.find("; Type: DEFAULT ACL; ") != std::string_view::npos;
}

bool names_owner(std::string_view line) {
  return line.starts_with("ALTER ") && line.find(" OWNER TO ") != std::string_view::npos &&
         line.ends_with(";\n");
}

bool is_too_new(std::string_view line, int server) {
  return std::ranges::any_of(newer_settings, [&](const Setting& setting) {
    return server < setting.since && line.starts_with(setting.statement);
  });
}

char unescaped(char letter) {
  switch (letter) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return letter;
  }
}

}  // namespace

void PlainDump::add(std::string_view bytes) {
  while (!bytes.empty()) {
    if (passing_) {
      bytes.remove_prefix(pass_on(bytes));
      continue;
    }
    const auto end = bytes.find('\n');
    if (end == std::string_view::npos) return keep(bytes);
    line_ += line_.empty() ? std::string_view() : bytes.substr(0, end + 1);
    take_line(line_.empty() ? bytes.substr(0, end + 1) : std::string_view(line_));
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

std::size_t PlainDump::pass_on(std::string_view bytes) {
  const auto end = bytes.find('\n');
  const std::size_t size = end == std::string_view::npos ? bytes.size() : end + 1;
  on_rows(bytes.substr(0, size));
  passing_ = end == std::string_view::npos;
  return size;
}

// A row may be as long as a file that is kept in the database.
void PlainDump::keep(std::string_view bytes) {
  line_ += bytes;
  if (!in_rows_ || whole_rows_ || line_.size() < end_of_rows.size()) return;
  on_rows(line_);
  line_.clear();
  passing_ = true;
}

void PlainDump::take_line(std::string_view line) {
  if (!in_rows_) {
    on_statement(line);
    in_rows_ = begins_rows(line);
    return;
  }
  on_rows(line);
  if (line != end_of_rows) return;
  in_rows_ = false;
  whole_rows_ = false;
}

void PlainDump::end() {
  if (!line_.empty()) take_line(line_);
  line_.clear();
}

void InstalledModules::on_statement(std::string_view line) {
  columns_.clear();
  if (!line.starts_with(module_rows)) return;
  columns_ = copied_columns(line);
  whole_rows();
}

void InstalledModules::on_rows(std::string_view bytes) {
  if (columns_.empty() || bytes == end_of_rows) return;
  const auto fields = split(bytes.substr(0, bytes.find('\n')), '\t');
  std::map<std::string_view, std::string> row;
  for (std::size_t i = 0; i < std::min(columns_.size(), fields.size()); ++i)
    row[columns_[i]] = copied_field(fields[i]);
  if (row["state"] == "installed") versions_[row["name"]] = row["latest_version"];
}

DumpForLoading::DumpForLoading(int server, Sink sink) : server_(server), sink_(std::move(sink)) {}

void DumpForLoading::on_statement(std::string_view line) {
  note(line);
  if (is_wanted(line)) put(line);
}

void DumpForLoading::on_rows(std::string_view bytes) { put(bytes); }

void DumpForLoading::note(std::string_view line) {
  if (line.starts_with(dumped_from_mark) && dumped_from_.empty())
    dumped_from_ = trim(line.substr(dumped_from_mark.size()));
  if (is_headline(line)) in_privileges_ = is_of_privileges(line);
  complete_ = complete_ || line.starts_with(complete_mark);
  unaccent_ = unaccent_ || line == unaccent_statement;
}

bool DumpForLoading::is_wanted(std::string_view line) {
  if (is_any_of(line, {"\\restrict ", "\\unrestrict "})) return false;
  if (line.starts_with('\\'))
    throw Error(Kind::usage,
                fmt::format("dump.sql holds the command `{}` of psql, which may lead out of the "
                            "database that it is loaded into",
                            printable(shortened(trim(line), 60))),
                "make it again without -C: pg_dump --no-owner, or Odoo's own database manager");
  const bool of_others =
      names_owner(line) ||
      (in_privileges_ && is_any_of(line, {"GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES "}));
  if (of_others) ++left_out_;
  return !of_others && !is_too_new(line, server_);
}

void DumpForLoading::put(std::string_view bytes) {
  piece_ += bytes;
  if (piece_.size() >= piece_size) flush();
}

void DumpForLoading::flush() {
  if (!piece_.empty()) sink_(piece_);
  piece_.clear();
}

void DumpForLoading::finish() {
  end();
  flush();
}

std::vector<std::string> copied_columns(std::string_view copy_statement) {
  const auto open = copy_statement.find('(');
  const auto close = copy_statement.rfind(')');
  std::vector<std::string> columns;
  if (open == std::string_view::npos || close == std::string_view::npos || close < open)
    return columns;
  for (const std::string& name : split(copy_statement.substr(open + 1, close - open - 1), ','))
    columns.push_back(replace_all(std::string(trim(name)), "\"", ""));
  return columns;
}

std::string copied_field(std::string_view field) {
  std::string text;
  if (field == "\\N") return text;
  for (std::size_t index = 0; index < field.size(); ++index) {
    const bool escaped = field[index] == '\\' && index + 1 < field.size();
    text += escaped ? unescaped(field[++index]) : field[index];
  }
  return text;
}

}  // namespace ballast
