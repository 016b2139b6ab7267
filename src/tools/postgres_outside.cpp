#include "tools/postgres_outside.h"

#include <fmt/format.h>

#include "base/text.h"
#include "tools/secret_file.h"

namespace ballast {

ServerAddress read_server_address(Host& host, const std::string& url_file) {
  const std::string text = read_secret_file(
      host.disk, host.machine, url_file,
      {.holds = "a password",
       .is_for = "it says where the database server is",
       .write_it = fmt::format("write it: (umask 077 && echo 'postgres://USER:PASSWORD@HOST:5432/"
                               "postgres' > {})",
                               shell_quoted(url_file))});
  return parse_server_address(url_file, text);
}

Postgres postgres_outside(Host& host, const std::string& url_file) {
  return Postgres(
      std::make_unique<HostClients>(host.processes, read_server_address(host, url_file), url_file));
}

}  // namespace ballast
