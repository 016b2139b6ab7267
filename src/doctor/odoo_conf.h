// odoo.conf, and the command line that goes before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ballast::doctor {

struct OdooOption {
  std::string subject;  // "/etc/odoo/odoo.conf:7", or "the command line"
  std::string name;
  std::string value;
};

class OdooConf {
 public:
  // `place`: how the file is named, before the number of a line.
  OdooConf(std::string place, std::string_view text, const std::vector<std::string>& command);

  const std::string& place() const { return place_; }
  const std::vector<OdooOption>& options() const { return options_; }  // of the file
  // What holds: the command's, else the file's; nullptr: neither says it.
  const OdooOption* find(std::string_view name) const;
  bool is_off(std::string_view name) const;  // it says so
  std::uint64_t number(std::string_view name, std::uint64_t fallback) const;

 private:
  std::string place_;
  std::vector<OdooOption> options_;
  std::vector<OdooOption> words_;  // of the command
};

}  // namespace ballast::doctor
