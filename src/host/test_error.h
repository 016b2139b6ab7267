// What an action throws, to be looked at.
#pragma once

#include "base/error.h"

namespace ballast {

template <typename Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return {Kind::failed, "(no error)"};
}

}  // namespace ballast
