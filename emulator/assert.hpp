// ASSERT states what cannot be otherwise. It stays on in release builds: a broken invariant ends
// the process with the place, rather than going on with wrong answers.
#pragma once

namespace diorama {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

#define ASSERT(condition)                                                                          \
    ((condition) ? static_cast<void>(0)                                                            \
                 : ::diorama::assertion_failed(#condition, __FILE__, __LINE__))
#define UNREACHABLE() ::diorama::assertion_failed("unreachable", __FILE__, __LINE__)
