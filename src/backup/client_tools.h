// PostgreSQL's own programs, run beside a folder of this host: in a container of the database's
// image, or, where the server is outside the stack, by this host's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "live/workbench.h"
#include "tools/postgres_clients.h"

namespace ballast {

class ClientTools {
 public:
  // `operation` marks its container for recovery. The container has no network; without an image
  // the programs run on this host.
  ClientTools(Server& server, const std::string& operation, const std::string& image,
              const std::string& folder);
  // Beside a server: in its container's network, or, where it has none, on this host.
  ClientTools(Server& server, const std::string& operation, const docker::Container* beside,
              const std::string& folder);

  // Of a file in the folder, as the programs see it.
  std::string path_of(const std::string& file) const;

  // Error(failed) with its last words, unless it ended with 0. Its stdout.
  std::string must(const std::vector<std::string>& argv,
                   const std::vector<std::string>& environment, Duration deadline);
  // The same, handing its stdout on as it comes.
  void must_stream(const std::vector<std::string>& argv,
                   const std::vector<std::string>& environment, Duration deadline,
                   const Engine::Sink& output);

 private:
  Server& server_;
  std::string folder_;
  std::optional<Workbench> bench_;
};

}  // namespace ballast
