#pragma once
#include <memory>

namespace meterway::crypto {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};

/// A handle of a C library that is freed by `Free`: Owned<BIGNUM, BN_clear_free>.
template <class T, auto Free>
using Owned = std::unique_ptr<T, Freer<Free>>;

}  // namespace meterway::crypto
