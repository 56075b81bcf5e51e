#include "services/s3/data/checksum.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::s3;

TEST_CASE("checksum: the check values of the algorithms") {
    const std::string check = "123456789";
    CHECK(aws::hex(digest_of(ChecksumAlgorithm::crc32, check)) == "cbf43926");
    CHECK(aws::hex(digest_of(ChecksumAlgorithm::crc32c, check)) == "e3069283");
    CHECK(aws::hex(digest_of(ChecksumAlgorithm::crc64nvme, check)) == "ae8b14860a799888");
    CHECK(
        aws::hex(digest_of(ChecksumAlgorithm::sha1, "abc")) ==
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
    CHECK(aws::hex(md5_of("")) == "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_CASE("checksum: pieces make no difference, and CRCs of two strings combine") {
    std::string text;
    for (int i = 0; i < 1000; ++i)
        text += static_cast<char>(i * 7);
    for (const auto algorithm : all_checksum_algorithms) {
        const auto whole = digest_of(algorithm, text);
        for (const std::size_t cut : {0, 1, 7, 8, 500, 999, 1000}) {
            const auto digest = make_digest(algorithm);
            digest->update(std::string_view(text).substr(0, cut));
            digest->update(std::string_view(text).substr(cut));
            CHECK(digest->finish() == whole);
            if (!is_crc(algorithm)) continue;
            const auto first = digest_of(algorithm, std::string_view(text).substr(0, cut));
            const auto second = digest_of(algorithm, std::string_view(text).substr(cut));
            CHECK(combine_crc(algorithm, first, second, text.size() - cut) == whole);
        }
    }
}
