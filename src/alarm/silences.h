// What people silenced, and until when: one file, which the daemon reads and commands change. Its
// form is described in docs/formats.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alarm/mute.h"
#include "host/host.h"
#include "model/paths.h"

namespace ballast {

// All that are in the file; of one that cannot be read nothing is silenced.
std::vector<AlertSilence> read_silences(Disk& disk, const Paths& paths);
std::vector<AlertSilence> silences_in_force(Disk& disk, const Paths& paths, Time now);

// Each changes the file under a lock, so that two at once lose nothing, and forgets what is over.
// Before that it enters the audit chain.
// Error(failed) when the file holds something else, Error(locked) when others keep the lock.
AlertSilence add_silence(Host& host, const Paths& paths, AlertSilence silence);  // with its id
// What it was; nullopt: none that is not over has this id.
std::optional<AlertSilence> end_silence(Host& host, const Paths& paths, const std::string& id,
                                        const std::string& operator_name);

std::string silences_text(const std::vector<AlertSilence>& silences);
std::optional<std::vector<AlertSilence>> parse_silences(std::string_view text);  // nullopt: none

}  // namespace ballast
