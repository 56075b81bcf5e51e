// Honesty about parameters: an operation names the members of its input that have an effect, and
// whatever else a client sent is reported as ignored (see Call::ignored).
#pragma once

#include "emulator/aws/call.hpp"
#include "emulator/aws/shape.hpp"

#include <initializer_list>
#include <string_view>

namespace diorama::aws {

// `value` is a structure of `shape`; members present in it that are not among `effective` are
// reported, as "Prefix.Member".
void report_ignored(
    const Call& call,
    const Shape& shape,
    const void* value,
    std::initializer_list<std::string_view> effective,
    std::string_view prefix = {}
);

} // namespace diorama::aws
