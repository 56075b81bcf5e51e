#include "tests/unit/services/route53/control/control_fixture.hpp"

#include <fmt/format.h>

using namespace diorama;
using namespace diorama::route53;
using enum api::ChangeAction;
using enum api::RRType;

namespace {

using Fixture = ControlFixture;

} // namespace

TEST_CASE_FIXTURE(Fixture, "record_sets: a change is visible in DNS exactly when it is INSYNC") {
    const auto zone = create_zone("example.com");
    const auto first = apply(zone, {change(CREATE, "www.example.com", A, {"192.0.2.1"})});
    CHECK(status(first) == api::ChangeStatus::PENDING);
    CHECK(resolved("www.example.com").empty());
    test.time.run_for(std::chrono::milliseconds(60));
    const auto second = apply(zone, {change(UPSERT, "www.example.com", A, {"192.0.2.2"})});
    test.time.run_for(std::chrono::milliseconds(60));
    CHECK(status(first) == api::ChangeStatus::INSYNC);
    CHECK(status(second) == api::ChangeStatus::PENDING);
    CHECK(resolved("www.example.com") == "192.0.2.1");
    test.time.run_for(std::chrono::milliseconds(60));
    CHECK(status(second) == api::ChangeStatus::INSYNC);
    CHECK(resolved("www.example.com") == "192.0.2.2");
}

TEST_CASE_FIXTURE(Fixture, "record_sets: a batch with one wrong change changes nothing") {
    const auto zone = create_zone("example.com");
    const auto complained = complaint(
        zone,
        {change(CREATE, "good.example.com", A, {"192.0.2.1"}),
         change(CREATE, "bad.example.com", A, {"nonsense"}),
         change(DELETE, "missing.example.com", A, {"192.0.2.1"})}
    );
    CHECK(
        complained ==
        "InvalidChangeBatch: [Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address "
        "(Value is not a valid IPv4 address) encountered with 'nonsense'', Tried to delete "
        "resource "
        "record set [name='missing.example.com.', type='A'] but it was not found]"
    );
    CHECK(listed(zone) == std::vector<std::string>{"example.com. NS", "example.com. SOA"});
}

