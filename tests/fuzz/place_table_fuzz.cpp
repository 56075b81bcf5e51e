// Any bytes are a table of places that can be asked, or a sentence that says what is wrong with
// them; never a crash.
#include "services/route53/data/place.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto parsed = route53::PlaceTable::parse(text);
    if (const auto* table = std::get_if<route53::PlaceTable>(&parsed))
        table->find({network::IPAddress::v4(198, 51, 100, 7), 32});
    route53::coordinates_of_region(text);
    route53::coordinates_of_local_zone_group(text);
    return 0;
}
