// Each documented rule of each routing policy, quoted and shown.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy.html and
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
#include "tests/unit/services/route53/data/routing_scene.hpp"

using namespace diorama;
using namespace diorama::route53;
using namespace diorama::route53::routing_scene;

TEST_CASE("routing: weighted: a share is the weight over the sum of the weights") {
    const auto tally =
        ask(group({{weight(1), nullptr}, {weight(3), nullptr}, {weight(0), nullptr}}), nowhere, 8000
        );
    CHECK(tally.share(1) == doctest::Approx(0.25).epsilon(0.1));
    CHECK(tally.share(2) == doctest::Approx(0.75).epsilon(0.1));
    CHECK(tally.share(3) == 0);
    CHECK_FALSE(tally.depends_on_place);
}

TEST_CASE("routing: weighted: with all weights zero, all are equally probable") {
    const auto tally = ask(group({{weight(0), nullptr}, {weight(0), nullptr}}), nowhere, 4000);
    CHECK(tally.share(1) == doctest::Approx(0.5).epsilon(0.1));
    // "…if there are unhealthy ones among them, among the healthy".
    CHECK(
        ask(group({{weight(0), unhealthy()}, {weight(0), healthy()}}), nowhere, 99).only() == "2"
    );
}

TEST_CASE("routing: weighted: health") {
    hold({
        {"unhealthy records are left out",
         group({{weight(9), unhealthy()}, {weight(1), healthy()}}),
         nowhere,
         "2"},
        {"initially considers only the nonzero weighted records, if any",
         group({{weight(1), healthy()}, {weight(0), healthy()}}),
         nowhere,
         "1"},
        {"if all the records that have a weight greater than 0 are unhealthy, then Route 53 "
         "considers the zero-weighted records",
         group({{weight(1), unhealthy()}, {weight(0), healthy()}}),
         nowhere,
         "2"},
        {"if none is healthy, all are considered healthy: again the nonzero ones",
         group({{weight(1), unhealthy()}, {weight(0), unhealthy()}}),
         nowhere,
         "1"},
        {"a record without a health check is always considered healthy",
         group({{weight(200), unhealthy()}, {weight(1), nullptr}}),
         nowhere,
         "2"},
    });
}

TEST_CASE("routing: failover") {
    hold({
        {"the primary answers as long as it is healthy",
         group({{primary(), healthy()}, {secondary(), healthy()}}),
         nowhere,
         "1"},
        {"when the primary is unhealthy, the secondary answers",
         group({{primary(), unhealthy()}, {secondary(), healthy()}}),
         nowhere,
         "2"},
        {"a secondary without a health check is healthy",
         group({{primary(), unhealthy()}, {secondary(), nullptr}}),
         nowhere,
         "2"},
        {"when both are unhealthy, the primary answers",
         group({{primary(), unhealthy()}, {secondary(), unhealthy()}}),
         nowhere,
         "1"},
    });
}

TEST_CASE("routing: latency") {
    const std::vector<std::pair<RoutingPolicy, Health>> three{
        {region("us-east-1"), healthy()},
        {region("eu-central-1"), healthy()},
        {region("ap-northeast-1"), healthy()}
    };
    const auto degraded = [](bool east, bool europe) {
        return group(
            {{region("us-east-1"), east ? healthy() : unhealthy()},
             {region("eu-central-1"), europe ? healthy() : unhealthy()},
             {region("ap-northeast-1"), unhealthy()}}
        );
    };
    hold({
        {"the region with the lowest latency", group(three), new_york, "1"},
        {"the region with the lowest latency", group(three), dublin, "2"},
        {"the region with the lowest latency", group(three), tokyo, "3"},
        {"an unhealthy region is passed over for the next best", degraded(true, true), tokyo, "2"},
        {"an unhealthy region is passed over for the next best", degraded(true, false), tokyo, "1"},
        {"when none is healthy, all are considered healthy", degraded(false, false), tokyo, "3"},
        {"a client that nobody knows gets an answer too", group(three), nowhere, "1"},
    });
    CHECK(ask(group(three), tokyo).depends_on_place);
}

TEST_CASE("routing: geolocation") {
    const auto all = group(
        {{country("US", "CA"), nullptr},
         {country("US"), nullptr},
         {continent("NA"), nullptr},
         {country("*"), nullptr},
         {country("UA", "30"), nullptr}}
    );
    const auto texas = [](bool state, bool land, bool america) {
        return group(
            {{country("US", "NY"), state ? healthy() : unhealthy()},
             {country("US"), land ? healthy() : unhealthy()},
             {continent("NA"), america ? healthy() : unhealthy()},
             {country("*"), unhealthy()}}
        );
    };
    const auto no_default = group({{continent("EU"), nullptr}});
    hold({
        {"priority goes to the smallest geographic region", all, california, "1"},
        {"priority goes to the smallest geographic region", all, new_york, "2"},
        {"priority goes to the smallest geographic region", all, toronto, "3"},
        {"priority goes to the smallest geographic region", all, kyiv, "5"},
        {"a default record handles locations without a record", all, frankfurt, "4"},
        {"a default record handles addresses that aren't mapped to a location", all, nowhere, "4"},
        {"without a default record there is no answer", no_default, tokyo, "nobody"},
        {"without a default record there is no answer", no_default, nowhere, "nobody"},
        {"a continent's record answers for its countries", no_default, frankfurt, "1"},
        {"if the smallest is unhealthy, the next larger region",
         texas(false, true, true),
         new_york,
         "2"},
        {"if the smallest is unhealthy, the next larger region",
         texas(false, false, true),
         new_york,
         "3"},
        {"if all are unhealthy, that of the smallest region",
         texas(false, false, false),
         new_york,
         "1"},
    });
    CHECK(ask(no_default, tokyo).outcome == Answer::Outcome::no_data);
}

