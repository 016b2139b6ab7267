#include "restore/exchange.h"

#include <algorithm>

#include "model/reference.h"
#include "restore/folder_swap.h"

namespace ballast {

namespace {

constexpr const char* parked_fact = "parked";

Json database_json(const DatabaseSwap& swap) {
  Json json = name_swap_json(swap.names);
  json["owner"] = swap.owner;
  return json;
}

Json names_json(const std::vector<NameSwap>& swaps) {
  Json list = Json::array();
  for (const NameSwap& swap : swaps) list.push_back(name_swap_json(swap));
  return list;
}

std::vector<NameSwap> names_from(const Json& list) {
  std::vector<NameSwap> swaps;
  for (const Json& json : list) swaps.push_back(name_swap_from_json(json));
  return swaps;
}

Json parked_json(const Parked& parked) {
  return {{"operation", parked.operation},
          {"at", iso_utc(parked.at)},
          {"exchange", exchange_json(parked.exchange)},
          {"tag", parked.tag},
          {"image", parked.image},
          {"image_id", parked.image_id},
          {"files", parked.files}};
}

Parked parked_from_json(const Json& json) {
  return {.operation = text_at(json, "operation"),
          .at = parse_time(text_at(json, "at")).value_or(Time{}),
          .exchange = exchange_from_json(member(json, "exchange")),
          .tag = text_at(json, "tag"),
          .image = text_at(json, "image"),
          .image_id = text_at(json, "image_id"),
          .files = text_at(json, "files")};
}

void write(Journal& journal, const std::string& stack, const std::vector<Parked>& all, Time now) {
  Json list = Json::array();
  for (const Parked& parked : all) list.push_back(parked_json(parked));
  journal.set_fact(stack, parked_fact, list, now);
}

std::string sibling(const std::string& path, const std::string& operation) {
  const auto slash = path.rfind('/') + 1;
  return path.substr(0, slash) + parked_name(path.substr(slash), operation);
}

NameSwap back(const NameSwap& swap, const std::string& parked) {
  return {.incoming = swap.parked, .live = swap.live, .parked = parked};
}

}  // namespace

Json exchange_json(const Exchange& exchange) {
  Json databases = Json::array();
  for (const DatabaseSwap& swap : exchange.databases) databases.push_back(database_json(swap));
  return {{"databases", databases},
          {"folders", names_json(exchange.folders)},
          {"contents", names_json(exchange.contents)},
          {"shares_files", exchange.shares_files},
          {"whole_stack", exchange.whole_stack},
          {"services", exchange.services},
          {"tag", exchange.tag},
          {"repository", exchange.repository},
          {"image_id", exchange.image_id}};
}

Exchange exchange_from_json(const Json& json) {
  Exchange exchange{.databases = {},
                    .folders = names_from(member(json, "folders")),
                    .contents = names_from(member(json, "contents")),
                    .shares_files = flag_at(json, "shares_files"),
                    .whole_stack = flag_at(json, "whole_stack"),
                    .services = {},
                    .tag = text_at(json, "tag"),
                    .repository = text_at(json, "repository"),
                    .image_id = text_at(json, "image_id")};
  for (const Json& swap : member(json, "databases"))
    exchange.databases.push_back({name_swap_from_json(swap), text_at(swap, "owner")});
  for (const Json& service : member(json, "services"))
    exchange.services.push_back(service.get<std::string>());
  return exchange;
}

std::vector<Parked> parked_of(const Journal& journal, const std::string& stack) {
  std::vector<Parked> all;
  if (const auto fact = journal.fact(stack, parked_fact))
    for (const Json& json : fact->value) all.push_back(parked_from_json(json));
  return all;
}

void keep_parked(Journal& journal, const std::string& stack, const Parked& parked) {
  auto all = parked_of(journal, stack);
  std::erase_if(all, [&](const Parked& one) { return one.operation == parked.operation; });
  all.push_back(parked);
  write(journal, stack, all, parked.at);
}

void forget_parked(Journal& journal, const std::string& stack, const std::string& operation,
                   Time now) {
  auto all = parked_of(journal, stack);
  std::erase_if(all, [&](const Parked& one) { return one.operation == operation; });
  write(journal, stack, all, now);
}

Exchange exchange_back(const Parked& parked, const std::string& undo) {
  Exchange exchange{.databases = {},
                    .folders = {},
                    .contents = {},
                    .shares_files = parked.exchange.shares_files,
                    .services = parked.exchange.services,
                    .tag = parked.tag,
                    .repository = parse_reference(parked.image).repository,
                    .image_id = parked.image_id};
  for (const DatabaseSwap& swap : parked.exchange.databases)
    exchange.databases.push_back({back(swap.names, parked_name(swap.names.live, undo)), {}});
  for (const NameSwap& swap : parked.exchange.folders)
    exchange.folders.push_back(back(swap, sibling(swap.live, undo)));
  for (const NameSwap& swap : parked.exchange.contents)
    exchange.contents.push_back(back(swap, parked_content(swap.live, undo)));
  return exchange;
}

}  // namespace ballast
