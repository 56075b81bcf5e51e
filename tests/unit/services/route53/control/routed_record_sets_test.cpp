// Record sets with routing policies: what the API admits, keeps and lists, and that they answer.
#include "services/route53/data/health_signal.hpp"
#include "tests/unit/services/route53/control/control_fixture.hpp"

#include <functional>

using namespace diorama;
using namespace diorama::route53;
using enum api::ChangeAction;
using enum api::RRType;

namespace {

using Set = api::ResourceRecordSet;

struct Fixture : ControlFixture {
    std::string zone = create_zone("example.com");

    static api::Change routed(
        std::string identifier,
        const std::function<void(Set&)>& policy,
        std::string ip = "192.0.2.1"
    ) {
        auto made = change(CREATE, "www.example.com", A, {std::move(ip)}, 60);
        made.resource_record_set.set_identifier = std::move(identifier);
        policy(made.resource_record_set);
        return made;
    }

    static auto primary() {
        return [](Set& set) { set.failover = api::ResourceRecordSetFailover::PRIMARY; };
    }

    static auto country(std::string code, std::optional<std::string> subdivision = {}) {
        return [=](Set& set) { set.geo_location = api::GeoLocation{{}, code, subdivision}; };
    }

    std::string collection() {
        api::CreateCidrCollectionRequest input;
        input.name = "offices";
        input.caller_reference = "1";
        const auto id = *operations().create_cidr_collection(call(), input).collection->id;
        put(id, "office", {"198.18.31.0/24"});
        return id;
    }

    void put(const std::string& id, std::string location, std::vector<std::string> blocks) {
        api::ChangeCidrCollectionRequest input;
        input.id = id;
        input.changes.push_back(
            {std::move(location), api::CidrCollectionChangeAction::PUT, std::move(blocks)}
        );
        operations().change_cidr_collection(call(), input);
        test.time.run_for(std::chrono::seconds(1));
    }

