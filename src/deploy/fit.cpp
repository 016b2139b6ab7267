#include "deploy/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "live/database_server.h"

namespace ballast {

namespace {

constexpr std::size_t shown_lines = 12;

// Each database gets its share, and the first ones what is left over.
std::size_t share_of(std::size_t shown, std::size_t databases) {
  const std::size_t left = shown_lines - std::min(shown, shown_lines);
  return std::max<std::size_t>(1, left / std::max<std::size_t>(1, databases));
}

// One line more says how many are not shown.
void add_differences(Fit& fit, const std::string& database, const Fingerprint& before,
                     const Fingerprint& now, std::size_t most) {
  for (const std::string& line : differences(before, now, most > 1 ? most - 1 : 1))
    fit.differences.push_back(fmt::format("{}: {}", printable(database), line));
}

std::vector<std::string> changed_databases(const Fingerprints& before, const Fingerprints& now) {
  std::vector<std::string> changed;
  for (const auto& [database, fingerprint] : before)
    if (const auto found = now.find(database);
        found != now.end() && !(found->second == fingerprint))
      changed.push_back(database);
  return changed;
}

void add_remarks(Fit& fit, const Fingerprints& before, const Fingerprints& now) {
  for (const auto& [database, fingerprint] : before)
    if (!now.contains(database))
      fit.remarks.push_back(fmt::format("{} is not there any more", printable(database)));
  for (const auto& [database, fingerprint] : now)
    if (!before.contains(database))
      fit.remarks.push_back(fmt::format("{} is newer than that release: nothing is known of it",
                                        printable(database)));
}

Fit unknown_fit(std::string because) {
  return {.answer = Fit::Answer::unknown,
          .because = std::move(because),
          .differences = {},
          .remarks = {}};
}

// Of those that were recorded: the others would only be told of, and each costs a query. The first
// one that does not answer is the last one that is asked.
Fingerprints present_fingerprints(Work& work, const Fingerprints& recorded) {
  auto postgres = server_that_runs(work.server, work.stack, work.running);
  if (!postgres)
    throw Error(Kind::failed,
                fmt::format("the database service of {} does not run", work.stack.name));
  Fingerprints found;
  for (const Database& database : postgres->databases())
    if (recorded.contains(database.name))
      found[database.name] = fingerprint_of(*postgres, database.name);
  return found;
}

std::string copies_of_running(Work& work) {
  const auto good = work.journal.releases(work.stack.name, "good");
  const docker::Container* container = work.running.of(work.stack.policy.service);
  const auto runs = [&](const ReleaseRecord& release) {
    return container == nullptr ? release.tag == work.stack.tag()
                                : release.image_id == container->image_id;
  };
  const auto found = std::ranges::find_if(good, runs);
  return found == good.end() ? std::string() : found->copies;
}

Fit fit_without_databases(Work& work, const std::string& copies, const Error& error) {
  Fit fit = recorded_fit(work.server, copies, copies_of_running(work));
  const std::string silent = "the databases do not answer: " + error.message();
  if (fit.answer == Fit::Answer::unknown)
    fit.because = silent;
  else
    fit.remarks.push_back(silent + "; it goes by what the release that runs left");
  return fit;
}

}  // namespace

Fit fit_between(const Fingerprints& before, const Fingerprints& now) {
  const auto changed = changed_databases(before, now);
  Fit fit{.answer = changed.empty() ? Fit::Answer::same : Fit::Answer::different,
          .because = {},
          .differences = {},
          .remarks = {}};
  std::size_t left = changed.size();
  for (const std::string& database : changed) {
    if (fit.differences.size() >= shown_lines) {
      fit.differences.push_back(
          fmt::format("and {} more", counted(static_cast<long long>(left), "database")));
      break;
    }
    add_differences(fit, database, before.at(database), now.at(database),
                    share_of(fit.differences.size(), left--));
  }
  add_remarks(fit, before, now);
  const bool has_one_in_common =
      std::ranges::any_of(before, [&](const auto& one) { return now.contains(one.first); });
  if (!before.empty() && !has_one_in_common) {
    fit.answer = Fit::Answer::unknown;
    fit.because = "none of its databases is there";
  }
  return fit;
}

std::optional<Fingerprints> recorded_fingerprints(Server& server, const std::string& copies) {
  if (copies.empty()) return std::nullopt;
  const std::string path = fmt::format("{}/{}", copies, schema_file);
  const auto text = server.host.disk.read(path);
  if (!text) return std::nullopt;
  const auto json = parse_json(*text);
  if (!json) throw Error(Kind::failed, fmt::format("{} is damaged", path));
  return fingerprints_from_json(*json);
}

Fit fit_of(Work& work, const std::string& copies) {
  std::optional<Fingerprints> before;
  try {
    before = recorded_fingerprints(work.server, copies);
  } catch (const Error& error) {
    return unknown_fit(error.message());
  }
  if (!before) return unknown_fit("it kept no picture of its databases");
  try {
    return fit_between(*before, present_fingerprints(work, *before));
  } catch (const Error& error) {
    if (error.kind() == Kind::interrupted) throw;
    return fit_without_databases(work, copies, error);
  }
}

Fit recorded_fit(Server& server, const std::string& copies, const std::string& running) {
  try {
    const auto before = recorded_fingerprints(server, copies);
    if (!before) return unknown_fit("it kept no picture of its databases");
    if (copies == running) return fit_between(*before, *before);
    const auto now = recorded_fingerprints(server, running);
    if (!now) return unknown_fit("the release that runs kept no picture of its databases");
    return fit_between(*before, *now);
  } catch (const Error& error) {
    return unknown_fit(error.message());
  }
}

}  // namespace ballast
