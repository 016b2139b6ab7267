#include "backup/client_tools.h"

#include <fmt/format.h>

namespace ballast {

namespace {

constexpr const char* folder_in_container = "/set";

docker::NewContainer bench_of(const std::string& image, const std::string& folder) {
  return {.image = image, .binds = {{folder, folder_in_container, false}}};
}

docker::NewContainer bench_beside(const docker::Container& database, const std::string& folder) {
  docker::NewContainer wanted = bench_of(database.image_id, folder);
  wanted.network = "container:" + database.id;
  return wanted;
}

}  // namespace

ClientTools::ClientTools(Server& server, const std::string& operation, const std::string& image,
                         const std::string& folder)
    : server_(server), folder_(image.empty() ? folder : folder_in_container) {
  if (!image.empty()) bench_.emplace(server, operation, bench_of(image, folder));
}

ClientTools::ClientTools(Server& server, const std::string& operation,
                         const docker::Container* beside, const std::string& folder)
    : server_(server), folder_(beside == nullptr ? folder : folder_in_container) {
  if (beside != nullptr) bench_.emplace(server, operation, bench_beside(*beside, folder));
}

std::string ClientTools::path_of(const std::string& file) const {
  return fmt::format("{}/{}", folder_, file);
}

std::string ClientTools::must(const std::vector<std::string>& argv,
                              const std::vector<std::string>& environment, Duration deadline) {
  if (bench_) return bench_->must(argv, environment, deadline);
  auto result = run_on_host(server_.host.processes, {argv, environment, deadline});
  require_good(result, argv.front());
  return std::move(result.output);
}

void ClientTools::must_stream(const std::vector<std::string>& argv,
                              const std::vector<std::string>& environment, Duration deadline,
                              const Engine::Sink& output) {
  if (bench_) return bench_->must_stream(argv, environment, deadline, output);
  require_good(stream_on_host(server_.host.processes, {argv, environment, deadline}, output),
               argv.front());
}

}  // namespace ballast
