// A PostgreSQL server outside of every stack, which a file of root's names.
#pragma once

#include <string>

#include "host/host.h"
#include "tools/postgres.h"

namespace ballast {

// Error(refused) when the file is absent, not root's (or ours), or not ours alone to read;
// Error(usage) when it does not hold an address.
ServerAddress read_server_address(Host& host, const std::string& url_file);

// With the clients of this host.
Postgres postgres_outside(Host& host, const std::string& url_file);

}  // namespace ballast
