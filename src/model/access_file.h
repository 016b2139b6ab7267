// /etc/ballast/access.yaml: which key of the gate may do what. Root's alone; never a stack's own.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/network.h"
#include "model/open_hours.h"

namespace ballast {

// At most so many calls within a time.
struct CallRate {
  int calls = 0;
  Duration within{};
  std::string text;  // "6 per hour", as it stands in the file
};

struct AccessKey {
  std::string name;                       // "github-ci"
  std::string fingerprint;                // "SHA256:…"; empty: it is known by its name alone
  std::vector<std::string> stacks;        // at least one
  std::vector<std::string> verbs;         // at least one
  std::vector<std::string> environments;  // empty: any
  std::optional<CallRate> rate;
  std::vector<OpenHours> hours;  // empty: always
  std::vector<Network> from;     // empty: from anywhere
  bool refuses_older = false;    // than what runs
};

struct AccessFile {
  std::string user = "deploy";  // who may call the gate, beside root
  std::vector<AccessKey> keys;

  const AccessKey* named(std::string_view name) const;  // nullptr: none
  const AccessKey* with_fingerprint(std::string_view fingerprint) const;
};

// What the gate does for a key, sorted.
std::vector<std::string> gate_verbs();

// [a-z0-9][a-z0-9_-]*, at most 63.
bool is_key_name(std::string_view name);

// Error(usage) "<path>:<line>: …", for unknown keys with the nearest known one in its hint; `x-…`
// keys are free.
AccessFile read_access_file(const std::string& path, std::string_view text);

}  // namespace ballast
