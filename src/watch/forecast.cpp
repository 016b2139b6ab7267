#include "watch/forecast.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

namespace ballast {

namespace {

constexpr Duration shortest = std::chrono::minutes(30);  // less says nothing of the hours to come
constexpr Duration stale = std::chrono::minutes(10);
constexpr Duration furthest = std::chrono::hours(24 * 365);
// Of the whole rate, what each part of the time must have had.
constexpr double share_of_each_part = 0.25;

// The time is cut into pieces of one length, each with its mean: a few for many moments.
constexpr std::size_t pieces = 12;
struct Sample {
  double hour = 0;
  double bytes = 0;
};
using Pieces = std::array<std::optional<Sample>, pieces>;

struct Part {
  std::size_t first;
  std::size_t last;
};
// Its thirds, and the end: what has ended lacks in one of them.
constexpr auto parts = std::to_array<Part>({{0, 4}, {4, 8}, {8, 11}, {10, 11}});
constexpr Part whole{0, pieces - 1};

double hours_between(Time from, Time to) {
  return std::chrono::duration<double, std::ratio<3600>>(to - from).count();
}

std::vector<FreeSpace> recent_of(std::span<const FreeSpace> past, Time now) {
  std::vector<FreeSpace> recent;
  std::ranges::copy_if(past, std::back_inserter(recent), [now](const FreeSpace& space) {
    return space.at >= now - forecast_span && space.at <= now;
  });
  return recent;
}

bool is_known_well(const std::vector<FreeSpace>& recent, Time now) {
  return !recent.empty() && now - recent.back().at <= stale &&
         recent.back().at - recent.front().at >= shortest;
}

Pieces pieces_of(const std::vector<FreeSpace>& recent) {
  const Time first = recent.front().at;
  const double length = hours_between(first, recent.back().at);
  std::array<double, pieces> count{};
  Pieces found;
  for (const FreeSpace& space : recent) {
    const double hour = hours_between(first, space.at);
    const auto number = std::min(pieces - 1, static_cast<std::size_t>(hour / length * pieces));
    Sample& sample = found[number] ? *found[number] : found[number].emplace();
    const double share = 1 / ++count[number];
    sample.hour += (hour - sample.hour) * share;
    sample.bytes += (space.bytes - sample.bytes) * share;
  }
  return found;
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// The median over all pairs (Theil-Sen): what goes up once and down again hardly moves it. Bytes
// that an hour takes; nullopt with fewer than two pieces.
std::optional<double> rate_of(const Pieces& all, const Part& part) {
  std::vector<double> rates;
  for (std::size_t left = part.first; left <= part.last; ++left)
    for (std::size_t right = left + 1; right <= part.last; ++right)
      if (all[left] && all[right])
        rates.push_back((all[left]->bytes - all[right]->bytes) /
                        (all[right]->hour - all[left]->hour));
  if (rates.empty()) return std::nullopt;
  return median_of(std::move(rates));
}

DiskForecast forecast_at(double free, double rate) {
  const double hours = free / rate;
  if (hours > std::chrono::duration<double, std::ratio<3600>>(furthest).count()) return {};
  const auto left = std::chrono::round<std::chrono::minutes>(
      std::chrono::duration<double, std::ratio<3600>>(hours));
  return {.bytes_an_hour = rate, .full_in = std::max(left, std::chrono::minutes(1))};
}

}  // namespace

std::optional<DiskForecast> forecast_of(std::span<const FreeSpace> past, Time now) {
  const std::vector<FreeSpace> recent = recent_of(past, now);
  if (!is_known_well(recent, now)) return std::nullopt;
  const Pieces all = pieces_of(recent);
  const double rate = rate_of(all, whole).value_or(0);
  bool goes_on = rate > 0;
  for (const Part& part : parts) {
    const auto here = rate_of(all, part);
    if (!here) return std::nullopt;
    goes_on = goes_on && *here >= rate * share_of_each_part;
  }
  return goes_on ? forecast_at(recent.back().bytes, rate) : DiskForecast{};
}

}  // namespace ballast