TEST_CASE("routing: geoproximity") {
    const auto plain =
        group({{near_region("us-east-1"), nullptr}, {near_region("us-west-2"), nullptr}});
    const auto pulled =
        group({{near_region("us-east-1"), nullptr}, {near_region("us-west-2", 80), nullptr}});
    const auto pushed =
        group({{near_region("us-east-1", -90), nullptr}, {near_region("us-west-2"), nullptr}});
    const auto elsewhere = group(
        {{near_region("us-east-1"), nullptr},
         {GeoproximityRouting{{}, {}, "-33.9", "18.4", 0}, nullptr},
         {GeoproximityRouting{{}, "us-west-2-lax-1", {}, {}, 0}, nullptr}}
    );
    hold({
        {"the closest resource", plain, chicago, "1"},
        {"the closest resource", plain, california, "2"},
        {"biased distance = actual distance * [1 - (bias/100)]", pulled, chicago, "2"},
        {"…which is not all: what is much nearer stays nearer", pulled, new_york, "1"},
        {"biased distance = actual distance / [1 + (bias/100)]", pushed, chicago, "2"},
        {"coordinates", elsewhere, "198.18.40.1", "2"},
        {"local zone groups", elsewhere, california, "3"},
        {"when the closest is unhealthy, the next closest",
         group({{near_region("us-east-1"), unhealthy()}, {near_region("us-west-2"), healthy()}}),
         new_york,
         "2"},
        {"when none is healthy, all are considered healthy",
         group({{near_region("us-east-1"), unhealthy()}, {near_region("us-west-2"), unhealthy()}}),
         new_york,
         "1"},
    });
}

TEST_CASE("routing: IP-based") {
    auto locations = std::make_shared<CidrLocations>();
    locations->put(*CidrBlock::parse("198.18.0.0/16"), "wide");
    locations->put(*CidrBlock::parse("198.18.31.0/24"), "narrow");
    locations->put(*CidrBlock::parse("2001:db8::/32"), "six");
    const auto with = [&](std::vector<std::pair<std::string, Health>> sets) {
        ZoneBuilder zone("example.com");
        zone.in_locations(locations);
        int who = 0;
        for (const auto& [location, health] : sets) {
            ++who;
            zone.routed(name, location, IPBasedRouting{"c", location}, ip(who), health);
        }
        return zone;
    };
    const auto all =
        with({{"wide", nullptr}, {"narrow", nullptr}, {"*", nullptr}, {"six", nullptr}});
    const auto some = with({{"narrow", nullptr}});
    const auto sick = with({{"narrow", unhealthy()}, {"*", healthy()}});
    const auto dead = with({{"narrow", unhealthy()}, {"*", unhealthy()}});
    hold({
        {"the longest matching block", all, frankfurt, "2"},
        {"the longest matching block", all, tokyo, "1"},
        {"IPv6 blocks", all, "2001:db8::1", "4"},
        {"the default location for what no block holds", all, "192.0.2.200", "3"},
        {"no match and no default: no answer", some, tokyo, "nobody"},
        {"an unhealthy location falls back to the default", sick, frankfurt, "2"},
        {"when none is healthy, all are considered healthy", dead, frankfurt, "1"},
    });
    // A resolver that tells less of the address than the block needs does not match it.
    const Client vague{
        *network::IPAddress::parse(nowhere),
        ClientSubnet{1, 16, 0, "\xc6\x12"},
        nullptr
    };
    CHECK(*locations->find(block_of(vague)) == "wide");
}

TEST_CASE("routing: multivalue answer") {
    std::vector<std::pair<RoutingPolicy, Health>> twelve;
    for (int i = 0; i < 12; ++i)
        twelve.emplace_back(MultivalueRouting{}, i < 3 ? unhealthy() : healthy());
    const auto many = ask(group(twelve), nowhere, 500);
    CHECK(many.most_answers == 8); // "up to eight healthy records selected at random"
    CHECK(many.counts.size() == 9);
    const auto few =
        ask(group(
                {{MultivalueRouting{}, healthy()},
                 {MultivalueRouting{}, unhealthy()},
                 {MultivalueRouting{}, nullptr}}
            ),
            nowhere,
            50);
    CHECK(few.most_answers == 2);
    CHECK(few.counts.size() == 2);
    // "When all records are unhealthy, Route 53 responds with up to eight unhealthy records."
    const auto none =
        ask(group({{MultivalueRouting{}, unhealthy()}, {MultivalueRouting{}, unhealthy()}}),
            nowhere,
            5);
    CHECK(none.most_answers == 2);
}