    std::string tested(const std::string& from) {
        api::TestDNSAnswerRequest input{
            .hosted_zone_id = zone,
            .record_name = "www.example.com",
            .record_type = A
        };
        input.edns0_client_subnet_ip = from;
        const auto found = operations().test_dns_answer(call(), input);
        return found.record_data.empty() ? "" : found.record_data[0];
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "routed record sets: every policy is kept as it was given") {
    const auto cidr = collection();
    const std::function<void(Set&)> policies[] = {
        [](Set& set) { set.weight = 7; },
        [](Set& set) { set.region = api::ResourceRecordSetRegion::eu_west_1; },
        primary(),
        [](Set& set) { set.geo_location = api::GeoLocation{"EU", {}, {}}; },
        country("US", "CA"),
        country("*"),
        [](Set& set) {
            set.geo_proximity_location = api::GeoProximityLocation{"us-east-1", {}, {}, -40};
        },
        [](Set& set) {
            set.geo_proximity_location =
                api::GeoProximityLocation{{}, {}, api::Coordinates{"49.22", "-74.01"}, 0};
        },
        [&](Set& set) { set.cidr_routing_config = api::CidrRoutingConfig{cidr, "office"}; },
        [](Set& set) { set.multi_value_answer = true; },
    };
    for (const auto& policy : policies) {
        const auto made = routed("one", policy);
        CHECK(complaint(zone, {made}).empty());
        api::ListResourceRecordSetsRequest input;
        input.hosted_zone_id = zone;
        input.start_record_name = "www.example.com";
        const auto listed = operations().list_resource_record_sets(call(), input);
        REQUIRE(listed.resource_record_sets.size() == 1);
        auto expected = made.resource_record_set;
        expected.name += ".";
        CHECK(listed.resource_record_sets[0] == expected);
        // A deletion must name the same policy.
        auto gone = made;
        gone.action = DELETE;
        CHECK(complaint(zone, {gone}).empty());
    }
}

TEST_CASE_FIXTURE(Fixture, "routed record sets: fields that do not go together are refused") {
    const auto begins = [&](const api::Change& made, std::string_view with) {
        const auto said = complaint(zone, {made});
        CAPTURE(said);
        CHECK(said.starts_with(with));
    };
    begins(
        routed(
            "one",
            [](Set& set) {
                set.weight = 1;
                set.multi_value_answer = true;
            }
        ),
        "InvalidInput: Invalid request: Expected exactly one of [Weight, Region, Failover, "
        "GeoLocation, MultiValueAnswer, GeoProximityLocation, or CidrRoutingConfig], but found "
        "more than one in Change with [Action=CREATE, Name=www.example.com, Type=A, "
        "SetIdentifier=one]"
    );
    auto nameless = routed("one", primary());
    nameless.resource_record_set.set_identifier.reset();
    begins(nameless, "InvalidInput: Invalid request: Missing field 'SetIdentifier' in Change");
    begins(
        routed("one", country("ZZ")),
        "InvalidInput: Invalid request: Invalid GeoLocation in Change"
    );
    begins(
        routed("one", country("DE", "BY")), // subdivisions: the United States and Ukraine only
        "InvalidInput: Invalid request: Invalid GeoLocation in Change"
    );
    begins(
        routed("one", [](Set& set) { set.geo_proximity_location.emplace(); }),
        "InvalidInput: Invalid request: Expected exactly one of [AWSRegion, LocalZoneGroup, or "
        "Coordinates]"
    );
    begins(
        routed(
            "one",
            [](Set& set) {
                set.health_check_id = "nothing";
                set.weight = 1;
            }
        ),
        "NoSuchHealthCheck: "
    );
    begins(
        routed(
            "one",
            [](Set& set) { set.cidr_routing_config = api::CidrRoutingConfig{"nothing", "*"}; }
        ),
        "InvalidChangeBatch: [The CIDR collection nothing does not exist]"
    );
}

TEST_CASE_FIXTURE(Fixture, "routed record sets: a group has one policy, and no two for the same") {
    apply(zone, {routed("one", primary())});
    CHECK(
        complaint(zone, {routed("two", [](Set& set) { set.multi_value_answer = true; })}) ==
        "InvalidChangeBatch: [RRSet with DNS name www.example.com., type A, SetIdentifier two "
        "cannot be created because a non multivalue answer rrset exists with the same name and "
        "type.]"
    );
    CHECK(complaint(zone, {routed("two", primary())}).starts_with("InvalidChangeBatch: [RRSet"));
    CHECK(complaint(
              zone,
              {routed(
                  "two",
                  [](Set& set) { set.failover = api::ResourceRecordSetFailover::SECONDARY; }
              )}
    ).empty());
}

TEST_CASE_FIXTURE(Fixture, "routed record sets: an answer depends on where the client is") {
    apply(
        zone,
        {routed("us", country("US"), "192.0.2.1"),
         routed("rest", country("*"), "192.0.2.2"),
         routed("germany", country("DE"), "192.0.2.3")}
    );
    test.time.run_for(std::chrono::seconds(1));
    CHECK(tested("198.18.2.7") == "192.0.2.1");
    CHECK(tested("198.18.31.7") == "192.0.2.3");
    CHECK(tested("192.0.2.7") == "192.0.2.2");
    const auto look = [&](const Place& place) {
        const auto found = route53.look_up("www.example.com", {network::IPAddress(), place});
        REQUIRE(found.addresses.size() == 1);
        CHECK(found.ttl == std::chrono::seconds(60));
        return found.addresses[0].to_string();
    };
    CHECK(look({"EU", "DE", "", {50, 8}}) == "192.0.2.3");
    CHECK(look({"AS", "JP", "", {35, 139}}) == "192.0.2.2");
}

TEST_CASE_FIXTURE(Fixture, "routed record sets: a changed CIDR collection changes the answers") {
    const auto cidr = collection();
    const auto in = [&](std::string location) {
        return [=](Set& set) { set.cidr_routing_config = api::CidrRoutingConfig{cidr, location}; };
    };
    apply(zone, {routed("a", in("office"), "192.0.2.1"), routed("b", in("*"), "192.0.2.2")});
    test.time.run_for(std::chrono::seconds(1));
    CHECK(tested("198.18.31.7") == "192.0.2.1");
    CHECK(tested("198.18.32.7") == "192.0.2.2");
    put(cidr, "office", {"198.18.32.0/24"});
    CHECK(tested("198.18.32.7") == "192.0.2.1");
}
