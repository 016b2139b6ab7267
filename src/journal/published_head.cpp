#include "journal/published_head.h"

#include "journal/journal.h"

namespace ballast {

std::string published_head(const std::string& journal) {
  try {
    const auto opened = Journal::open_for_reading(journal);
    const auto head = opened ? opened->audit_head() : std::nullopt;
    return head ? head->text() : std::string();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace ballast
