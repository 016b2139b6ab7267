// The folders of break-glass sessions: /var/lib/ballast/sessions/<id>/, all files 0600.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/host.h"
#include "model/break_glass.h"
#include "model/paths.h"

namespace ballast {

class SessionStore {
 public:
  SessionStore(Host& host, const Paths& paths) : host_(host), paths_(paths) {}

  // Of who changes sessions; waited for.
  std::unique_ptr<Lock> lock();
  std::unique_ptr<Lock> try_lock();  // Error(locked) at once

  std::vector<BreakGlass> all();  // oldest first; what cannot be read is left out
  std::optional<BreakGlass> find(const std::string& id);
  void keep(const BreakGlass& session);
  void remove(const std::string& id);

  std::string folder(const std::string& id) const;
  std::string file(const std::string& id, std::string_view name) const;
  void write(const std::string& id, std::string_view name, std::string_view text);
  std::optional<std::string> read(const std::string& id, std::string_view name);

  std::vector<Recording> recordings(const std::string& id);  // by number
  void keep(const std::string& id, const Recording& recording);

 private:
  Host& host_;
  const Paths& paths_;
};

// One session of several, for the words of a command: an id, or a stack, which is then the one that
// is wanted. Error(usage) when there is none.
BreakGlass session_called(SessionStore& store, const std::string& word,
                          const std::function<bool(const BreakGlass&)>& wanted,
                          const std::string& what);

}  // namespace ballast
