// A journal to look into for --dry-run: a copy in memory's place, so that nothing of the real one
// changes.
#pragma once

#include "journal/journal.h"
#include "live/server.h"

namespace ballast {

class PreviewJournal {
 public:
  explicit PreviewJournal(Server& server);
  ~PreviewJournal();
  PreviewJournal(const PreviewJournal&) = delete;
  PreviewJournal& operator=(const PreviewJournal&) = delete;
  Journal& get() { return *journal_; }
  const std::string& folder() const { return folder_; }  // gone with it

 private:
  Server& server_;
  std::string folder_;
  std::optional<Journal> journal_;
};

}  // namespace ballast
