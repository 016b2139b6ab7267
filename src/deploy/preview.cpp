#include "deploy/preview.h"

#include <fmt/format.h>

namespace ballast {

namespace {

constexpr std::uint64_t journal_limit = 1u << 30;

void copy_when_present(Server& server, const std::string& from, const std::string& to) {
  if (const auto bytes = server.host.disk.read(from, journal_limit))
    server.host.disk.replace(to, *bytes, 0600);
}

}  // namespace

PreviewJournal::PreviewJournal(Server& server)
    : server_(server),
      folder_(fmt::format("{}/preview-{}-{}", server.paths.run(), server.host.machine.process(),
                          server.host.machine.random_hex(6))) {
  server_.host.disk.make_directories(server_.paths.run());  // the gate's user has to get through it
  server_.host.disk.make_directories(folder_, 0700);
  const std::string copy = folder_ + "/ballast.db";
  copy_when_present(server_, server_.paths.journal() + "-wal", copy + "-wal");
  copy_when_present(server_, server_.paths.journal(), copy);
  journal_.emplace(copy);
}

PreviewJournal::~PreviewJournal() {
  journal_.reset();
  try {
    server_.host.disk.remove_tree(folder_);
  } catch (const Error&) {
    return;  // a leftover in /run is gone with the next boot
  }
}

}  // namespace ballast
