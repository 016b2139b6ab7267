// RESTORE.md of a set: how to restore it by hand with stock tools, in blocks of shell commands that
// can be pasted one after the other. Nothing of Ballast is needed.
#pragma once

#include <string>

#include "model/backup_set.h"

namespace ballast {

// `tag_variable`: of .env, e.g. ODOO_TAG.
std::string restore_notes(const BackupSet& set, const std::string& tag_variable);

}  // namespace ballast
