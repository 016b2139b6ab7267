// Why there was no answer. Private to this room.
#pragma once

#include <curl/curl.h>

#include "host/http.h"

namespace ballast {

void set_failure(CURL* handle, CURLcode code, const HttpRequest& request, HttpResponse& response);

}  // namespace ballast
