#include "services/s3/data/addressing.hpp"
#include "services/s3/data/copy_source.hpp"

#include <doctest/doctest.h>

using namespace diorama::s3;

TEST_CASE("addressing: host names say style, bucket and region") {
    struct Case {
        std::string host;
        AddressingStyle style;
        std::string bucket;
        std::string region;
    };
    using enum AddressingStyle;
    for (const auto& example : std::initializer_list<Case>{
             {"s3.amazonaws.com", path, "", ""},
             {"s3.eu-west-1.amazonaws.com", path, "", "eu-west-1"},
             {"s3.localhost", path, "", ""},
             {"s3.localhost.localstack.cloud", path, "", ""},
             {"photos.s3.localhost", virtual_hosted, "photos", ""},
             {"my.photos.s3.amazonaws.com", virtual_hosted, "my.photos", ""},
             {"photos.s3.eu-west-1.amazonaws.com", virtual_hosted, "photos", "eu-west-1"},
             {"photos.s3-eu-west-1.amazonaws.com", virtual_hosted, "photos", "eu-west-1"},
             {"photos.s3.dualstack.eu-west-1.amazonaws.com", virtual_hosted, "photos", "eu-west-1"},
             {"photos.s3-website-us-east-1.amazonaws.com", website, "photos", "us-east-1"},
             {"photos.s3-website.eu-central-1.amazonaws.com", website, "photos", "eu-central-1"},
             {"www.example.com.s3-website.localhost", website, "www.example.com", ""},
         }) {
        CAPTURE(example.host);
        const auto meaning = read_host(example.host);
        CHECK(meaning.is_ours);
        CHECK(static_cast<int>(meaning.style) == static_cast<int>(example.style));
        CHECK(meaning.bucket == example.bucket);
        CHECK(meaning.region == example.region);
    }
    for (const auto host :
         {"localhost",
          "example.com",
          "photos.localhost",
          "ec2.amazonaws.com",
          "ec2.us-east-1.amazonaws.com",
          "d1.cloudfront.localhost",
          "",
          "000000000000.s3-control.us-east-1.amazonaws.com"})
        CHECK_FALSE(read_host(host).is_ours);
    CHECK(possible_bucket("photos.localhost") == "photos");
    CHECK(possible_bucket("000000000000.localhost").empty());
}

TEST_CASE("addressing: paths are split before they are decoded") {
    const auto target = read_target({}, "/bucket/a%2Fb/c%20d//e");
    CHECK(target.bucket == "bucket");
    CHECK(target.key == "a/b/c d//e");
    CHECK(read_target({}, "/bucket").key.empty());
    CHECK(read_target({}, "/bucket/").key.empty());
    CHECK(read_target({}, "/").bucket.empty());
    const auto hosted = read_target(read_host("photos.s3.localhost"), "/a/b");
    CHECK(hosted.bucket == "photos");
    CHECK(hosted.key == "a/b");
}

TEST_CASE("addressing: bucket names") {
    for (const auto name : {"abc", "my-bucket.1", "123"})
        CHECK(is_valid_bucket_name(name));
    for (const auto name :
         {"ab", "Abc", "-abc", "abc-", "a..b", "192.168.5.4", "xn--abc", "a_b", "abc-s3alias", ""})
        CHECK_FALSE(is_valid_bucket_name(name));
}

TEST_CASE("copy source: bucket, key and version in all spellings") {
    CHECK(parse_copy_source("/bucket/a%20b") == CopySource{"bucket", "a b", ""});
    CHECK(parse_copy_source("bucket/k?versionId=v1") == CopySource{"bucket", "k", "v1"});
    CHECK(
        parse_copy_source("bucket%2Fa%3FversionId%3Db") == CopySource{"bucket", "a?versionId=b", ""}
    );
    CHECK(parse_copy_source("arn:aws:s3:::bucket/k") == CopySource{"bucket", "k", ""});
    for (const auto text : {"", "/", "bucket", "/bucket/", "//k"})
        CHECK_FALSE(parse_copy_source(text).has_value());
}
