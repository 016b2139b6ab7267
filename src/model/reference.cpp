#include "model/reference.h"

namespace ballast {

namespace {

bool names_a_registry(std::string_view component) {
  return component.find_first_of(".:") != std::string_view::npos || component == "localhost";
}

}  // namespace

std::string Reference::text() const {
  return repository + (tag.empty() ? "" : ":" + tag) + (digest.empty() ? "" : "@" + digest);
}

std::string Reference::with_tag(std::string_view other) const {
  return repository + ":" + std::string(other);
}

std::string Reference::registry() const {
  const auto slash = repository.find('/');
  const std::string first = repository.substr(0, slash);
  return slash != std::string::npos && names_a_registry(first) ? first : "docker.io";
}

Reference parse_reference(std::string_view text) {
  Reference reference;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    reference.digest = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const auto colon = text.rfind(':');
  const auto slash = text.rfind('/');
  const bool tagged =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (tagged) reference.tag = text.substr(colon + 1);
  reference.repository = tagged ? text.substr(0, colon) : text;
  return reference;
}

}  // namespace ballast
