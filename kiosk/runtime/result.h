// Results with typed reasons: what an operation at a device or platform edge returns.
// Expected failures are values; exceptions are for programming errors and start-up only.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace cardrig {

/// A failure that the caller can act on (`reason`, an enum of the edge) and read (`detail`, one
/// English sentence or less, never holding personal data).
template <class Reason>
struct Error {
  Reason reason{};
  std::string detail;

  bool operator==(const Error& other) const { return reason == other.reason; }
};

/// A value of T, or the typed reason why there is none.
template <class T, class Reason>
using Result = tl::expected<T, Error<Reason>>;

/// Makes the failed Result: `return fail(ReaderReason::kNoCard);`
template <class Reason>
[[nodiscard]] tl::unexpected<Error<Reason>> fail(Reason reason, std::string detail = {}) {
  return tl::unexpected<Error<Reason>>(Error<Reason>{reason, std::move(detail)});
}

/// Success of an operation that has no value: `return ok();`
struct Unit {
  bool operator==(const Unit&) const = default;
};
[[nodiscard]] constexpr Unit ok() { return {}; }

}  // namespace cardrig
