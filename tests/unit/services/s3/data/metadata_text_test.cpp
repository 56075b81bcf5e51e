#include "services/s3/data/metadata_text.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace diorama;

TEST_CASE("metadata: text beyond ASCII travels as RFC 2047 has it") {
    struct Case {
        std::string header;
        std::string text;
        std::string returned;
    };

    const std::vector<Case> cases{
        {"AMAZONS3", "AMAZONS3", "AMAZONS3"},
        {"two  spaces ", "two  spaces ", "two  spaces "},
        {"=?UTF-8?Q?=C3=A9_x?=", "\xC3\xA9 x", "=?UTF-8?B?w6kgeA==?="},
        {"=?utf-8?b?w6kgeA==?=", "\xC3\xA9 x", "=?UTF-8?B?w6kgeA==?="},
        {"=?iso-8859-1?Q?=E9?= =?UTF-8?B?w6k=?= end",
         "\xC3\xA9\xC3\xA9 end",
         "=?UTF-8?B?w6nDqSBlbmQ=?="},
        {"=?UTF-8?X?what?=", "=?UTF-8?X?what?=", "=?UTF-8?X?what?="},
        {"=?UTF-8?Q?=GG?=", "=?UTF-8?Q?=GG?=", "=?UTF-8?Q?=GG?="},
        // AWS's own example: bytes as they are count as ISO-8859-1.
        {"\xC3\x84M", "\xC3\x83\xC2\x84M", "=?UTF-8?B?w4PChE0=?="},
    };
    for (const auto& example : cases) {
        CAPTURE(example.header);
        const auto text = s3::decode_metadata(example.header);
        CHECK(text == example.text);
        CHECK(s3::encode_metadata(text) == example.returned);
    }
}