TEST_CASE_FIXTURE(Fixture, "record_sets: complaints are AWS's own sentences") {
    const auto zone = create_zone("example.com");
    apply(
        zone,
        {change(CREATE, "www.example.com", A, {"192.0.2.1"}),
         change(CREATE, "c.example.com", CNAME, {"www.example.com"}),
         weighted(change(CREATE, "w.example.com", A, {"192.0.2.1"}), "one", 1)}
    );

    struct Example {
        std::vector<api::Change> changes;
        const char* complaint;
    };

    auto both = change(CREATE, "x.example.com", A, {"192.0.2.1"});
    both.resource_record_set.alias_target = api::AliasTarget{zone, "www.example.com", false};
    auto none = change(CREATE, "x.example.com", A, {});
    none.resource_record_set.ttl.reset();
    auto nameless = weighted(change(CREATE, "x.example.com", A, {"192.0.2.1"}), "x", 1);
    nameless.resource_record_set.set_identifier.reset();
    auto policyless = weighted(change(CREATE, "x.example.com", A, {"192.0.2.1"}), "x", 1);
    policyless.resource_record_set.weight.reset();
    const Example examples[] = {
        {{change(CREATE, "www.example.com", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [Tried to create resource record set [name='www.example.com.', "
         "type='A'] but it already exists]"},
        {{weighted(change(CREATE, "w.example.com", A, {"192.0.2.9"}), "one", 1)},
         "InvalidChangeBatch: [Tried to create resource record set [name='w.example.com.', "
         "type='A', set-identifier='one'] but it already exists]"},
        {{change(DELETE, "www.example.com", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [Tried to delete resource record set [name='www.example.com.', "
         "type='A'] but the values provided do not match the current values]"},
        {{change(CREATE, "www.example.org", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [RRSet with DNS name www.example.org. is not permitted in zone "
         "example.com.]"},
        {{change(CREATE, "example.com", CNAME, {"www.example.com"})},
         "InvalidChangeBatch: [RRSet of type CNAME with DNS name example.com. is not permitted at "
         "apex in zone example.com.]"},
        {{change(CREATE, "www.example.com", CNAME, {"x.example.com"})},
         "InvalidChangeBatch: [RRSet of type CNAME with DNS name www.example.com. is not permitted "
         "as it conflicts with other records with the same DNS name in zone example.com.]"},
        {{change(CREATE, "c.example.com", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [RRSet of type A with DNS name c.example.com. is not permitted "
         "because a conflicting RRSet of type CNAME with the same DNS name already exists in zone "
         "example.com.]"},
        {{change(CREATE, "w.example.com", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [RRSet with DNS name w.example.com., type A cannot be created as "
         "other RRSets exist with the same name and type.]"},
        {{weighted(change(CREATE, "www.example.com", A, {"192.0.2.9"}), "two", 1)},
         "InvalidChangeBatch: [RRSet with DNS name www.example.com., type A, SetIdentifier two "
         "cannot be created as other RRSets exist with the same name and type.]"},
        {{change(CREATE, "x.example.com", A, {"192.0.2.9", "192.0.2.9"})},
         "InvalidChangeBatch: [Duplicate Resource Record: '192.0.2.9']"},
        {{change(UPSERT, "x.example.com", A, {"192.0.2.9"}),
          change(UPSERT, "x.example.com", A, {"192.0.2.8"})},
         "InvalidChangeBatch: [The request contains an invalid set of changes for a resource "
         "record "
         "set 'A x.example.com.']"},
        {{change(CREATE, "a..b.example.com", A, {"192.0.2.9"})},
         "InvalidChangeBatch: [FATAL problem: DomainLabelEmpty (Domain label is empty) encountered "
         "with 'a..b.example.com']"},
        {{both},
         "InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
         "ResourceRecords], or TrafficPolicyInstanceId], but found more than one in Change with "
         "[Action=CREATE, Name=x.example.com, Type=A, SetIdentifier=null]"},
        {{none},
         "InvalidInput: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
         "ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with "
         "[Action=CREATE, Name=x.example.com, Type=A, SetIdentifier=null]"},
        {{nameless},
         "InvalidInput: Invalid request: Missing field 'SetIdentifier' in Change with "
         "[Action=CREATE, Name=x.example.com, Type=A, SetIdentifier=null]"},
        {{policyless},
         "InvalidInput: Invalid request: Expected exactly one of [Weight, Region, Failover, "
         "GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found "
         "none in Change with [Action=CREATE, Name=x.example.com, Type=A, SetIdentifier=x]"},
        {{alias("x.example.com", "Z35SXDOTRQ7X7K", "www.example.net")},
         "InvalidChangeBatch: [Tried to create an alias that targets www.example.net., type A in "
         "zone Z35SXDOTRQ7X7K, but the alias target name does not lie within the target zone, "
         "Tried "
         "to create an alias that targets www.example.net., type A in zone Z35SXDOTRQ7X7K, but "
         "that "
         "target was not found]"},
        {{alias("x.example.com", "ZNOSUCHZONE", "www.example.net")},
         "NoSuchHostedZone: No hosted zone found with ID: ZNOSUCHZONE"},
    };
    for (const auto& example : examples) {
        CHECK(complaint(zone, example.changes) == example.complaint);
    }
}

TEST_CASE_FIXTURE(
    Fixture,
    "record_sets: the SOA and NS record sets of the zone cannot be deleted"
) {
    const auto zone = create_zone("example.com");
    api::ListResourceRecordSetsRequest input;
    input.hosted_zone_id = zone;
    std::vector<api::Change> changes;
    for (auto& set : operations().list_resource_record_sets(call(), input).resource_record_sets) {
        changes.push_back({DELETE, set});
    }
    CHECK(
        complaint(zone, changes) ==
        "InvalidChangeBatch: [A HostedZone must contain exactly one SOA record., A HostedZone must "
        "contain at least one NS record for the zone itself.]"
    );
}

TEST_CASE_FIXTURE(Fixture, "record_sets: what is not emulated is refused by name, not stored") {
    const auto zone = create_zone("example.com");
    const auto refused = [&](auto&& set_parameter) {
        auto made = change(CREATE, "x.example.com", A, {"192.0.2.1"});
        made.resource_record_set.set_identifier = "one";
        set_parameter(made.resource_record_set);
        return complaint(zone, {made});
    };
    using Set = api::ResourceRecordSet;
    CHECK(
        refused([](Set& set) { set.traffic_policy_instance_id = "abc"; }) ==
        "NotImplemented: The parameter ResourceRecordSet.TrafficPolicyInstanceId of "
        "ChangeResourceRecordSets in route53 is not emulated."
    );
    CHECK(listed(zone).size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "record_sets: every type that Route 53 has is kept and answered") {
    const auto zone = create_zone("example.com");
    const std::pair<api::RRType, std::string> values[] = {
        {A, "192.0.2.1"},
        {AAAA, "2001:db8::1"},
        {CAA, "0 issue \"ca.example.net\""},
        {DS,
         "12345 13 2 "
         "49FD46E6C4B45C55D4AC69CBD3CD34AC1AFE51DE49FD46E6C4B45C55D4AC69CB"},
        {HTTPS, "1 . alpn=\"h2,h3\" port=\"8443\""},
        {MX, "10 mail.example.com."},
        {NAPTR, "100 50 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.com."},
        {PTR, "www.example.com."},
        {SPF, "\"v=spf1 -all\""},
        {SRV, "1 2 443 www.example.com."},
        {SSHFP, "2 1 123456789ABCDEF67890123456789ABCDEF67890"},
        {SVCB, "0 other.example.com."},
        {TLSA, "3 1 1 0D6FCE3AFA"},
        {TXT, "\"one\" \"two\""},
    };
    for (const auto& [type, value] : values) {
        const auto name = std::string(to_string(type)) + ".example.com";
        CAPTURE(name);
        // A DS record stands beside the NS records of a delegation.
        std::vector<api::Change> changes{change(CREATE, name, type, {value})};
        if (type == DS) changes.push_back(change(CREATE, name, NS, {"ns.example.net."}));
        CHECK(complaint(zone, changes).empty());
        test.time.run_for(std::chrono::seconds(1));
        api::TestDNSAnswerRequest input{
            .hosted_zone_id = zone,
            .record_name = name,
            .record_type = type
        };
        const auto answered = operations().test_dns_answer(call(), input);
        CHECK(answered.record_data == std::vector<std::string>{value});
    }
}

TEST_CASE_FIXTURE(Fixture, "record_sets: a batch may delete a record set and make it anew") {
    const auto zone = create_zone("example.com");
    apply(zone, {change(CREATE, "www.example.com", A, {"192.0.2.1", "192.0.2.2"})});
    apply(
        zone,
        {change(DELETE, "WWW.example.com.", A, {"192.0.2.2", "192.0.2.1"}),
         change(CREATE, "www.example.com", CNAME, {"web.example.com"}),
         change(CREATE, "web.example.com", A, {"192.0.2.3"})}
    );
    test.time.run_for(std::chrono::seconds(1));
    CHECK(resolved("www.example.com") == "192.0.2.3");
    CHECK(
        listed(zone) ==
        std::vector<std::string>{
            "example.com. NS",
            "example.com. SOA",
            "web.example.com. A",
            "www.example.com. CNAME"
        }
    );
}

TEST_CASE_FIXTURE(
    Fixture,
    "record_sets: lists are in the order of reversed labels, type, identifier, and in pages"
) {
    const auto zone = create_zone("example.com");
    apply(
        zone,
        {change(CREATE, "b.example.com", TXT, {"\"x\""}),
         change(CREATE, "b.example.com", A, {"192.0.2.1"}),
         change(CREATE, "a.b.example.com", A, {"192.0.2.1"}),
         change(CREATE, "*.example.com", A, {"192.0.2.1"}),
         weighted(change(CREATE, "c.example.com", A, {"192.0.2.1"}), "two", 1),
         weighted(change(CREATE, "c.example.com", A, {"192.0.2.1"}), "one", 1)}
    );
    const std::vector<std::string> expected{
        "example.com. NS",
        "example.com. SOA",
        "\\052.example.com. A",
        "b.example.com. A",
        "b.example.com. TXT",
        "a.b.example.com. A",
        "c.example.com. A one",
        "c.example.com. A two",
    };
    CHECK(listed(zone) == expected);

    api::ListResourceRecordSetsRequest input;
    input.hosted_zone_id = zone;
    input.max_items = "1";
    std::vector<std::string> paged;
    for (;;) {
        const auto page = operations().list_resource_record_sets(call(), input);
        REQUIRE(page.resource_record_sets.size() == 1);
        const auto& set = page.resource_record_sets[0];
        paged.push_back(set.name + " " + std::string(to_string(set.type)));
        if (set.set_identifier) paged.back() += " " + *set.set_identifier;
        if (!page.is_truncated) break;
        input.start_record_name = page.next_record_name;
        input.start_record_type = page.next_record_type;
        input.start_record_identifier = page.next_record_identifier;
    }
    CHECK(paged == expected);
}

TEST_CASE_FIXTURE(
    Fixture,
    "record_sets: aliases answer with the addresses of a load balancer, a distribution, a record"
) {
    const auto zone = create_zone("example.com");
    names.publish("lb-1.us-east-1.elb.amazonaws.com", {network::IPAddress::v4(127, 10, 0, 1)});
    names.publish("d1.cloudfront.localhost", {network::IPAddress::v4(127, 20, 0, 1)});
    apply(
        zone,
        {change(CREATE, "web.example.com", A, {"192.0.2.1"}),
         alias("example.com", "Z35SXDOTRQ7X7K", "dualstack.lb-1.us-east-1.elb.amazonaws.com"),
         alias("static.example.com", "Z2FDTNDATAQYW2", "d1.cloudfront.localhost."),
         alias("www.example.com", zone, "web.example.com"),
         change(CREATE, "old.example.com", CNAME, {"www.example.com"})}
    );
    test.time.run_for(std::chrono::seconds(1));
    CHECK(resolved("example.com") == "127.10.0.1");
    CHECK(resolved("static.example.com") == "127.20.0.1");
    CHECK(resolved("old.example.com") == "192.0.2.1");
    // The load balancer moves: the alias follows without a change.
    names.publish("lb-1.us-east-1.elb.amazonaws.com", {network::IPAddress::v4(127, 10, 0, 2)});
    CHECK(resolved("EXAMPLE.com.") == "127.10.0.2");
    CHECK(resolved("lb-1.us-east-1.elb.amazonaws.com") == "127.10.0.2");
}

TEST_CASE_FIXTURE(Fixture, "record_sets: TestDNSAnswer says what the name server answers") {
    const auto zone = create_zone("example.com");
    api::TestDNSAnswerRequest input{
        .hosted_zone_id = zone,
        .record_name = "www.example.com",
        .record_type = A
    };
    CHECK(operations().test_dns_answer(call(), input).response_code == "NXDOMAIN");
    apply(zone, {change(CREATE, "www.example.com", A, {"192.0.2.1"})});
    CHECK(operations().test_dns_answer(call(), input).response_code == "NXDOMAIN");
    test.time.run_for(std::chrono::seconds(1));
    const auto answered = operations().test_dns_answer(call(), input);
    CHECK(answered.response_code == "NOERROR");
    CHECK(answered.record_data == std::vector<std::string>{"192.0.2.1"});
    CHECK(answered.protocol == "UDP");
    CHECK(answered.nameserver.starts_with("ns-"));
}
