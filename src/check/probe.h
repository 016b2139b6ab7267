// Asking a release over HTTP as a browser does, and what its answers mean.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "check/answer.h"

namespace ballast {

struct Address {
  std::string url;         // scheme, host, port
  std::string connect_to;  // empty: the URL's host
  std::string host;        // Host header; empty: the URL's
  std::string how;         // for people

  std::string origin() const;  // as a browser names it: scheme://host[:port]
};

// `{database}` in the policy's host or URL becomes the name. Error(failed) without an address.
Address web_address(const CheckContext& context, const std::string& database);
// Of websocket traffic: the chat port, or the same as for the pages.
Address chat_address(const CheckContext& context, const std::string& database);

// Keeps cookies from one request to the next: with several databases Odoo remembers in its session
// which one is meant.
class Visitor {
 public:
  explicit Visitor(const CheckContext& context)
      : http_(context.host.http), deadline_(context.policy.verify.probe_deadline) {}

  // Follows redirects on the same host; `effective_url` tells where it ended.
  HttpResponse get(const Address& address, const std::string& path, int redirects = 0);
  HttpRequest request(const Address& address, const std::string& path) const;
  HttpResponse send(const HttpRequest& request);

 private:
  void keep_cookies(const HttpResponse& response);

  Http& http_;
  Duration deadline_;
  std::map<std::string, std::string> cookies_;
};

// The first database, for what is asked of one only; empty when there is none.
std::string first_database(const CheckContext& context);
// A visitor whose session means the first database.
Visitor visitor_of(const CheckContext& context);

HttpResponse get_login(Visitor& visitor, const CheckContext& context, const std::string& database);
bool is_login(const HttpResponse& response);

// What is to be said instead of asking, where no database can be logged in to.
std::optional<CheckResult> without_database(const CheckContext& context);

std::string path_of(const std::string& url);            // without query and fragment
std::string answer_text(const HttpResponse& response);  // "200 in 35 ms"
CheckResult unanswered(const HttpResponse& response, const Address& address, std::string hint,
                       std::string subject = {});
// Passes with exactly 200.
CheckResult expect_ok(const HttpResponse& response, const Address& address, std::string hint,
                      std::string subject = {});

}  // namespace ballast
