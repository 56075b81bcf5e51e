#include "services/route53/data/dns_name.hpp"

#include <doctest/doctest.h>

using namespace diorama::route53;

TEST_CASE("dns_name: text is read with or without its last dot and written with it") {
    struct Example {
        const char* text;
        const char* written;
    };

    const Example examples[] = {
        {"www.example.com", "www.example.com."},
        {"www.example.com.", "www.example.com."},
        {"WWW.Example.com", "WWW.Example.com."},
        {".", "."},
        {"*.example.com", "\\052.example.com."},
        {"\\052.example.com", "\\052.example.com."},
        {"a\\.b.com", "a\\056b.com."},
        {"_sip._tcp.example.com", "_sip._tcp.example.com."},
        {"com", "com."},
    };
    for (const auto& example : examples) {
        CAPTURE(example.text);
        const auto name = DNSName::parse(example.text);
        REQUIRE(name.has_value());
        CHECK(name->to_string() == example.written);
        CHECK(DNSName::parse(name->to_string()) == name);
    }
}

TEST_CASE("dns_name: empty labels, long labels, long names and broken escapes are no names") {
    const std::string label(63, 'a');
    CHECK(DNSName::parse(label + ".com").has_value());
    CHECK_FALSE(DNSName::parse(label + "a.com").has_value());
    CHECK(DNSName::parse(label + "." + label + "." + label + "." + std::string(61, 'a')).has_value()
    );
    CHECK_FALSE(
        DNSName::parse(label + "." + label + "." + label + "." + std::string(62, 'a')).has_value()
    );
    for (const auto* text : {"", "..", ".com", "a..b", "a.\\", "a\\999.b", "a\\9"}) {
        CAPTURE(text);
        CHECK_FALSE(DNSName::parse(text).has_value());
    }
}

TEST_CASE("dns_name: a name lies within its ancestors, by whole labels") {
    const auto within = [](const char* name, const char* ancestor) {
        return DNSName::parse(name)->is_within(*DNSName::parse(ancestor));
    };
    CHECK(within("www.example.com", "example.com"));
    CHECK(within("example.com", "example.com"));
    CHECK(within("example.com", "."));
    CHECK_FALSE(within("notexample.com", "example.com"));
    CHECK_FALSE(within("com", "example.com"));
    // The bytes of the wire end alike, but not at a label.
    CHECK_FALSE(within("a\\007example\\003com.x", "example.com"));
}

TEST_CASE("dns_name: names sort by labels from the right") {
    CHECK(DNSName::parse("www.Example.com")->lower().sort_text() == "com.example.www.");
    CHECK(DNSName::parse("www.example.com")->parent().to_string() == "example.com.");
    CHECK(DNSName().parent().is_root());
    CHECK(DNSName::parse("*.example.com")->is_wildcard());
}
