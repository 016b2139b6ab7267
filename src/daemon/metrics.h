// What the daemon knows, as a page for Prometheus. docs/manual/metrics.md says what each means.
#pragma once

#include <string>

#include "daemon/snapshot.h"
#include "host/disk.h"

namespace ballast {

// Pure.
std::string metrics_text(const Snapshot& snapshot);

// For node-exporter's textfile collector, which never sees half of it. Error(failed) when it cannot
// be written.
void write_metrics_file(Disk& disk, const std::string& path, const std::string& text);

}  // namespace ballast
