// Pieces of change logs: no bytes may harm, and what is read writes back to the same bytes.
#include "services/rds/data/log_segment.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace diorama::rds;
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto entries = decode_segment(input);
    if (!entries || entries->empty()) return 0;
    std::string written;
    for (const auto& entry : *entries)
        append_entry(written, entry);
    const auto again = decode_segment(written);
    if (!again || again->size() != entries->size()) std::abort();
    return 0;
}
