#include "host/curl_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <exception>

#include "base/error.h"
#include "base/text.h"
#include "base/version.h"
#include "host/curl_failure.h"

namespace ballast {

namespace {

constexpr int switching_protocols = 101;

struct Exchange {
  const HttpRequest& request;
  bool follows_redirect;
  HttpResponse response;
  bool stopped = false;  // by us, on purpose
  std::exception_ptr thrown;
};

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

int status_of(std::string_view line) {
  const auto words = split_words(line);
  int status = 0;
  if (words.size() > 1) std::from_chars(words[1].data(), words[1].data() + words[1].size(), status);
  return status;
}

// The same name again adds to what it said.
void add_header(HttpResponse& response, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string name = lower(trim(line.substr(0, colon)));
  const std::string value(trim(line.substr(colon + 1)));
  const auto [place, is_new] = response.headers.try_emplace(name, value);
  if (!is_new) place->second += ", " + value;
}

// After a 101 the connection speaks another protocol, and curl would wait for its end.
bool ends_with_headers(const Exchange& exchange) {
  const int status = exchange.response.status;
  return status == switching_protocols || (exchange.request.stop_after_headers && status >= 200);
}

std::size_t take_header(char* data, std::size_t, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view line = trim({data, count});
  if (line.starts_with("HTTP/")) {
    exchange.response.headers.clear();
    exchange.response.status = status_of(line);
  } else if (!line.empty()) {
    add_header(exchange.response, line);
  } else if (ends_with_headers(exchange)) {
    exchange.stopped = true;
    return 0;
  } else if (exchange.request.on_answer) {
    exchange.request.on_answer();
  }
  return count;
}

void stream(Exchange& exchange, std::string_view piece) {
  try {
    exchange.stopped = !exchange.request.on_data(piece);
  } catch (...) {
    // Not through the frames of a C library; exchange() throws it on.
    exchange.thrown = std::current_exception();
    exchange.stopped = true;
  }
}

void keep(Exchange& exchange, std::string_view piece) {
  const std::size_t limit = exchange.request.body_limit;
  std::string& body = exchange.response.body;
  const std::size_t room = limit == 0 ? piece.size() : limit - std::min(limit, body.size());
  body.append(piece.substr(0, room));
  if (piece.size() > room) exchange.response.truncated = exchange.stopped = true;
}

// An error's text is wanted in one piece, also by those who stream what is good.
std::size_t take_body(char* data, std::size_t, std::size_t count, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const std::string_view piece(data, count);
  const int status = exchange.response.status;
  if (exchange.follows_redirect && is_redirect(status)) return count;
  if (exchange.request.on_data) stream(exchange, piece);
  if ((!exchange.request.on_data || status >= 400) && !exchange.stopped) keep(exchange, piece);
  return exchange.stopped ? 0 : count;
}

int ask_whether_it_goes_on(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (exchange.request.goes_on()) return 0;
  exchange.stopped = true;
  return 1;
}

void append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

bool has_header(const HttpRequest& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [&](const auto& header) { return lower(header.first) == name; });
}

void set_target(CURL* handle, const HttpRequest& request, CurlList& connect) {
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  if (!request.unix_socket.empty()) {
    curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
    return;
  }
  // A probe stands for a new visitor: nothing of an earlier one is used again.
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  if (request.connect_to.empty()) return;
  append(connect, "::" + request.connect_to);
  curl_easy_setopt(handle, CURLOPT_CONNECT_TO, connect.get());
}

// An empty value is sent as "Name;" in curl's writing; "Name:" would take the header away.
void set_headers(CURL* handle, const HttpRequest& request, CurlList& headers) {
  for (const auto& [name, value] : request.headers)
    append(headers, value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  append(headers, "Expect:");
  if (!has_header(request, "content-type")) append(headers, "Content-Type:");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
}

void set_body(CURL* handle, const HttpRequest& request) {
  const std::string& method = request.method;
  curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);  // nothing stays of a request that led here
  if (!request.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method.c_str());
}

void set_manners(CURL* handle, Duration deadline) {
  const std::string agent = "ballast/" + std::string(version);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // A name server that is dead holds nobody longer than the deadline.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, agent.c_str());
  // Zero would mean for ever.
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<long long>(deadline.count(), 1)));
}

void set_callbacks(CURL* handle, Exchange& exchange) {
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  if (!exchange.request.goes_on) return;
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, ask_whether_it_goes_on);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
}

std::optional<std::string> part(const CurlUrl& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return std::nullopt;
  std::string result = text;
  curl_free(text);
  return result;
}

std::string place_of(const CurlUrl& url) {
  const std::string scheme = part(url, CURLUPART_SCHEME).value_or("");
  const std::string host = part(url, CURLUPART_HOST).value_or("");
  return lower(scheme + "://" + host + ":" + part(url, CURLUPART_PORT).value_or(""));
}

// The place that the request says it asks: a site answers with its name, not with our address.
std::string claimed_place(const HttpRequest& request, const CurlUrl& asked) {
  for (const auto& [name, value] : request.headers) {
    if (lower(name) != "host") continue;
    const CurlUrl claimed(curl_url());
    const std::string url = part(asked, CURLUPART_SCHEME).value_or("") + "://" + value + "/";
    if (curl_url_set(claimed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK)
      return place_of(claimed);
  }
  return place_of(asked);
}

void move_to(const CurlUrl& url, const CurlUrl& place) {
  for (const CURLUPart which : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT})
    curl_url_set(url.get(), which, part(place, which).value_or("").c_str(), 0);
}

}  // namespace

HttpResponse exchange(CURL* handle, const HttpRequest& request, bool follows_redirect,
                      Duration deadline) {
  Exchange exchange{.request = request, .follows_redirect = follows_redirect, .response = {}};
  CurlList headers;
  CurlList connect;
  set_target(handle, request, connect);
  set_headers(handle, request, headers);
  set_body(handle, request);
  set_manners(handle, deadline);
  set_callbacks(handle, exchange);
  const CURLcode code = curl_easy_perform(handle);
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  if (!exchange.stopped) set_failure(handle, code, request, exchange.response);
  exchange.response.effective_url = request.url;
  return std::move(exchange.response);
}

std::optional<std::string> next_url(const HttpRequest& request, const HttpResponse& response) {
  const auto location = response.headers.find("location");
  if (!response.answered() || !is_redirect(response.status) || location == response.headers.end())
    return std::nullopt;
  const CurlUrl asked(curl_url());
  const CurlUrl next(curl_url());
  for (const CurlUrl* url : {&asked, &next})
    if (curl_url_set(url->get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
      return std::nullopt;
  if (curl_url_set(next.get(), CURLUPART_URL, location->second.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  const std::string place = place_of(next);
  if (place != place_of(asked) && place != claimed_place(request, asked)) return std::nullopt;
  if (place != place_of(asked)) move_to(next, asked);
  return part(next, CURLUPART_URL);
}

}  // namespace ballast
