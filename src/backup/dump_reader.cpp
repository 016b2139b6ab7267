#include "backup/dump_reader.h"

namespace ballast {

namespace {

constexpr Duration longest_reading = std::chrono::hours(6);

}  // namespace

DumpReader::DumpReader(Server& server, const std::string& operation, const std::string& image,
                       const std::string& folder)
    : bench_(server, operation, {.image = image, .binds = {{folder, "/set", false}}}) {}

void DumpReader::read(const std::string& dump) {
  bench_.must({"pg_restore", "-f", "/dev/null", "/set/" + dump}, {}, longest_reading);
}

}  // namespace ballast
