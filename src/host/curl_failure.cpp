#include "host/curl_failure.h"

#include <unistd.h>

#include <cerrno>

#include "base/text.h"
#include "base/time.h"
#include "host/posix_error.h"

namespace ballast {

namespace {

HttpFailure failure_of_connect(int number) {
  switch (number) {
    case ECONNREFUSED: return HttpFailure::refused;
    case ENOENT:
    case ENOTDIR: return HttpFailure::no_socket;
    case EACCES:
    case EPERM: return HttpFailure::permission;
    case ETIMEDOUT: return HttpFailure::timed_out;
    case ECONNRESET: return HttpFailure::reset;
    default: return HttpFailure::other;
  }
}

HttpFailure failure_of(CURLcode code, int number) {
  switch (code) {
    case CURLE_OK: return HttpFailure::none;
    case CURLE_COULDNT_CONNECT: return failure_of_connect(number);
    case CURLE_OPERATION_TIMEDOUT: return HttpFailure::timed_out;
    case CURLE_COULDNT_RESOLVE_HOST: return HttpFailure::not_resolved;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE: return HttpFailure::reset;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return HttpFailure::tls;
    default: return HttpFailure::other;
  }
}

// curl does not always hand on why it could not connect to a socket file.
int connect_error(CURL* handle, const HttpRequest& request) {
  long number = 0;
  curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
  if (number != 0 || request.unix_socket.empty()) return static_cast<int>(number);
  return access(request.unix_socket.c_str(), R_OK | W_OK) != 0 ? errno : ECONNREFUSED;
}

std::string words_for(HttpFailure failure, CURLcode code, int number, const HttpRequest& request) {
  switch (failure) {
    case HttpFailure::none: return {};
    case HttpFailure::refused: return "connection refused";
    case HttpFailure::timed_out: return "no answer within " + human_duration(request.deadline);
    case HttpFailure::reset:
      return code == CURLE_GOT_NOTHING ? "connection closed without an answer"
                                       : "connection lost in the middle of the answer";
    case HttpFailure::not_resolved: return "the host name is not known";
    case HttpFailure::permission: return "permission denied";
    case HttpFailure::no_socket: return "no socket at " + request.unix_socket;
    case HttpFailure::tls: return std::string("TLS failed: ") + curl_easy_strerror(code);
    case HttpFailure::other: break;
  }
  return code == CURLE_COULDNT_CONNECT && number != 0 ? error_text(number)
                                                      : lower(curl_easy_strerror(code));
}

}  // namespace

void set_failure(CURL* handle, CURLcode code, const HttpRequest& request, HttpResponse& response) {
  const int number = code == CURLE_COULDNT_CONNECT ? connect_error(handle, request) : 0;
  response.failure = failure_of(code, number);
  response.failure_text = words_for(response.failure, code, number, request);
}

}  // namespace ballast
