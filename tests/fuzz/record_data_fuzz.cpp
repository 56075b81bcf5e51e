// Values of record sets and domain names come from clients as text. What is accepted must be well
// formed on the wire: written as text and read again it is the same.
#include "services/route53/data/record_data.hpp"

#include <cstdlib>

namespace {

using namespace diorama::route53;

constexpr RecordType types[] = {
    RecordType::a,
    RecordType::aaaa,
    RecordType::caa,
    RecordType::cname,
    RecordType::mx,
    RecordType::ns,
    RecordType::ptr,
    RecordType::soa,
    RecordType::srv,
    RecordType::txt,
    RecordType::ds,
    RecordType::https,
    RecordType::naptr,
    RecordType::spf,
    RecordType::sshfp,
    RecordType::svcb,
    RecordType::tlsa,
};

void require(bool condition) {
    if (!condition) std::abort();
}

} // namespace

// The first byte chooses the type, the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    if (size == 0) return 0;
    const auto type = types[bytes[0] % std::size(types)];
    const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    const auto parsed = parse_record_data(type, text);
    if (const auto* wire = std::get_if<std::string>(&parsed)) {
        const auto again = parse_record_data(type, record_data_text(type, *wire));
        require(std::holds_alternative<std::string>(again));
        require(std::get<std::string>(again) == *wire);
    }
    if (const auto name = DNSName::parse(text)) {
        require(DNSName::parse(name->to_string()) == name);
        require(name->lower().is_within(name->lower().parent()));
        require(name->wire().size() <= name_bytes_max);
    }
    return 0;
}
