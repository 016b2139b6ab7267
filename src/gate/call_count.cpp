#include "gate/call_count.h"

#include <algorithm>
#include <vector>

namespace ballast {

namespace {

constexpr Duration longest = std::chrono::hours(24);
constexpr std::size_t most = 1000;  // the highest rate that there is

std::string fact_of(const std::string& key) { return "gate-calls:" + key; }

std::vector<Time> calls_of(const Journal& journal, const std::string& key) {
  std::vector<Time> calls;
  const auto fact = journal.fact("", fact_of(key));
  if (!fact || !fact->value.is_array()) return calls;
  for (const Json& at : fact->value)
    if (at.is_number_integer()) calls.emplace_back(Duration(at.get<long long>()));
  return calls;
}

}  // namespace

// A clock that was set back does not give a key its calls back.
int calls_within(const Journal& journal, const std::string& key, Time now, Duration within) {
  const auto calls = calls_of(journal, key);
  return static_cast<int>(std::ranges::count_if(calls, [&](Time at) { return at > now - within; }));
}

void count_call(Journal& journal, const std::string& key, Time now) {
  auto calls = calls_of(journal, key);
  std::erase_if(calls, [&](Time at) { return at <= now - longest; });
  calls.push_back(now);
  if (calls.size() > most) calls.erase(calls.begin());
  Json list = Json::array();
  for (const Time at : calls) list.push_back(at.time_since_epoch().count());
  journal.set_fact("", fact_of(key), list, now);
}

}  // namespace ballast
