#include "services/route53/data/answer.hpp"
#include "tests/unit/services/route53/data/zone_builder.hpp"

#include <algorithm>
#include <cmath>

using namespace diorama;
using namespace diorama::route53;

namespace {

struct World {
    World() {
        const ZoneBuilder example =
            std::move(ZoneBuilder("example.com")
                          .with("example.com", RecordType::a, {"192.0.2.1"})
                          .with("example.com", RecordType::mx, {"10 mail.example.com"})
                          .with("mail.example.com", RecordType::a, {"192.0.2.25"})
                          .with("www.example.com", RecordType::cname, {"web.example.com"})
                          .with("web.example.com", RecordType::a, {"192.0.2.80"})
                          .with("web.example.com", RecordType::txt, {"\"hello\""})
                          .with("a.deep.example.com", RecordType::a, {"192.0.2.2"})
                          .with("*.wild.example.com", RecordType::a, {"192.0.2.3"})
                          .with("named.wild.example.com", RecordType::txt, {"\"x\""})
                          .with("sub.example.com", RecordType::ns, {"ns.sub.example.com"})
                          .with("ns.sub.example.com", RecordType::a, {"192.0.2.53"})
                          .with("loop.example.com", RecordType::cname, {"pool.example.com"})
                          .with("pool.example.com", RecordType::cname, {"loop.example.com"})
                          .with("away.example.com", RecordType::cname, {"www.elsewhere.example"})
                          .with("other.example.com", RecordType::cname, {"www.example.org"})
                          .with("nowhere.example.com", RecordType::cname, {"missing.example.com"})
                          .with("edge.example.com", RecordType::cname, {"d1.cloudfront.net"})
                          .alias(
                              "alb.example.com",
                              RecordType::a,
                              "lb-1.us-east-1.elb.amazonaws.com",
                              "Z35SXDOTRQ7X7K"
                          )
                          .alias(
                              "alb.example.com",
                              RecordType::aaaa,
                              "lb-1.us-east-1.elb.amazonaws.com",
                              "Z35SXDOTRQ7X7K"
                          )
                          .alias("same.example.com", RecordType::a, "web.example.com", "Z1")
                          .alias("twice.example.com", RecordType::a, "same.example.com", "Z1")
                          .alias("snake.example.com", RecordType::a, "snake2.example.com", "Z1")
                          .alias("snake2.example.com", RecordType::a, "snake.example.com", "Z1")
                          .alias(
                              "gone.example.com",
                              RecordType::a,
                              "gone.us-east-1.elb.amazonaws.com",
                              "Z35SXDOTRQ7X7K"
                          ));
        const ZoneBuilder below =
            std::move(ZoneBuilder("inner.example.com", "Z2")
                          .with("x.inner.example.com", RecordType::a, {"192.0.2.9"}));
        const ZoneBuilder org =
            std::move(ZoneBuilder("example.org", "Z3")
                          .with("www.example.org", RecordType::a, {"198.51.100.1"}));
        zones = Zones({example.build(), below.build(), org.build()});
        names.names["lb-1.us-east-1.elb.amazonaws.com"] = {network::IPAddress::v4(127, 10, 0, 1)};
        names.names["d1.cloudfront.net"] = {network::IPAddress::v4(127, 20, 0, 1)};
    }

    Answer ask(std::string_view name, RecordType type) {
        return answer({zones, names, names}, {name_of(name), type}, {}, random);
    }

    Zones zones;
    KnownNames names;
    Random random{7};
};

using Outcome = Answer::Outcome;

} // namespace

