#include "services/route53/data/dns_message.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

using namespace diorama::route53;
using namespace std::string_literals;

namespace {

Record record(std::string_view name, RecordType type, std::string_view text) {
    return {name_of(name), type, 300, wire_of(type, text)};
}

} // namespace

TEST_CASE("dns_message: every type survives being written and read") {
    DNSMessage message;
    message.id = 7;
    message.is_response = true;
    message.is_authoritative = true;
    message.questions.push_back({name_of("example.com"), RecordType::any});
    message.answers = {
        record("example.com", RecordType::a, "192.0.2.1"),
        record("example.com", RecordType::aaaa, "2001:db8::1"),
        record("example.com", RecordType::mx, "10 mail.example.com"),
        record("_sip.example.com", RecordType::srv, "1 2 3 sip.example.com"),
        record("example.com", RecordType::txt, "\"one\" \"two\""),
        record("example.com", RecordType::caa, "0 issue \"ca.example\""),
        record("www.example.com", RecordType::cname, "web.example.com"),
        record("1.2.0.192.in-addr.arpa", RecordType::ptr, "www.example.com"),
        {name_of("x.example.com"), static_cast<RecordType>(4711), 1, "any\0thing"s},
    };
    message.authority = {
        record("example.com", RecordType::ns, "ns.example.com"),
        record("example.com", RecordType::soa, "ns.example.com h.example.com 1 2 3 4 5"),
    };
    message.additional = {record("ns.example.com", RecordType::a, "192.0.2.53")};
    message.edns.emplace().udp_payload_size = 1232;
    message.edns->dnssec_ok = true;
    message.rcode = Rcode::bad_version;
    const auto bytes = serialize(message);
    CHECK(parse_message(bytes) == message);
    // Names are written once: 14 records with names of some 13 bytes each.
    CHECK(bytes.size() < 430);
}

TEST_CASE("dns_message: no prefix of a message is a message, and none harms the reader") {
    DNSMessage message;
    message.questions.push_back({name_of("www.example.com"), RecordType::a});
    message.answers = {record("www.example.com", RecordType::mx, "1 mail.example.com")};
    message.edns.emplace();
    const auto bytes = serialize(message);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK_FALSE(parse_message(std::string_view(bytes).substr(0, length)).has_value());
    }
    CHECK_FALSE(parse_message(bytes + "x").has_value());
}

TEST_CASE("dns_message: a pointer that does not go backwards is refused") {
    const auto header = "\0\1\0\0\0\1\0\0\0\0\0\0"s;
    CHECK_FALSE(parse_message(header + "\xc0\x0c\0\1\0\1"s).has_value());
    CHECK_FALSE(parse_message(header + "\xc0\x0e\0\1\0\1"s).has_value());
    CHECK_FALSE(parse_message(header + "\xc0\x02\0\1\0\1"s).has_value());
    CHECK_FALSE(parse_message(header + "\x80\0\1\0\1"s).has_value());
}

TEST_CASE("dns_message: types have names, and numbers when they have none") {
    CHECK(to_string(RecordType::aaaa) == "AAAA");
    CHECK(to_string(static_cast<RecordType>(4711)) == "TYPE4711");
    CHECK(parse_record_type("CAA") == RecordType::caa);
    CHECK(parse_record_type("TYPE1") == RecordType::a);
    CHECK_FALSE(parse_record_type("TYPE70000").has_value());
    CHECK_FALSE(parse_record_type("NOPE").has_value());
}

TEST_CASE("dns_message: a name that repeats its own labels is written in full") {
    DNSMessage message;
    message.questions.push_back({name_of("a.a.a"), RecordType::a});
    message.answers = {record("a.a", RecordType::cname, "a.a.a")};
    CHECK(parse_message(serialize(message)) == message);
}
