// `ballast backup export`: one database of a set as the zip archive that Odoo's own database
// manager takes. It is written beside the file that it becomes, which appears whole or not at all.
#pragma once

#include <string>

#include "host/file_writer.h"
#include "live/work.h"

namespace ballast {

struct ExportRequest {
  std::string stack;
  std::string set = "latest";  // an id, the beginning of one, or "latest"
  std::string database;        // empty: the one that the set has
  std::string file;            // whole path of the archive to be
  std::string operator_name;
  Duration wait{};
};

struct ExportResult {
  std::string operation;
  std::string set;
  std::string database;
  std::string file;
  std::string series;  // of Odoo: "18.0"
  std::uint64_t modules = 0;
  std::uint64_t attachments = 0;
  std::uint64_t lost = 0;  // that production had lost when the set was made
  WrittenFile written;
  Duration elapsed{};
};

// Error(usage) when the file exists or the database is no Odoo's, Error(refused) when there is no
// room, Error(incomplete), with names, when the set is damaged.
ExportResult export_odoo_zip(Server& server, Progress& progress, const ExportRequest& request);
Course export_course(Work& work);

}  // namespace ballast
