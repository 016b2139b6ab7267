#pragma once

#include <string>

#include "host/http.h"

namespace ballast {

class CurlHttp : public Http {
 public:
  // With a file of authorities those are trusted, and no others.
  explicit CurlHttp(std::string ca_file = {});
  HttpResponse send(const HttpRequest& request) override;

 private:
  std::string ca_file_;
};

}  // namespace ballast
