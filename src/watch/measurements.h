// The history of measurements of a stack: one file of a size that time does not change, written in
// place as it goes (docs/formats.md, "Measurements"). It may be lost or removed at any time.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "host/disk.h"
#include "host/patched_file.h"
#include "watch/measurement_block.h"

namespace ballast {

struct Measured {
  std::string series;  // "memory web"
  std::string unit;    // "B", "%", "s" or nothing
  double value = 0;

  bool operator==(const Measured&) const = default;
};

// One writer for each file. It is opened with the first measurement, and stays open.
class Measurements {
 public:
  Measurements(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

  // An Error when they cannot be kept; the next call begins again. What is no number, has too long
  // a name or finds no place any more is passed over.
  void add(Time at, const std::vector<Measured>& measured);

 private:
  void open(Time at);
  void begin_anew();
  void keep(Time at, const Measured& one);
  struct Place {
    measurement::Block* block = nullptr;  // none: all that a file may have is taken
    std::size_t column = 0;
  };
  Place place_for(const measurement::SeriesName& name, Time at);
  void write_changes();

  Disk& disk_;
  std::string path_;
  std::unique_ptr<PatchedFile> file_;
  std::vector<measurement::Block> blocks_;
  Time newest_{};
};

}  // namespace ballast
