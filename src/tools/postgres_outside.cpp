#include "tools/postgres_outside.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr unsigned for_others = 0077;
constexpr std::uint64_t longest_address = 64 << 10;

void require_regular(const std::string& path, const std::optional<FileInfo>& info) {
  if (!info)
    throw Error(Kind::refused,
                fmt::format("{} is missing: it says where the database server is", path),
                fmt::format("write it: (umask 077 && echo 'postgres://USER:PASSWORD@HOST:5432/"
                            "postgres' > {})",
                            shell_quoted(path)));
  if (info->type != FileType::regular)
    throw Error(Kind::refused, path + " is not a regular file", "put the file itself there");
}

void require_secret(const std::string& path, const FileInfo& info, Machine& machine) {
  if (info.owner != 0 && info.owner != machine.user())
    throw Error(Kind::refused,
                fmt::format("{} holds a password and belongs to {}, not to root", path,
                            machine.user_name(info.owner)),
                fmt::format("chown root {}", shell_quoted(path)));
  if ((info.mode & for_others) != 0)
    throw Error(
        Kind::refused,
        fmt::format("{} holds a password and is open to others (mode {:04o})", path, info.mode),
        fmt::format("chmod 0600 {}", shell_quoted(path)));
}

}  // namespace

ServerAddress read_server_address(Host& host, const std::string& url_file) {
  const auto info = host.disk.info(url_file);
  require_regular(url_file, info);
  require_secret(url_file, *info, host.machine);
  return parse_server_address(url_file, host.disk.read(url_file, longest_address).value_or(""));
}

Postgres postgres_outside(Host& host, const std::string& url_file) {
  return Postgres(
      std::make_unique<HostClients>(host.processes, read_server_address(host, url_file), url_file));
}

}  // namespace ballast
