#pragma once

#include "host/http.h"

namespace ballast {

class CurlHttp : public Http {
 public:
  CurlHttp();
  HttpResponse send(const HttpRequest& request) override;
};

}  // namespace ballast
