#include "check/addons.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace ballast {

namespace {

constexpr Duration deadline = std::chrono::seconds(60);

// For every Python from 3.7 on. The length goes into the hash so that no two trees read alike.
constexpr const char* program = R"python(
import ast, hashlib, json, os, sys, tokenize

MANIFEST = "__manifest__.py"
NOT_LITERAL = MANIFEST + " is not a literal dictionary: "


def plain(value):
    return str(value).encode("utf-8", "replace").decode()


def skipped(name):
    return name == "__pycache__" or name.endswith(".pyc")


def files_of(folder, unreadable):
    found = []
    def note(error):
        unreadable.append(error.filename)

    for place, folders, files in os.walk(folder, onerror=note):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = [name for name in folders if not skipped(name)]
        found += [os.path.join(place, name) for name in files + links if not skipped(name)]
    return sorted(found, key=os.fsencode)


def content_of(path):
    if os.path.islink(path) and not os.path.isfile(path):
        return os.fsencode(os.readlink(path))
    if not os.path.isfile(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


# What is only served, read or tried out never reaches a database.
def reaches_database(name):
    parts = name.split(os.sep)
    if len(parts) > 1:
        return parts[0] not in ("static", "tests") and not name.endswith(".pot")
    return not name.upper().startswith("README") and not name.endswith(".pot")


def hashes_of(folder, unreadable):
    digest, of_upgrade = hashlib.sha256(), hashlib.sha256()
    for path in files_of(folder, unreadable):
        name = os.fsencode(os.path.relpath(path, folder))
        try:
            content = content_of(path)
        except OSError:
            unreadable.append(path)
            content = b""
        entry = b"%s\0%d\0%s" % (name, len(content), content)
        digest.update(entry)
        if reaches_database(os.fsdecode(name)):
            of_upgrade.update(entry)
    return digest.hexdigest(), of_upgrade.hexdigest()


def depends_of(manifest):
    depends = manifest.get("depends", [])
    return [plain(name) for name in depends] if isinstance(depends, (list, tuple)) else []


def literal(source):
    try:
        value = ast.literal_eval(source)
    except SyntaxError as error:
        return {}, NOT_LITERAL + "%s (line %s)" % (error.msg, error.lineno)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return {}, NOT_LITERAL + "it holds more than literals"
    if not isinstance(value, dict):
        return {}, NOT_LITERAL + "it is a " + type(value).__name__
    return value, ""


def manifest_of(folder):
    try:
        with tokenize.open(os.path.join(folder, MANIFEST)) as file:
            return literal(file.read())
    except FileNotFoundError:
        return {}, "no " + MANIFEST
    except OSError as error:
        return {}, "not readable: %s (%s)" % (MANIFEST, error.strerror)
    except (SyntaxError, UnicodeDecodeError):
        return {}, NOT_LITERAL + "its encoding is broken"


def addon(folder):
    unreadable = []
    manifest, trouble = manifest_of(folder)
    digest, of_upgrade = hashes_of(folder, unreadable)
    if unreadable and not trouble:
        trouble = "not readable: " + os.path.relpath(unreadable[0], folder)
    return {"name": plain(os.path.basename(folder)),
            "version": plain(manifest.get("version", "")),
            "trouble": plain(trouble),
            "hash": digest,
            "upgrade_hash": of_upgrade,
            "depends": depends_of(manifest),
            "installable": bool(manifest.get("installable", True))}


def addons_of(path):
    names = sorted(os.listdir(path)) if os.path.isdir(path) else []
    names = [name for name in names if not name.startswith(".") and not skipped(name)]
    folders = [os.path.join(path, name) for name in names]
    return [addon(folder) for folder in folders if os.path.isdir(folder)]


print(json.dumps({"addons": addons_of(sys.argv[1])}))
)python";

Error unreadable(const std::string& where, const std::string& why) {
  return Error(Kind::failed, fmt::format("the addons of {} could not be read: {}", where, why),
               "the image needs python3, and its user must be able to read the folder of addons");
}

std::vector<Addon> addons_of(const Engine::ExecResult& result, const std::string& where) {
  if (result.status == 0) return parse_addons(result.output);
  const std::string& said = result.errors.empty() ? result.output : result.errors;
  throw unreadable(where, said.empty() ? fmt::format("exit status {}", result.status)
                                       : printable(last_lines(trim(said), 1)));
}

// A list that an older version kept lacks what came later.
Addon addon_from_json(const Json& json) {
  return {.name = text_at(json, "name"),
          .version = text_at(json, "version"),
          .trouble = text_at(json, "trouble"),
          .hash = text_at(json, "hash"),
          .upgrade_hash = text_at(json, "upgrade_hash"),
          .depends = texts_in(member(json, "depends")),
          .installable = flag_at(json, "installable", true)};
}

Json addon_json(const Addon& addon) {
  return {{"name", addon.name},
          {"version", addon.version},
          {"trouble", addon.trouble},
          {"hash", addon.hash},
          {"upgrade_hash", addon.upgrade_hash},
          {"depends", addon.depends},
          {"installable", addon.installable}};
}

}  // namespace

std::vector<std::string> read_addons_argv(const std::string& path) {
  return {"python3", "-I", "-c", program, path};
}

std::vector<Addon> parse_addons(const std::string& output) {
  // Warnings of Python may stand before or behind the list.
  for (const std::string& line : split_lines(output))
    if (const auto json = parse_json(line); json && member(*json, "addons").is_array())
      return addons_from_json(member(*json, "addons"));
  throw Error(Kind::failed,
              fmt::format("the list of addons is not one: {}", printable(shortened(output, 120))),
              "the image needs a python3 of 3.7 or newer");
}

std::vector<Addon> addons_of_image(Engine& engine, const std::string& image,
                                   const std::string& path, const std::string& owner_label) {
  std::vector<std::string> argv = read_addons_argv(path);
  const std::vector<std::string> entrypoint{argv.front()};
  argv.erase(argv.begin());
  const std::string where = "the image " + image;
  try {
    return addons_of(engine.run_once(image, entrypoint, argv, owner_label, deadline), where);
  } catch (const Error& error) {
    // An image without python3 is one whose container does not start.
    if (error.kind() != Kind::failed || !error.hint().empty()) throw;
    throw unreadable(where, error.message());
  }
}

std::vector<Addon> addons_of_container(Engine& engine, const std::string& container,
                                       const std::string& path) {
  return addons_of(engine.exec(container, read_addons_argv(path), {}, deadline),
                   "the container " + container.substr(0, 12));
}

Json addons_json(const std::vector<Addon>& addons) {
  Json list = Json::array();
  for (const Addon& addon : addons) list.push_back(addon_json(addon));
  return list;
}

std::vector<Addon> addons_from_json(const Json& json) {
  std::vector<Addon> addons;
  if (!json.is_array()) return addons;
  for (const Json& item : json) addons.push_back(addon_from_json(item));
  return addons;
}

std::string listing(const std::vector<Addon>& addons) {
  std::vector<std::string> lines;
  for (const Addon& addon : addons)
    lines.push_back(fmt::format("{} {} {}\n", addon.name, addon.version, addon.hash));
  std::sort(lines.begin(), lines.end());
  return join(lines, "");
}

}  // namespace ballast
