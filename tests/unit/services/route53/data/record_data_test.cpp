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
        {RecordType::ds, "12345 13 2", "DSRRDATANotWellFormed"},
        {RecordType::ds, "65536 13 2 AB", "DSRRDATANotWellFormed"},
        {RecordType::ds, "1 13 2 ABC", "DSRRDATANotWellFormed"},
        {RecordType::tlsa, "3 1 256 AB", "TLSARRDATANotWellFormed"},
        {RecordType::sshfp, "2 1 XY", "SSHFPRRDATANotWellFormed"},
        {RecordType::naptr, "1 2 s \"\" \"\" a.example", "InvalidCharacterString"},
        {RecordType::https, "1", "HTTPSRRDATANotWellFormed"},
        {RecordType::https, "1 . port=99999", "HTTPSRRDATANotWellFormed"},
        {RecordType::https, "1 . port=1 port=2", "HTTPSRRDATANotWellFormed"},
        {RecordType::https, "1 . ipv4hint=2001:db8::1", "HTTPSRRDATANotWellFormed"},
        {RecordType::svcb, "0 a.example port=1", "SVCBRRDATANotWellFormed"},
        {RecordType::svcb, "1 a.example unknown=1", "SVCBRRDATANotWellFormed"},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        const auto parsed = parse_record_data(example.type, example.text);
        REQUIRE(std::holds_alternative<ValueProblem>(parsed));
        CHECK(std::get<ValueProblem>(parsed).code == example.code);
    }
}

// RFC 9460 2.2: "SvcParamKeys SHALL appear in increasing numeric order."
TEST_CASE("record_data: parameters of a service binding are on the wire in the order of their keys"
) {
    const auto parsed = parse_record_data(
        RecordType::svcb,
        "16 foo.example.org. port=53 mandatory=port,alpn alpn=h2,h3-19 key667=\"hello\\210qoo\""
    );
    REQUIRE(std::holds_alternative<std::string>(parsed));
    const auto& wire = std::get<std::string>(parsed);
    const auto after_name = wire.substr(2 + 17);
    CHECK(
        to_hex(after_name) == "0000"
                              "0004"
                              "00010003"
                              "0001"
                              "0009"
                              "026832"
                              "0568332D3139"
                              "0003"
                              "0002"
                              "0035"
                              "029B"
                              "0009"
                              "68656C6C6F88716F6F"
    );
    CHECK(
        record_data_text(RecordType::svcb, wire) ==
        "16 foo.example.org. mandatory=\"alpn,port\" alpn=\"h2,h3-19\" port=\"53\" "
        "key667=\"hello\\210qoo\""
    );
}
