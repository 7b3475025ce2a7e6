// Overwrites personal data before its memory is given back. The writes are volatile: a compiler
// drops plain writes to memory that nobody reads again.
#pragma once

#include <cstddef>
#include <string>

namespace cardrig::flow {

template <class Container>
void wipe_values(Container& values) {
  using Value = typename Container::value_type;
  for (volatile Value& value : values) value = Value{};
}

/// Empties the string too; its whole capacity is overwritten.
inline void wipe_string(std::string& text) {
  text.resize(text.capacity());
  wipe_values(text);
  text.clear();
}

}  // namespace cardrig::flow
