#include "host/curl_http.h"

#include <new>
#include <utility>

#include "base/time.h"
#include "host/curl_exchange.h"

namespace ballast {

namespace {

// What a thread asks with. It keeps connections to sockets of this machine, and no others.
CurlHandle& kept_handle() {
  thread_local CurlHandle handle;
  return handle;
}

// Borrowed for one request: an `on_data` that itself sends one gets another handle.
class BorrowedHandle {
 public:
  BorrowedHandle() : handle_(std::move(kept_handle())) {
    if (!handle_) handle_.reset(curl_easy_init());
    if (!handle_) throw std::bad_alloc();
    curl_easy_reset(handle_.get());
  }
  BorrowedHandle(const BorrowedHandle&) = delete;
  BorrowedHandle& operator=(const BorrowedHandle&) = delete;
  ~BorrowedHandle() {
    if (!kept_handle()) kept_handle() = std::move(handle_);
  }
  CURL* get() const { return handle_.get(); }

 private:
  CurlHandle handle_;
};

// As browsers do: the answer is fetched, what was sent is not sent again, unless it says so.
void follow(HttpRequest& request, int status, std::string url) {
  request.url = std::move(url);
  const bool repeats = status == 307 || status == 308 || request.method == "HEAD";
  if (repeats) return;
  request.method = "GET";
  request.body.clear();
}

void trust_only(CURL* handle, const std::string& ca_file) {
  curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
}

}  // namespace

CurlHttp::CurlHttp(std::string ca_file) : ca_file_(std::move(ca_file)) {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) throw std::bad_alloc();
}

HttpResponse CurlHttp::send(const HttpRequest& request) {
  const auto began = std::chrono::steady_clock::now();
  const auto spent = [&] {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began);
  };
  const BorrowedHandle handle;
  if (!ca_file_.empty()) trust_only(handle.get(), ca_file_);
  HttpRequest step = request;
  for (int left = request.follow_redirects;; --left) {
    HttpResponse response = exchange(handle.get(), step, left > 0, request.deadline - spent());
    const auto next = left > 0 ? next_url(step, response) : std::nullopt;
    if (!next) {
      response.elapsed = spent();
      return response;
    }
    follow(step, response.status, *next);
  }
}

}  // namespace ballast
