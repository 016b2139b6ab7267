// The plain SQL that pg_dump writes, as a stream of any size: statements line by line, and between
// them the rows of COPY. What is told of a row's or a statement's text is never taken for the
// other.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

class PlainDump {
 public:
  virtual ~PlainDump() = default;
  void add(std::string_view bytes);
  void end();  // of the last line, if no line break ends it

 protected:
  // With its line break.
  virtual void on_statement(std::string_view line) = 0;
  // Of rows, the line that ends them included: pieces of any length, or, where `on_statement` asked
  // for whole_rows(), line by line.
  virtual void on_rows(std::string_view bytes) = 0;
  void whole_rows() { whole_rows_ = true; }

 private:
  void take_line(std::string_view line);
  // Of a row what is there; nothing of it is kept.
  std::size_t pass_on(std::string_view bytes);
  void keep(std::string_view bytes);

  std::string line_;  // as far as it has come
  bool in_rows_ = false;
  bool whole_rows_ = false;
  bool passing_ = false;  // a row whose beginning was handed on
};

// The modules that a dump of Odoo's database says are installed.
class InstalledModules : public PlainDump {
 public:
  const std::map<std::string, std::string>& versions() const { return versions_; }

 protected:
  void on_statement(std::string_view line) override;
  void on_rows(std::string_view bytes) override;

 private:
  std::vector<std::string> columns_;  // of the COPY that is being read; none: another table's
  std::map<std::string, std::string> versions_;
};

// A dump from elsewhere as it can be loaded here, in the name of another role. Left out is what
// only that other server knows: owners, privileges, settings of a newer version, and psql's own
// `\restrict`. Error(usage) for any other command of psql's: `\connect` would lead to a live
// database.
class DumpForLoading : public PlainDump {
 public:
  using Sink = std::function<void(std::string_view bytes)>;
  DumpForLoading(int server, Sink sink);  // its major version

  void finish();  // instead of end()
  bool is_complete() const { return complete_; }
  bool has_unaccent() const { return unaccent_; }
  const std::string& dumped_from() const { return dumped_from_; }  // "17.2 (Debian 17.2-1)"
  std::size_t left_out() const { return left_out_; }  // statements on owners and privileges

 protected:
  void on_statement(std::string_view line) override;
  void on_rows(std::string_view bytes) override;

 private:
  bool is_wanted(std::string_view line);
  void note(std::string_view line);
  void put(std::string_view bytes);
  void flush();

  int server_;
  Sink sink_;
  std::string piece_;
  bool in_privileges_ = false;
  bool complete_ = false;
  bool unaccent_ = false;
  std::string dumped_from_;
  std::size_t left_out_ = 0;
};

// Pure, and what the classes above are made of.
std::vector<std::string> copied_columns(std::string_view copy_statement);
std::string copied_field(std::string_view field);  // without COPY's escapes; "" for NULL

}  // namespace ballast
