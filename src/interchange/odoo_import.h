// `ballast backup import`: a zip archive of Odoo's own database manager becomes a database beside
// the others of a stack. It is made and proved under another name, then renamed.
#pragma once

#include <string>
#include <vector>

#include "live/work.h"
#include "model/backup_set.h"

namespace ballast {

struct ImportRequest {
  std::string stack;
  std::string file;   // whole path
  std::string as;     // name of the database; empty: the one that the archive tells
  bool live = false;  // as it is: its mail and jobs run as soon as it is in
  std::string operator_name;
  Duration wait{};
};

struct ImportResult {
  std::string operation;
  std::string file;
  std::string database;
  bool neutralised = false;
  std::uint64_t attachments = 0;
  std::vector<Damage> damage;  // that the database names and the archive lacks
  Duration elapsed{};
};

ImportResult import_odoo_zip(Server& server, Progress& progress, const ImportRequest& request);
Course import_course(Work& work);

}  // namespace ballast
