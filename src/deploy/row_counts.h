// Rows in the tables that a policy counts, to tell what would be lost.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "tools/postgres.h"

namespace ballast {

// {"ten_a": {"res_users": 12, …}, …}; a table that is absent is left out.
Json row_counts(Postgres& postgres, const std::vector<std::string>& databases,
                const std::vector<std::string>& tables);

// Pure. "ten_a: res_partner 3 rows more, res_users 1 row fewer"; databases without a difference are
// left out.
std::vector<std::string> row_differences(const Json& before, const Json& after);

// The same for now; what cannot be counted is a line that says so.
std::vector<std::string> rows_written(Postgres& postgres, const std::vector<std::string>& databases,
                                      const std::vector<std::string>& tables, const Json& before);

}  // namespace ballast
