#include "services/route53/data/record_data.hpp"

#include <doctest/doctest.h>

using namespace diorama::route53;

TEST_CASE("record_data: values are read from the text of the API and written back") {
    struct Example {
        RecordType type;
        const char* text;
        const char* written;
    };

    const Example examples[] = {
        {RecordType::a, "192.0.2.1", "192.0.2.1"},
        {RecordType::aaaa, "2001:DB8::1", "2001:db8::1"},
        {RecordType::cname, "Web.example.com", "web.example.com."},
        {RecordType::ns, "ns.example.com.", "ns.example.com."},
        {RecordType::ptr, "host.example.com", "host.example.com."},
        {RecordType::mx, "10  mail.example.com", "10 mail.example.com."},
        {RecordType::srv, "1 2 5060 sip.example.com", "1 2 5060 sip.example.com."},
        {RecordType::txt, "\"v=spf1 -all\"", "\"v=spf1 -all\""},
        {RecordType::txt, "\"one\" \"t\\\"wo\" \"\\101\"", "\"one\" \"t\\\"wo\" \"A\""},
        {RecordType::txt, "\"\"", "\"\""},
        {RecordType::caa, "0 issue \"ca.example.net\"", "0 issue \"ca.example.net\""},
        {RecordType::soa,
         "ns.example.com. host.example.com. 1 7200 900 1209600 86400",
         "ns.example.com. host.example.com. 1 7200 900 1209600 86400"},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        const auto parsed = parse_record_data(example.type, example.text);
        REQUIRE(std::holds_alternative<std::string>(parsed));
        CHECK(record_data_text(example.type, std::get<std::string>(parsed)) == example.written);
    }
    CHECK(record_data_text(static_cast<RecordType>(4711), "\x7f\x01") == "\\# 2 7f01");
}

TEST_CASE("record_data: what is no value of its type is named as AWS names it") {
    struct Example {
        RecordType type;
        std::string text;
        const char* code;
    };

    const Example examples[] = {
        {RecordType::a, "example.com", "ARRDATAIllegalIPv4Address"},
        {RecordType::a, "256.1.1.1", "ARRDATAIllegalIPv4Address"},
        {RecordType::a, "::1", "ARRDATAIllegalIPv4Address"},
        {RecordType::a, "", "ARRDATAIllegalIPv4Address"},
        {RecordType::a, "192.0.2.1, 192.0.2.2", "ARRDATANotSingleField"},
        {RecordType::aaaa, "192.0.2.1", "AAAARRDATAIllegalIPv6Address"},
        {RecordType::cname, "", "DomainNameEmpty"},
        {RecordType::cname, "a..b", "DomainLabelEmpty"},
        {RecordType::cname, std::string(64, 'a') + ".com", "DomainLabelTooLong"},
        {RecordType::cname, "a b", "UnsupportedCharacter"},
        {RecordType::txt, "unquoted", "InvalidCharacterString"},
        {RecordType::txt, "\"open", "InvalidCharacterString"},
        {RecordType::txt, "\"open\\", "InvalidCharacterString"},
        {RecordType::txt, "", "InvalidCharacterString"},
        {RecordType::txt, "\"" + std::string(256, 'a') + "\"", "CharacterStringTooLong"},
        {RecordType::mx, "mail.example.com", "MXRRDATANotWellFormed"},
        {RecordType::mx, "65536 mail.example.com", "MXRRDATANotWellFormed"},
        {RecordType::srv, "1 2 mail.example.com", "SRVRRDATANotWellFormed"},
        {RecordType::caa, "0 issue", "CAARRDATANotWellFormed"},
        {RecordType::soa, "a b 1 2 3 4", "SOARRDATANotWellFormed"},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        const auto parsed = parse_record_data(example.type, example.text);
        REQUIRE(std::holds_alternative<ValueProblem>(parsed));
        CHECK(std::get<ValueProblem>(parsed).code == example.code);
    }
}
