// Text from outside: what is UTF-8, and what becomes of the rest.
#include "emulator/aws/utf8.hpp"
#include "tests/support/sample_operation.hpp"

#include <doctest/doctest.h>

using namespace diorama;

TEST_CASE("is_utf8: overlong forms, surrogates and what is cut short are not") {
    for (const auto* text :
         {"", "tea", "th\xC3\xA9", "\xE2\x98\x95", "\xF0\x9F\x8D\xB5", "\xED\x9F\xBF"})
        CHECK(aws::is_utf8(text));
    for (const auto* text :
         {"\x80",
          "\xC0\xAF",
          "\xC3",
          "\xE0\x80\x80",
          "\xED\xA0\x80",
          "\xF4\x90\x80\x80",
          "\xF5",
          "\xF0\x9F\x8D"})
        CHECK_FALSE(aws::is_utf8(text));
}

TEST_CASE("well_formed: each malformed sequence becomes one replacement character") {
    // The example of the Unicode Standard, table 3-11.
    CHECK(
        aws::well_formed("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41") ==
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41"
    );
    CHECK(aws::well_formed("th\xC3\xA9") == "th\xC3\xA9");
}

TEST_CASE("inputs: text that is not UTF-8 is replaced in forms and refused in documents") {
    const tests::SampleOperation sample;
    CHECK(
        sample.parse(aws::Protocol::query, "Name=%ff").find("'\xEF\xBF\xBD' at 'name'") !=
        std::string::npos
    );
    CHECK_FALSE(
        sample.parse(aws::Protocol::json, "{\"Name\": \"a\", \"Secret\": \"12345678\xFF\"}").empty()
    );
    CHECK_FALSE(sample
                    .parse(
                        aws::Protocol::rest_xml,
                        "<Thing><Name>a</Name><Secret>12345678\xFF</Secret></Thing>"
                    )
                    .empty());
    CHECK_FALSE(sample
                    .parse(
                        aws::Protocol::rpc_v2_cbor,
                        "\xA2\x64Name\x61"
                        "a\x66Secret\x69"
                        "12345678\xFF"
                    )
                    .empty());
}
