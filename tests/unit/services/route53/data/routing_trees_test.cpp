// Aliases of routed records, level upon level, and health on all of them.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
#include "tests/unit/services/route53/data/routing_scene.hpp"

using namespace diorama;
using namespace diorama::route53;
using namespace diorama::route53::routing_scene;

TEST_CASE("routing: an alias is as healthy as what it leads to, all the way down") {
    // Latency aliases to weighted records, as in the guide.
    const auto tree = [](const Health& east_one, const Health& east_two, const Health& europe) {
        ZoneBuilder zone("example.com");
        zone.routed("east.example.com", "1", weight(1), ip(1), east_one)
            .routed("east.example.com", "2", weight(1), ip(2), east_two)
            .routed("europe.example.com", "3", weight(1), ip(3), europe)
            .routed_alias(name, "east", region("us-east-1"), "east.example.com")
            .routed_alias(name, "europe", region("eu-central-1"), "europe.example.com");
        return zone;
    };
    hold({
        {"a healthy branch is followed", tree(unhealthy(), healthy(), healthy()), new_york, "2"},
        {"if no record in a branch is healthy, Route 53 backs out of it",
         tree(unhealthy(), unhealthy(), healthy()),
         new_york,
         "3"},
        {"if no branch is healthy, all are considered healthy",
         tree(unhealthy(), healthy(), unhealthy()),
         frankfurt,
         "2"},
    });
    // "If none of the records are healthy": the first choice on each level.
    CHECK(ask(tree(unhealthy(), unhealthy(), unhealthy()), frankfurt, 50).only() == "3");
}

TEST_CASE("routing: an alias that does not evaluate its target is always healthy") {
    ZoneBuilder zone("example.com");
    zone.routed("east.example.com", "1", weight(1), ip(1), unhealthy());
    RecordSet blind;
    blind.set_identifier = "blind";
    blind.policy = FailoverRouting{true};
    blind.alias = AliasTarget{name_of("east.example.com"), "Z1", false};
    zone.add(name, blind);
    zone.routed(name, "other", FailoverRouting{false}, ip(2));
    CHECK(ask(zone, nowhere, 20).only() == "1");
}

TEST_CASE("routing: an alias with both a health check and target health needs both") {
    const auto with = [](const Health& own, const Health& target) {
        ZoneBuilder zone("example.com");
        zone.routed("east.example.com", "1", weight(1), ip(1), target)
            .routed_alias(name, "first", primary(), "east.example.com", own)
            .routed(name, "second", secondary(), ip(2));
        return zone;
    };
    hold({
        {"both healthy", with(healthy(), healthy()), nowhere, "1"},
        {"its own health check", with(unhealthy(), healthy()), nowhere, "2"},
        {"its target", with(healthy(), unhealthy()), nowhere, "2"},
    });
}

TEST_CASE("routing: aliases in a circle end, and are unhealthy") {
    ZoneBuilder zone("example.com");
    zone.routed_alias(name, "first", primary(), "a.example.com")
        .routed(name, "second", secondary(), ip(2))
        .routed_alias("a.example.com", "1", weight(1), "b.example.com")
        .routed_alias("b.example.com", "1", weight(1), "a.example.com");
    CHECK(ask(zone, nowhere).only() == "2");
}

TEST_CASE("routing: an alias of a branch that has nothing for this client is backed out of") {
    ZoneBuilder zone("example.com");
    zone.routed("geo.example.com", "eu", continent("EU"), ip(1))
        .routed_alias(name, "first", primary(), "geo.example.com")
        .routed(name, "second", secondary(), ip(2));
    CHECK(ask(zone, frankfurt).only() == "1");
    CHECK(ask(zone, tokyo).only() == "2");
}

TEST_CASE("routing: an alias of a load balancer is as healthy as that, if it evaluates it") {
    // AWS: "When you set EvaluateTargetHealth to true for an alias record, the alias record
    // inherits the health of the referenced AWS resource."
    const auto who = [](bool evaluates, const Health& target) {
        ZoneBuilder zone("example.com");
        RecordSet balancer;
        balancer.set_identifier = "balancer";
        balancer.policy = FailoverRouting{true};
        balancer.alias = AliasTarget{name_of("my-alb.example.net"), "Z35SXDOTRQ7X7K", evaluates};
        balancer.target_health = target;
        zone.add(name, balancer);
        zone.routed(name, "other", FailoverRouting{false}, ip(2));
        KnownNames names;
        names.names["my-alb.example.net"] = {network::IPAddress::v4(192, 0, 2, 1)};
        const Zones zones({zone.build()});
        Random random(1);
        const auto found = answer(
            {zones, names, names},
            {name_of(name), RecordType::a, class_in},
            {network::IPAddress::v4(127, 0, 0, 1), std::nullopt, nullptr},
            random
        );
        return static_cast<int>(found.answers.at(0).record_data[3]);
    };
    CHECK(who(true, healthy()) == 1);
    CHECK(who(true, unhealthy()) == 2);
    CHECK(who(false, unhealthy()) == 1); // "always considered healthy"
    CHECK(who(true, nullptr) == 1);      // a distribution has no health to evaluate
}

TEST_CASE("routing: the rules of weights hold on each level of a tree") {
    // Failover aliases to weighted aliases to multivalue records.
    const auto tree = [](const Health& one, const Health& two, const Health& idle) {
        ZoneBuilder zone("example.com");
        zone.routed("one.example.com", "1", MultivalueRouting{}, ip(1), one)
            .routed("two.example.com", "2", MultivalueRouting{}, ip(2), two)
            .routed("idle.example.com", "3", MultivalueRouting{}, ip(3), idle)
            .routed_alias("pool.example.com", "1", weight(10), "one.example.com")
            .routed_alias("pool.example.com", "2", weight(10), "two.example.com")
            .routed_alias("pool.example.com", "3", weight(0), "idle.example.com")
            .routed_alias(name, "first", primary(), "pool.example.com")
            .routed(name, "second", secondary(), ip(4));
        return zone;
    };
    const auto both = ask(tree(healthy(), healthy(), healthy()), nowhere, 2000);
    CHECK(both.share(1) == doctest::Approx(0.5).epsilon(0.1));
    CHECK(both.share(3) == 0);
    hold({
        {"a dead branch is backed out of", tree(unhealthy(), healthy(), healthy()), nowhere, "2"},
        {"if all the records that have a weight greater than 0 are unhealthy, then Route 53 "
         "considers the zero-weighted records",
         tree(unhealthy(), unhealthy(), healthy()),
         nowhere,
         "3"},
        {"if no record of the tree is healthy, the secondary",
         tree(unhealthy(), unhealthy(), unhealthy()),
         nowhere,
         "4"},
    });
}

TEST_CASE("routing: the health of a record counts from the next answer on") {
    const auto first = healthy();
    const auto zone = group({{primary(), first}, {secondary(), nullptr}});
    const Zones zones({zone.build()});
    const KnownNames names;
    Random random(1);
    const auto who = [&] {
        const auto found = answer(
            {zones, names, names},
            {name_of(name), RecordType::a, class_in},
            {network::IPAddress::v4(127, 0, 0, 1), std::nullopt, nullptr},
            random
        );
        return static_cast<int>(found.answers.at(0).record_data[3]);
    };
    CHECK(who() == 1);
    first->set(false);
    CHECK(who() == 2);
    first->set(true);
    CHECK(who() == 1);
}
