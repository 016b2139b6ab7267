// .env as Compose reads it. Only the value of the tag line is ever changed; every other byte stays.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ballast {

class EnvFile {
 public:
  // `path` is for messages. Error(refused) on CRLF line ends, NUL, or not UTF-8, naming the line.
  EnvFile(std::string path, std::string text);

  const std::string& text() const { return text_; }
  // The value that Compose would see (quotes taken off); the last one wins, as in Compose.
  std::optional<std::string> value(std::string_view name) const;
  std::map<std::string, std::string> values() const;

  // The tag line. Error(refused) when there is none, it stands there twice, is commented out
  // ("#ODOO_TAG=…"), has `export ` before it, or is split over lines; each with its line number(s)
  // and what to do.
  std::string tag(std::string_view name) const;
  // The text with only the value of that line changed; its quotes and a comment behind it stay.
  std::string with_tag(std::string_view name, std::string_view tag) const;

 private:
  struct Line {
    std::size_t number;       // from 1
    std::size_t value_begin;  // offsets into text_
    std::size_t value_end;
    std::string name;
    std::string value;
    bool exported;
  };
  const Line& tag_line(std::string_view name) const;
  std::string path_;
  std::string text_;
  std::vector<Line> lines_;
};

}  // namespace ballast
