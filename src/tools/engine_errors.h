// What the engine's answers mean for the person who reads them. Private to this room.
#pragma once

#include <string>

#include "base/error.h"
#include "host/http.h"

namespace ballast {

bool is_good(const HttpResponse& response);
// The engine's own message, else its status; fit for a terminal.
std::string engine_words(const HttpResponse& response);

Error no_answer(const HttpResponse& response, const std::string& socket);
// `what` as in "the Docker Engine refuses to remove the image x".
Error engine_refuses(const HttpResponse& response, const std::string& what);

}  // namespace ballast
