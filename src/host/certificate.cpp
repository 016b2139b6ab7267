#include "host/certificate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "host/curl_exchange.h"

namespace ballast {

namespace {

constexpr std::string_view expiry = "Expire date:";

// What is believed does not matter: it is looked at also when it has expired.
void prepare(CURL* handle, const std::string& url, const CurlList& connect, Duration deadline) {
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<long long>(deadline.count(), 1)));
  if (connect) curl_easy_setopt(handle, CURLOPT_CONNECT_TO, connect.get());
}

// The first of the chain is the server's own.
std::optional<Time> expiry_of(CURL* handle) {
  curl_certinfo* chain = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
      chain->num_of_certs < 1)
    return std::nullopt;
  for (const curl_slist* entry = chain->certinfo[0]; entry != nullptr; entry = entry->next)
    if (const std::string_view line = entry->data; line.starts_with(expiry))
      return parse_certificate_time(trim(line.substr(expiry.size())));
  return std::nullopt;
}

std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

CertificateSeen see_certificate(const std::string& url, const std::string& connect_to,
                                Duration deadline) {
  const CurlHandle handle(curl_easy_init());
  if (!handle) return {.expires = {}, .trouble = "no memory for a connection"};
  CurlList connect;
  if (!connect_to.empty()) connect.reset(curl_slist_append(nullptr, ("::" + connect_to).c_str()));
  prepare(handle.get(), url, connect, deadline);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code == CURLE_OPERATION_TIMEDOUT)
    return {.expires = {}, .trouble = "no answer within " + human_duration(deadline)};
  if (code == CURLE_COULDNT_CONNECT) return {.expires = {}, .trouble = "nobody answers there"};
  if (code != CURLE_OK) return {.expires = {}, .trouble = lower(curl_easy_strerror(code))};
  const auto expires = expiry_of(handle.get());
  return {.expires = expires, .trouble = expires ? "" : "its certificate could not be read"};
}

std::optional<Time> parse_certificate_time(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto words = split_words(text);
  if (words.size() != 5 || words[4] != "GMT") return std::nullopt;
  const auto* month = std::ranges::find(months, words[0]);
  const auto day = number_in(words[1]);
  if (month == months.end() || !day) return std::nullopt;
  return parse_time(
      fmt::format("{}-{:02}-{:02}T{}Z", words[3], month - months.begin() + 1, *day, words[2]));
}

}  // namespace ballast
