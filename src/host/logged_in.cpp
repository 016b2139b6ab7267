#include "host/logged_in.h"

#include <utmp.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "host/process_state.h"

namespace ballast {

namespace {

constexpr std::size_t most_entries = 10'000;

// Such a field need not end with a zero.
template <std::size_t size>
std::string text_of(const char (&field)[size]) {
  return {field, std::find(field, field + size, '\0')};
}

LoggedIn login_of(const utmp& entry) {
  return {.user = text_of(entry.ut_user),
          .terminal = text_of(entry.ut_line),
          .address = text_of(entry.ut_host),
          .since = Time(std::chrono::seconds(entry.ut_tv.tv_sec))};
}

}  // namespace

// The C library's own reader keeps one list for the whole process: not for threads.
std::vector<LoggedIn> logged_in_users(const std::string& list) {
  std::ifstream file(list, std::ios::binary);
  std::vector<LoggedIn> found;
  utmp entry{};
  for (std::size_t count = 0; count < most_entries; ++count) {
    if (!file.read(reinterpret_cast<char*>(&entry), sizeof entry)) break;
    if (entry.ut_type == USER_PROCESS && process_runs(entry.ut_pid))
      found.push_back(login_of(entry));
  }
  std::ranges::stable_sort(found, {}, &LoggedIn::since);
  return found;
}

}  // namespace ballast
