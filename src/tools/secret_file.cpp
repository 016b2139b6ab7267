#include "tools/secret_file.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr unsigned for_others = 0077;
constexpr std::uint64_t longest_secret = 64 << 10;
constexpr auto folder_of_credentials = "CREDENTIALS_DIRECTORY";

void require_ours(const std::string& path, const FileInfo& info, Machine& machine,
                  std::string_view holds) {
  if (info.type != FileType::regular)
    throw Error(Kind::refused, path + " is not a regular file", "put the file itself there");
  if (info.owner != 0 && info.owner != machine.user())
    throw Error(Kind::refused,
                fmt::format("{} holds {} and belongs to {}, not to root", path, holds,
                            machine.user_name(info.owner)),
                fmt::format("chown root {}", shell_quoted(path)));
  if ((info.mode & for_others) != 0)
    throw Error(
        Kind::refused,
        fmt::format("{} holds {} and is open to others (mode {:04o})", path, holds, info.mode),
        fmt::format("chmod 0600 {}", shell_quoted(path)));
}

std::string first_line(const std::string& path, const std::string& text, std::string_view holds) {
  const std::string_view trimmed = trim(text);
  const std::string line(trim(trimmed.substr(0, trimmed.find('\n'))));
  if (line.empty())
    throw Error(Kind::usage, fmt::format("{} is empty: it is to hold {}", path, holds),
                "write it into the file, on one line");
  if (printable(line) != line)
    throw Error(Kind::usage, fmt::format("{} holds what is no text", path),
                fmt::format("write {} into it, on one line", holds));
  return line;
}

// systemd keeps the folder from everybody else, whatever the modes in it.
std::string read_credential(Disk& disk, Machine& machine, const std::string& name,
                            std::string_view holds) {
  const auto folder = machine.variable(folder_of_credentials);
  if (!folder || folder->empty())
    throw Error(Kind::refused,
                fmt::format("the credential {} ({}) is not here: systemd hands it to the service",
                            name, holds),
                "in a command typed by hand or run by cron it is not known: the daemon sends what "
                "waits, or name a file by its absolute path");
  const std::string path = *folder + "/" + name;
  const auto text = disk.read(path, longest_secret);
  if (!text)
    throw Error(Kind::refused, fmt::format("the credential {} ({}) is missing", name, holds),
                fmt::format("add LoadCredential={}:/etc/ballast/… to the service", name));
  return first_line(path, *text, holds);
}

}  // namespace

std::string read_secret_file(Disk& disk, Machine& machine, const std::string& path,
                             const SecretWords& words) {
  const auto info = disk.info(path);
  if (!info)
    throw Error(Kind::refused, fmt::format("{} is missing: {}", path, words.is_for),
                words.write_it);
  require_ours(path, *info, machine, words.holds);
  return disk.read(path, longest_secret).value_or("");
}

std::string read_secret(Disk& disk, Machine& machine, const std::string& path,
                        const std::string& place, std::string_view holds) {
  if (!place.starts_with('/')) return read_credential(disk, machine, place, holds);
  const std::string is_for = fmt::format("it is to hold {}", holds);
  const std::string text =
      read_secret_file(disk, machine, path,
                       {.holds = holds,
                        .is_for = is_for,
                        .write_it = fmt::format("write it: (umask 077 && cat > {}), paste, Ctrl-D",
                                                shell_quoted(path))});
  return first_line(path, text, holds);
}

}  // namespace ballast
