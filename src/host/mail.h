// Mail by SMTP through libcurl. What the server says is a value, not an exception.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "host/http.h"

namespace ballast {

struct Mail {
  std::string server;  // "smtp://mail.example.com:587" (STARTTLS) or "smtps://mail.example.com:465"
  bool tls = true;     // without it nothing is sent; false: not even tried
  std::string ca_file;         // authorities to trust instead of the system's; empty: those
  std::string user, password;  // empty: without a login
  std::string from;
  std::vector<std::string> to;
  std::string text;  // headers and body (RFC 5322), lines ending in "\r\n"
  Duration deadline = std::chrono::seconds(10);
};

struct MailAnswer {
  int code = 0;  // the server's last one; 0: none
  bool sent = false;
  std::string trouble;  // "connection refused", "login denied", "550 no such user"
  Duration elapsed{};
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual MailAnswer send(const Mail& mail) = 0;  // may be called from many threads
};

std::unique_ptr<Mailer> smtp_mailer();

// Http that trusts the authorities of a file, and no others.
std::unique_ptr<Http> http_trusting(const std::string& ca_file);

}  // namespace ballast
