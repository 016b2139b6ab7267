// One request and its one answer over a curl handle; redirects are the caller's. Private to this
// room.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "host/http.h"

namespace ballast {

struct CurlCleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;
using CurlList = std::unique_ptr<curl_slist, CurlCleanup>;
using CurlUrl = std::unique_ptr<CURLU, CurlCleanup>;

// Of a redirect that would be followed the body is nobody's business. What `on_data` throws comes
// out.
HttpResponse exchange(CURL* handle, const HttpRequest& request, bool follows_redirect,
                      Duration deadline);

// Where the answer sends us on, when that is still the same host and port.
std::optional<std::string> next_url(const HttpRequest& request, const HttpResponse& response);

}  // namespace ballast