TEST_CASE("answer: each question has the outcome and the records of RFC 1034") {
    struct Example {
        const char* name;
        RecordType type;
        Outcome outcome;
        std::vector<std::string> answers;
    };

    const std::string soa_ns = "ns-1.awsdns-00.com.";
    const Example examples[] = {
        {"example.com", RecordType::a, Outcome::records, {"example.com. 300 A 192.0.2.1"}},
        {"EXAMPLE.com", RecordType::a, Outcome::records, {"EXAMPLE.com. 300 A 192.0.2.1"}},
        {"example.com",
         RecordType::mx,
         Outcome::records,
         {"example.com. 300 MX 10 mail.example.com."}},
        {"example.com", RecordType::ns, Outcome::records, {"example.com. 172800 NS " + soa_ns}},
        {"example.com", RecordType::aaaa, Outcome::no_data, {}},
        {"missing.example.com", RecordType::a, Outcome::nx_domain, {}},
        {"www.example.com",
         RecordType::a,
         Outcome::records,
         {"www.example.com. 300 CNAME web.example.com.", "web.example.com. 300 A 192.0.2.80"}},
        {"www.example.com",
         RecordType::cname,
         Outcome::records,
         {"www.example.com. 300 CNAME web.example.com."}},
        {"www.example.com",
         RecordType::mx,
         Outcome::no_data,
         {"www.example.com. 300 CNAME web.example.com."}},
        {"nowhere.example.com",
         RecordType::a,
         Outcome::nx_domain,
         {"nowhere.example.com. 300 CNAME missing.example.com."}},
        {"deep.example.com", RecordType::a, Outcome::no_data, {}},
        {"a.deep.example.com",
         RecordType::a,
         Outcome::records,
         {"a.deep.example.com. 300 A 192.0.2.2"}},
        {"x.wild.example.com",
         RecordType::a,
         Outcome::records,
         {"x.wild.example.com. 300 A 192.0.2.3"}},
        {"y.x.wild.example.com",
         RecordType::a,
         Outcome::records,
         {"y.x.wild.example.com. 300 A 192.0.2.3"}},
        {"x.wild.example.com", RecordType::txt, Outcome::no_data, {}},
        {"named.wild.example.com", RecordType::a, Outcome::no_data, {}},
        {"x.named.wild.example.com", RecordType::a, Outcome::nx_domain, {}},
        {"*.wild.example.com",
         RecordType::a,
         Outcome::records,
         {"\\052.wild.example.com. 300 A 192.0.2.3"}},
        {"away.example.com",
         RecordType::a,
         Outcome::records,
         {"away.example.com. 300 CNAME www.elsewhere.example."}},
        {"other.example.com",
         RecordType::a,
         Outcome::records,
         {"other.example.com. 300 CNAME www.example.org.", "www.example.org. 300 A 198.51.100.1"}},
        {"x.inner.example.com",
         RecordType::a,
         Outcome::records,
         {"x.inner.example.com. 300 A 192.0.2.9"}},
        {"y.inner.example.com", RecordType::a, Outcome::nx_domain, {}},
        {"alb.example.com", RecordType::a, Outcome::records, {"alb.example.com. 60 A 127.10.0.1"}},
        {"alb.example.com", RecordType::aaaa, Outcome::no_data, {}},
        {"gone.example.com", RecordType::a, Outcome::no_data, {}},
        {"same.example.com", RecordType::a, Outcome::records, {"same.example.com. 300 A 192.0.2.80"}
        },
        {"twice.example.com",
         RecordType::a,
         Outcome::records,
         {"twice.example.com. 300 A 192.0.2.80"}},
        {"snake.example.com", RecordType::a, Outcome::server_failure, {}},
        {"edge.example.com",
         RecordType::a,
         Outcome::records,
         {"edge.example.com. 300 CNAME d1.cloudfront.net.", "d1.cloudfront.net. 60 A 127.20.0.1"}},
        {"d1.cloudfront.net",
         RecordType::a,
         Outcome::records,
         {"d1.cloudfront.net. 60 A 127.20.0.1"}},
        {"D1.CloudFront.net", RecordType::aaaa, Outcome::no_data, {}},
        {"example.net", RecordType::a, Outcome::refused, {}},
        {"com", RecordType::ns, Outcome::refused, {}},
        {".", RecordType::ns, Outcome::refused, {}},
        {"notexample.com", RecordType::a, Outcome::refused, {}},
        {"web.example.com", RecordType::any, Outcome::records, {"web.example.com. 300 A 192.0.2.80"}
        },
        {"sub.example.com", RecordType::ds, Outcome::no_data, {}},
    };
    World world;
    for (const auto& example : examples) {
        CAPTURE(example.name);
        CAPTURE(to_string(example.type));
        const auto found = world.ask(example.name, example.type);
        CHECK(found.outcome == example.outcome);
        CHECK(texts_of(found.answers) == example.answers);
    }
}

TEST_CASE("answer: a CNAME chain without end is a server failure") {
    World world;
    CHECK(world.ask("loop.example.com", RecordType::a).outcome == Outcome::server_failure);
}

TEST_CASE("answer: NODATA and NXDOMAIN carry the SOA, with the lesser of its TTL and its minimum") {
    World world;
    for (const auto* name : {"missing.example.com", "deep.example.com", "gone.example.com"}) {
        CAPTURE(name);
        const auto found = world.ask(name, RecordType::a);
        REQUIRE(found.authority.size() == 1);
        CHECK(found.authority[0].type == RecordType::soa);
        CHECK(found.authority[0].ttl == 300);
        CHECK(found.is_authoritative());
    }
}

