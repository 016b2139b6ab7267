#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "doctor/weaknesses.h"

namespace ballast::doctor {

namespace {

// As the documentation of Odoo counts: a fifth of the workers does heavy work at a time.
constexpr std::uint64_t of_a_worker = 320'000'000;
constexpr std::uint64_t hard_limit_of_odoo = 2560ull << 20;
constexpr std::uint64_t cron_threads_of_odoo = 2;

struct Limit {
  std::uint64_t bytes = 0;
  std::string of;
};

// "512m", "4g", "2147483648", "1.5gb"
std::optional<std::uint64_t> bytes_in(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [after, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || number <= 0) return std::nullopt;
  constexpr std::string_view units = "bkmgt";
  const std::string unit = lower(std::string_view(after, end));
  const auto power = unit.empty() ? std::size_t{0} : units.find(unit[0]);
  if (power == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint64_t>(number * std::pow(1024, static_cast<double>(power)));
}

std::optional<Limit> limit_of(const StackSeen& stack, const Service& service) {
  for (const char* key : {"mem_limit", "deploy.resources.limits.memory"})
    if (const auto bytes = bytes_in(service.text(key)))
      return Limit{*bytes, "the limit of " + service.name};
  if (!stack.memory.value) return std::nullopt;
  return Limit{*stack.memory.value, "the memory of this server"};
}

std::string mend(const Service& service, std::uint64_t wanted) {
  const auto gigabytes = (wanted + (1ull << 30) - 1) >> 30;
  return fmt::format(
      "fewer `workers` or a smaller `limit_memory_hard` in odoo.conf; or, where the "
      "server has it,\n{}",
      in_service(service, fmt::format("mem_limit: {}g", gigabytes)));
}

Findings judged(const OdooConf& conf, const Service& service, const Limit& limit) {
  const std::uint64_t workers = conf.number("workers", 0);
  if (workers == 0) return {};  // threads of one process: its limits do not hold there
  const std::uint64_t processes =
      workers + conf.number("max_cron_threads", cron_threads_of_odoo) + 1;
  const std::uint64_t hard = conf.number("limit_memory_hard", hard_limit_of_odoo);
  const std::uint64_t needed = processes * of_a_worker;
  const OdooOption* said = conf.find("workers");
  if (needed > limit.bytes)
    return {{.subject = said->subject,
             .what = fmt::format("{} processes of Odoo need some {}; {} is {}", processes,
                                 human_bytes(needed), limit.of, human_bytes(limit.bytes)),
             .mend = mend(service, needed)}};
  if (hard > limit.bytes)
    return {
        {.subject = said->subject,
         .what = fmt::format("one worker may take {} (limit_memory_hard) before Odoo ends it; {} "
                             "is {}, so that the kernel ends all of them first",
                             human_bytes(hard), limit.of, human_bytes(limit.bytes)),
         .mend = mend(service, hard)}};
  return {};
}

}  // namespace

Findings workers_exceed_memory(const StackSeen& stack) {
  if (!stack.odoo.value) return {not_known("odoo.conf", stack.odoo.trouble)};
  if (!*stack.odoo.value) return {};
  if (!stack.services.value) return {not_known(stack.compose_path, stack.services.trouble)};
  const Service* service = stack.service(stack.policy.value->service);
  if (service == nullptr) return {};
  const auto limit = limit_of(stack, *service);
  if (limit) return judged(**stack.odoo.value, *service, *limit);
  // In a repository nobody knows the server; that a limit is missing is told by its own name.
  if (!stack.on_server) return {};
  return {not_known("memory", stack.memory.trouble)};
}

}  // namespace ballast::doctor
