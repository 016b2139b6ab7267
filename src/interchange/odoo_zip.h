// What is in an archive of Odoo's database manager, looked at before anything of it is used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/zips.h"
#include "model/odoo_archive.h"

namespace ballast {

struct OdooZip {
  std::uint64_t dump_bytes = 0;  // unpacked
  std::uint64_t attachments = 0;
  std::uint64_t attachment_bytes = 0;
  std::vector<std::string> others;  // that nothing is made of
  OdooManifest manifest;            // empty where there is none
};

// Reads its directory and its manifest. Error(usage) when it is no such archive, or holds what
// leads out of it.
OdooZip look_at_odoo_zip(Zips& zips, const std::string& path);

}  // namespace ballast