TEST_CASE("answer: a name at or below a delegation is a referral with glue, not authoritative") {
    World world;
    for (const auto* name : {"sub.example.com", "x.sub.example.com", "ns.sub.example.com"}) {
        CAPTURE(name);
        const auto found = world.ask(name, RecordType::a);
        CHECK(found.outcome == Outcome::referral);
        CHECK_FALSE(found.is_authoritative());
        CHECK(found.answers.empty());
        CHECK(
            texts_of(found.authority) ==
            std::vector<std::string>{"sub.example.com. 300 NS ns.sub.example.com."}
        );
        CHECK(
            texts_of(found.additional) ==
            std::vector<std::string>{"ns.sub.example.com. 300 A 192.0.2.53"}
        );
    }
}

TEST_CASE("answer: positive answers carry the zone's name servers, and addresses of MX targets") {
    World world;
    const auto found = world.ask("example.com", RecordType::mx);
    CHECK(
        texts_of(found.authority) ==
        std::vector<std::string>{"example.com. 172800 NS ns-1.awsdns-00.com."}
    );
    CHECK(
        texts_of(found.additional) == std::vector<std::string>{"mail.example.com. 300 A 192.0.2.25"}
    );
    CHECK(world.ask("example.com", RecordType::ns).authority.empty());
}

TEST_CASE("answer: of two zones with one name the first answers") {
    World world;
    const auto first = ZoneBuilder("shop.example", "ZA")
                           .with("shop.example", RecordType::a, {"192.0.2.1"})
                           .build();
    const auto second = ZoneBuilder("shop.example", "ZB")
                            .with("shop.example", RecordType::a, {"192.0.2.2"})
                            .build();
    world.zones = Zones({first, second});
    const auto found = world.ask("shop.example", RecordType::a);
    CHECK(texts_of(found.answers) == std::vector<std::string>{"shop.example. 300 A 192.0.2.1"});
    CHECK(found.zone == first.get());
}

TEST_CASE("answer: simple routing returns all values, in an order that changes") {
    World world;
    world.zones =
        Zones({ZoneBuilder("example.com")
                   .with("example.com", RecordType::a, {"192.0.2.1", "192.0.2.2", "192.0.2.3"})
                   .build()});
    std::map<std::string, int> first;
    for (int i = 0; i < 3000; ++i) {
        const auto found = world.ask("example.com", RecordType::a);
        REQUIRE(found.answers.size() == 3);
        ++first[text_of(found.answers[0])];
    }
    CHECK(first.size() == 3);
    for (const auto& [text, count] : first) {
        CHECK(count > 900);
    }
}

TEST_CASE("answer: weighted record sets are chosen in proportion to their weights") {
    World world;
    world.zones = Zones({ZoneBuilder("example.com")
                             .weighted("www.example.com", "blue", 70, "192.0.2.1")
                             .weighted("www.example.com", "green", 30, "192.0.2.2")
                             .weighted("www.example.com", "off", 0, "192.0.2.3")
                             .build()});
    std::map<std::string, int> chosen;
    for (int i = 0; i < 10000; ++i) {
        const auto found = world.ask("www.example.com", RecordType::a);
        REQUIRE(found.answers.size() == 1);
        ++chosen[record_data_text(RecordType::a, found.answers[0].record_data)];
    }
    CHECK(std::abs(chosen["192.0.2.1"] - 7000) < 200);
    CHECK(std::abs(chosen["192.0.2.2"] - 3000) < 200);
    CHECK(chosen["192.0.2.3"] == 0);
}

TEST_CASE("answer: when every weight is zero all record sets are equally probable") {
    World world;
    world.zones = Zones({ZoneBuilder("example.com")
                             .weighted("www.example.com", "blue", 0, "192.0.2.1")
                             .weighted("www.example.com", "green", 0, "192.0.2.2")
                             .build()});
    int blue = 0;
    for (int i = 0; i < 10000; ++i) {
        const auto found = world.ask("www.example.com", RecordType::a);
        blue += record_data_text(RecordType::a, found.answers[0].record_data) == "192.0.2.1";
    }
    CHECK(std::abs(blue - 5000) < 200);
}

TEST_CASE("answer: the same seed gives the same answers") {
    World left;
    World right;
    for (int i = 0; i < 50; ++i) {
        CHECK(
            texts_of(left.ask("example.com", RecordType::any).answers) ==
            texts_of(right.ask("example.com", RecordType::any).answers)
        );
    }
}
