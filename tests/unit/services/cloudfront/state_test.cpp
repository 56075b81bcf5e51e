#include "services/cloudfront/control/document.hpp"
#include "services/cloudfront/state.hpp"
#include "tests/unit/services/cloudfront/control/api_test_world.hpp"

using namespace diorama;
using namespace diorama::cloudfront;

TEST_CASE("state: records survive being written down") {
    DistributionRecord record;
    record.account = "000000000000";
    record.id = "EDFDVBD6EXAMPLE";
    record.e_tag = "E1";
    record.config = "{\"Comment\":\"\\u00e4\"}";
    record.is_enabled = true;
    record.last_modified = Timestamp(std::chrono::seconds(1'767'225'600));
    record.aliases = {"www.example.com"};
    record.tags = {{"team", "web"}};
    const auto copy = DistributionRecord::decode(record.encode());
    CHECK(copy.encode() == record.encode());
    CHECK(copy.last_modified == record.last_modified);
    CHECK(copy.tags == record.tags);

    const InvalidationRecord batch{"E", "I", "ref", {"/a", "/b*"}, record.last_modified, true};
    CHECK(InvalidationRecord::decode(batch.encode()).encode() == batch.encode());
    const OriginAccessControlRecord control{"E", "T", "name", "{}"};
    CHECK(OriginAccessControlRecord::decode(control.encode()).encode() == control.encode());
    const CachePolicyRecord policy{"P", "T", "name", "{}", record.last_modified};
    CHECK(CachePolicyRecord::decode(policy.encode()).encode() == policy.encode());
}

TEST_CASE("state: a configuration comes back from its document as it was") {
    auto config = ApiTestWorld::minimal();
    config.comment = "quotes \" and ümlauts";
    config.custom_error_responses = api::CustomErrorResponses{1, {{404, "/index.html", "200", 30}}};
    config.default_cache_behavior.min_ttl = 5;
    config.price_class = api::PriceClass::PriceClass_200;
    CHECK(decode_distribution_config(encode(config)) == config);
}
