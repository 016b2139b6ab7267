// Image references: [registry[:port]/]path[:tag][@digest].
#pragma once

#include <string>
#include <string_view>

namespace ballast {

struct Reference {
  std::string repository;  // with the registry: "ghcr.io/acme/odoo", "127.0.0.1:5000/shop", "odoo"
  std::string tag;         // may be empty
  std::string digest;      // "sha256:…", may be empty

  std::string text() const;
  std::string with_tag(std::string_view other) const;  // repository:other
  // "docker.io" for names without a registry.
  std::string registry() const;
};

Reference parse_reference(std::string_view text);

}  // namespace ballast
