// A service as its compose files write it, with the place of each word. What Compose itself makes
// of them has no places.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/finding.h"
#include "model/compose_file.h"
#include "model/yaml.h"

namespace ballast::doctor {

// A value, and where it stands.
struct Written {
  std::string path;
  const Yaml* node = nullptr;

  std::string subject() const;  // "docker-compose.yml:12"
};

struct ServiceLayer {
  std::string path;  // of the compose file, or of the one that overrides it
  int line = 0;
  Yaml node;
};

struct Service {
  std::string name;
  std::vector<ServiceLayer> layers;  // what stands in a later one holds
  bool ends_by_itself = false;       // another one waits for it to have done its work

  // "deploy.resources.limits.memory"; nullopt: absent or empty.
  std::optional<Written> find(std::string_view keys) const;
  std::string text(std::string_view keys) const;           // of a scalar; else empty
  std::vector<Written> items(std::string_view key) const;  // of a list, in all layers
  std::string subject() const;                             // where it begins
  bool extends() const;                                    // another file says more of it

  std::string image() const { return text("image"); }
};

struct ComposeText {
  std::string path;
  std::string text;
};

// With the values of .env put in. Error(usage) when a file is broken.
std::vector<Service> read_services(const std::vector<ComposeText>& files,
                                   const std::map<std::string, std::string>& values);

struct WrittenPort {
  Written at;
  ComposePort port;
};
std::vector<WrittenPort> ports_of(const Service& service);

struct WrittenMount {
  Written at;
  ComposeMount mount;
};
std::vector<WrittenMount> mounts_of(const Service& service);

// "postgres" of "docker.io/library/postgres:15"
std::string image_name(std::string_view image);
bool is_database(const Service& service);

}  // namespace ballast::doctor
