#include "model/restore_notes.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ballast {

namespace {

constexpr std::string_view in_database =
    R"($COMPOSE exec -T {} sh -c 'exec "$0" -U "${{POSTGRES_USER:-postgres}}" "$@"')";

std::string block(const std::string& commands) { return "```sh\n" + commands + "```\n\n"; }

bool is_outside(const BackupSet& set) {
  return set.database_service.empty() && !set.databases.empty();
}

// One of PostgreSQL's clients in the database's own container, as its superuser; or on this host,
// for a server outside the stack.
std::string client(const BackupSet& set, const std::string& words) {
  if (is_outside(set)) return words;
  return fmt::format(in_database, shell_quoted(set.database_service)) + " " + words;
}

std::string head(const BackupSet& set, const std::string& tag_variable) {
  return fmt::format(
             "# Restore {0} from {1} by hand\n\n"
             "Taken at {2}, release `{3}`. Everything here is done with stock tools: Docker "
             "Compose, tar, "
             "zstd, and PostgreSQL's clients {4}. Run it as root in "
             "this "
             "folder, block by block; stop at the first error. It replaces what is live: on a "
             "server "
             "that still works, take another backup first.\n\n",
             set.stack, set.id, iso_utc(set.started), set.release.tag,
             is_outside(set) ? "on this host" : "in the database's own container") +
         block(fmt::format(": \"${{STACK:=/srv/stacks/{0}}}\" \"${{COMPOSE:=docker compose}}\" "
                           "\"${{POOL:=$PWD/../../pool}}\"\nSET=$PWD\n",
                           set.stack)) +
         "Is the set whole?\n\n" + block(fmt::format("sha256sum --check --quiet {}\n", sums_file)) +
         "If the stack's own files are gone, put them back; then the tag of this set.\n\n" +
         block(fmt::format("mkdir -p \"$STACK\"\ncp -n stack/* stack/.env \"$STACK\"/\n"
                           "sed -i 's|^{0}=.*|{0}={1}|' \"$STACK/.env\"\ncd \"$STACK\"\n",
                           tag_variable, set.release.tag));
}

std::string create_words(const SetDatabase& database) {
  return fmt::format(
      "-d postgres -v ON_ERROR_STOP=1 -c {}",
      shell_quoted(fmt::format(
          "CREATE DATABASE \"{}\" OWNER \"{}\" TEMPLATE template0 ENCODING '{}' "
          "LC_COLLATE '{}' LC_CTYPE '{}'",
          replace_all(database.name, "\"", "\"\""), replace_all(database.owner, "\"", "\"\""),
          database.encoding, database.collate, database.ctype)));
}

std::string drop_words(const SetDatabase& database) {
  return fmt::format("-d postgres -v ON_ERROR_STOP=1 -c {}",
                     shell_quoted(fmt::format("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)",
                                              replace_all(database.name, "\"", "\"\""))));
}

std::string connection_words(const std::string& database) {
  return "-d " + shell_quoted("dbname='" +
                              replace_all(replace_all(database, "\\", "\\\\"), "'", "\\'") + "'");
}

std::string stop_words(const BackupSet& set) {
  return fmt::format("$COMPOSE stop {} || true\n", shell_quoted(set.release.service));
}

std::string server_in_stack(const BackupSet& set) {
  return "The release stands still; the server runs.\n\n" +
         block(stop_words(set) + fmt::format("$COMPOSE up -d {0}\nuntil {1}; do sleep 1; done\n",
                                             shell_quoted(set.database_service),
                                             client(set, "pg_isready -q -h 127.0.0.1")));
}

std::string server_outside(const BackupSet& set) {
  return "The release stands still. The server is outside the stack: say where it is, and who may "
         "make databases there.\n\n" +
         block(
             ": \"${PGHOST:?export PGHOST, PGPORT, PGUSER and PGPASSWORD first}\"\n"
             "export PGHOST PGPORT=\"${PGPORT:-5432}\" PGUSER PGPASSWORD\n" +
             stop_words(set) + "until pg_isready -q; do sleep 1; done\n");
}

// Odoo marks the function so when it makes a database, which no dump tells, and indexes need it.
std::string unaccent_words(const BackupSet& set, const SetDatabase& database) {
  if (!database.odoo) return {};
  return fmt::format(
      "if {} < \"$SET\"/{} | grep -q ' EXTENSION - unaccent '; then\n  {}\nfi\n",
      client(set, "pg_restore --list"), shell_quoted(database.dump),
      client(set, "psql -q " + connection_words(database.name) +
                      " -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION unaccent WITH SCHEMA public' -c "
                      "'ALTER FUNCTION public.unaccent(text) IMMUTABLE'"));
}

std::string databases(const BackupSet& set) {
  if (set.database_service.empty() && !is_outside(set)) return {};
  std::string text =
      "## Databases\n\n" + (is_outside(set) ? server_outside(set) : server_in_stack(set));
  text += "Roles. Those that are there already are told as errors, which is fine.\n\n";
  text += block(
      fmt::format("{} < \"$SET/{}\" || true\n", client(set, "psql -q -d postgres"), globals_file));
  for (const SetDatabase& database : set.databases) {
    if (database.dump.empty()) continue;
    text += fmt::format("`{}`:\n\n", printable(database.name));
    text += block(client(set, "psql -q " + drop_words(database)) + "\n" +
                  client(set, "psql -q " + create_words(database)) + "\n" +
                  unaccent_words(set, database) +
                  client(set, "pg_restore --exit-on-error " + connection_words(database.name)) +
                  fmt::format(" < \"$SET\"/{}\n", shell_quoted(database.dump)) +
                  client(set, "psql -q " + connection_words(database.name) + " -c ANALYZE") + "\n");
  }
  return text;
}

std::string volume_path(const SetMount& mount) {
  return mount.volume.empty()
             ? fmt::format("VOLUME={}\n", shell_quoted(mount.source))
             : fmt::format("VOLUME=$(docker volume inspect --format '{{{{.Mountpoint}}}}' {})\n",
                           shell_quoted(mount.volume));
}

std::string from_pool(const SetFilestore& filestore, const SetDatabase& database) {
  const std::string folder = shell_quoted("filestore/" + database.name);
  const std::string list = shell_quoted(database.attachments);
  return fmt::format(
      "mkdir -p \"$VOLUME\"/{0}\n"
      "(cd \"$POOL\" && xargs -r -d '\\n' -a \"$SET\"/{1} cp --parents -t \"$VOLUME\"/{0})\n"
      "chown -R {2}:{3} \"$VOLUME\"/filestore\n"
      "find \"$VOLUME\"/{0} -type d -exec chmod {4:o} {{}} +\n"
      "find \"$VOLUME\"/{0} -type f -exec chmod {5:o} {{}} +\n",
      folder, list, filestore.uid, filestore.gid, filestore.mode, filestore.mode & 0666U);
}

std::string files(const BackupSet& set) {
  std::string text = "## Files\n\nThe volumes are made, if they are gone.\n\n";
  text += block("$COMPOSE up --no-start\n");
  for (const SetVolume& volume : set.volumes)
    text += block(volume_path(volume.mount) +
                  fmt::format("zstd -dc \"$SET\"/{} | tar -x -C \"$VOLUME\"\n",
                              shell_quoted(volume.archive)));
  if (!set.filestore) return text;
  text +=
      "Attachments: of each database the files that its list names, out of the pool that all sets "
      "share.\n\n";
  for (const SetDatabase& database : set.databases)
    if (!database.attachments.empty())
      text += block(volume_path(set.filestore->mount) + from_pool(*set.filestore, database));
  if (!set.filestore_archive.empty())
    text += fmt::format(
        "Or, where the pool is gone too, all of them at once:\n\n    {}    tar -xzf "
        "\"$SET\"/{} -C \"$VOLUME\"\n\n",
        volume_path(set.filestore->mount), shell_quoted(set.filestore_archive));
  return text;
}

}  // namespace

std::string restore_notes(const BackupSet& set, const std::string& tag_variable) {
  return head(set, tag_variable) + databases(set) + files(set) + "## Start\n\n" +
         block("$COMPOSE up -d\n");
}

}  // namespace ballast
