#include "interchange/odoo_zip.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace ballast {

namespace {

constexpr std::uint64_t longest_manifest = 16u << 20;

bool is_used(OdooMember kind) {
  return kind == OdooMember::dump || kind == OdooMember::manifest || kind == OdooMember::attachment;
}

Error unfit(const std::string& path, const ZipEntry& entry, std::string_view what) {
  return Error(Kind::usage, fmt::format("{} holds `{}`, {}", path, printable(entry.name), what),
               "Odoo's own database manager would not have written it");
}

void require_fit(const std::string& path, const ZipEntry& entry, OdooMember kind) {
  if (leads_out(entry.name)) throw unfit(path, entry, "which leads out of it");
  if (is_used(kind) && !entry.is_file) throw unfit(path, entry, "which is no file");
  if (is_used(kind) && entry.encrypted) throw unfit(path, entry, "which is encrypted");
  if (kind == OdooMember::manifest && entry.size > longest_manifest)
    throw unfit(path, entry, "which is larger than any manifest");
}

OdooManifest read_manifest(const std::string& path, ZipReader& zip) {
  std::string text;
  zip.read([&](std::string_view bytes) { text += bytes; });
  return parse_odoo_manifest(path, text);
}

}  // namespace

OdooZip look_at_odoo_zip(Zips& zips, const std::string& path) {
  const auto zip = zips.open(path);
  OdooZip found;
  int dumps = 0;
  while (const auto entry = zip->next()) {
    const OdooMember kind = odoo_member(entry->name).kind;
    require_fit(path, *entry, kind);
    if (kind == OdooMember::manifest) found.manifest = read_manifest(path, *zip);
    if (kind == OdooMember::other) found.others.push_back(entry->name);
    if (kind == OdooMember::dump && ++dumps > 1) throw unfit(path, *entry, "more than once");
    if (kind == OdooMember::dump) found.dump_bytes = entry->size;
    if (kind != OdooMember::attachment) continue;
    ++found.attachments;
    found.attachment_bytes += entry->size;
  }
  if (dumps == 0)
    throw Error(Kind::usage, fmt::format("{} has no {}", path, odoo_dump_name),
                "it is no archive of Odoo's database manager, which has dump.sql, filestore/ and "
                "manifest.json at its top");
  return found;
}

}  // namespace ballast
