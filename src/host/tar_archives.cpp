#include "host/tar_archives.h"

#include "base/error.h"
#include "host/tar_extraction.h"
#include "host/tar_reader.h"
#include "host/tar_writer.h"

namespace ballast {

std::unique_ptr<ArchiveWriter> TarArchives::create(const std::string& path, Packing packing,
                                                   OnBytes on_bytes) {
  return std::make_unique<TarWriter>(path, packing, std::move(on_bytes));
}

ArchiveContent TarArchives::verify(const std::string& path, const OnBytes& on_bytes) {
  TarReader reader(path, on_bytes);
  while (reader.next()) reader.read_data([](std::string_view, std::uint64_t) {});
  return reader.content();
}

ArchiveContent TarArchives::extract(const std::string& path, const std::string& folder,
                                    const OnBytes& on_bytes) {
  TarReader reader(path, on_bytes);
  TarExtraction(reader, path, folder).run();
  if (!reader.content().damage.empty())
    throw Error(Kind::verification, path + " is damaged: " + reader.content().damage);
  return reader.content();
}

}  // namespace ballast
