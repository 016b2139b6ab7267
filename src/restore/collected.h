// Attachments whose rows came back while their files did not: an Odoo collected them as long as
// another database stood under that name. They come back out of the pool.
#pragma once

#include <cstdint>
#include <string>

#include "live/work.h"
#include "tools/postgres.h"

namespace ballast {

// What the rows of a database name and its filestore lacks, out of the pool, with the owner and the
// modes of what lies there. Nothing else in the filestore is touched. How many were put back.
std::uint64_t put_back_attachments(Work& work, Postgres& postgres, const std::string& database,
                                   Progress& progress);

}  // namespace ballast
