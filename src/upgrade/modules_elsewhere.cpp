#include <fmt/format.h>

#include <algorithm>

#include "upgrade/modules.h"

namespace ballast {

namespace {

constexpr Duration deadline = std::chrono::seconds(60);

// Odoo itself is not imported: it is only looked for. Without `base` it was not found whole.
constexpr const char* program = R"python(
import ast, configparser, importlib.util, json, os, tokenize

MANIFEST = "__manifest__.py"


def folders_of_odoo():
    spec = importlib.util.find_spec("odoo")
    for place in list(spec.submodule_search_locations or []) if spec else []:
        yield os.path.join(place, "addons")
        yield os.path.join(os.path.dirname(place), "addons")


def folders_of_configuration():
    settings = configparser.RawConfigParser(strict=False)
    settings.read(os.environ.get("ODOO_RC") or "/etc/odoo/odoo.conf")
    path = settings.get("options", "addons_path", fallback="")
    return [place.strip() for place in path.split(",") if place.strip()]


def module(folder):
    with tokenize.open(os.path.join(folder, MANIFEST)) as file:
        manifest = ast.literal_eval(file.read())
    return {"name": os.path.basename(folder),
            "version": str(manifest.get("version", "")),
            "depends": [str(name) for name in manifest.get("depends", [])],
            "installable": bool(manifest.get("installable", True))}


def modules(places):
    found = {}
    for place in places:
        for name in sorted(os.listdir(place)) if os.path.isdir(place) else []:
            folder = os.path.join(place, name)
            if name in found or not os.path.isfile(os.path.join(folder, MANIFEST)):
                continue
            try:
                found[name] = module(folder)
            except Exception:
                found[name] = {"name": name, "trouble": "its manifest cannot be read"}
    return found


found = modules([*folders_of_configuration(), *folders_of_odoo()])
print(json.dumps({"addons": list(found.values()) if "base" in found else []}))
)python";

}  // namespace

std::vector<std::string> read_modules_argv() { return {"python3", "-I", "-c", program}; }

std::optional<std::vector<Addon>> modules_elsewhere(Engine& engine, const std::string& image,
                                                    const std::string& operation) {
  std::vector<std::string> argv = read_modules_argv();
  const std::vector<std::string> entrypoint{argv.front()};
  argv.erase(argv.begin());
  const auto result = engine.run_once(image, entrypoint, argv, operation, deadline);
  if (result.status != 0)
    throw Error(
        Kind::failed,
        fmt::format("the modules of the image could not be read: exit status {}", result.status));
  auto found = parse_addons(result.output);
  return found.empty() ? std::nullopt : std::optional(std::move(found));
}

}  // namespace ballast
