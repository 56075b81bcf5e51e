// Traffic policies, and what their instances make the name server answer.
#include "services/route53/control/policy_document.hpp"
#include "tests/unit/services/route53/control/control_fixture.hpp"

using namespace diorama;
using namespace diorama::route53;
using enum api::ChangeAction;
using enum api::RRType;

namespace {

// A continent of its own, else the nearer of two regions, one of which has a standby.
constexpr auto document = R"({
    "AWSPolicyFormatVersion": "2015-10-01",
    "RecordType": "A",
    "StartRule": "where",
    "Endpoints": {
        "frankfurt": {"Type": "value", "Value": "192.0.2.1"},
        "virginia": {"Type": "value", "Value": "192.0.2.2"},
        "standby": {"Type": "value", "Value": "192.0.2.3"},
        "tokyo": {"Type": "value", "Value": "192.0.2.4"}
    },
    "Rules": {
        "where": {"RuleType": "geo", "Locations": [
            {"Continent": "AS", "EndpointReference": "tokyo"},
            {"IsDefault": "true", "RuleReference": "near", "EvaluateTargetHealth": true}
        ]},
        "near": {"RuleType": "latency", "Regions": [
            {"Region": "eu-central-1", "EndpointReference": "frankfurt"},
            {"Region": "us-east-1", "RuleReference": "safe", "EvaluateTargetHealth": true}
        ]},
        "safe": {"RuleType": "failover",
            "Primary": {"EndpointReference": "virginia"},
            "Secondary": {"EndpointReference": "standby"}
        }
    }
})";

constexpr auto simple = R"({
    "AWSPolicyFormatVersion": "2015-10-01",
    "RecordType": "A",
    "StartEndpoint": "one",
    "Endpoints": {"one": {"Type": "value", "Value": "192.0.2.9"}}
})";

struct Fixture : ControlFixture {
    std::string zone = create_zone("example.com");

    api::TrafficPolicy create_policy(std::string name, std::string text) {
        api::CreateTrafficPolicyRequest input;
        input.name = std::move(name);
        input.document = std::move(text);
        return operations().create_traffic_policy(call(), input).traffic_policy;
    }

    api::TrafficPolicyInstance create_instance(const api::TrafficPolicy& policy) {
        api::CreateTrafficPolicyInstanceRequest input;
        input.hosted_zone_id = zone;
        input.name = "www.example.com";
        input.ttl = 60;
        input.traffic_policy_id = policy.id;
        input.traffic_policy_version = policy.version;
        return operations().create_traffic_policy_instance(call(), input).traffic_policy_instance;
    }

    std::string seen_from(const Place& place) {
        const auto found = route53.look_up("www.example.com", {network::IPAddress(), place});
        return found.addresses.empty() ? "" : found.addresses[0].to_string();
    }

    template <class Function>
    static std::string complaint_of(Function function) {
        try {
            function();
        } catch (const aws::AWSError& error) {
            return error.code();
        }
        return {};
    }
};

const Place berlin{"EU", "DE", "", {52.5, 13.4}};
const Place boston{"NA", "US", "MA", {42.4, -71.1}};
const Place osaka{"AS", "JP", "", {34.7, 135.5}};

std::string mistake_in(std::string_view text) {
    const auto checked = check_policy(text);
    const auto* wrong = std::get_if<std::string>(&checked);
    return wrong == nullptr ? std::string() : *wrong;
}

} // namespace

TEST_CASE_FIXTURE(Fixture, "traffic policies: an instance answers as its rules say") {
    const auto policy = create_policy("shop", document);
    CHECK(policy.version == 1);
    CHECK(policy.type == A);
    const auto made = create_instance(policy);
    CHECK(made.state == "Creating");
    test.time.run_for(std::chrono::seconds(1));
    CHECK(
        operations()
            .get_traffic_policy_instance(call(), {.id = made.id})
            .traffic_policy_instance.state == "Applied"
    );
    CHECK(seen_from(osaka) == "192.0.2.4");
    CHECK(seen_from(berlin) == "192.0.2.1");
    CHECK(seen_from(boston) == "192.0.2.2");
    // AWS lists one record set, with the instance's id; how it is made is nobody's business.
    CHECK(
        listed(zone) ==
        std::vector<std::string>{"example.com. NS", "example.com. SOA", "www.example.com. A"}
    );
    CHECK(
        complaint(zone, {change(UPSERT, "www.example.com", A, {"192.0.2.7"})})
            .find("belongs to the traffic policy instance") != std::string::npos
    );
}

TEST_CASE_FIXTURE(Fixture, "traffic policies: another version takes the place of the first") {
    const auto first = create_policy("shop", document);
    const auto made = create_instance(first);
    api::CreateTrafficPolicyVersionRequest version;
    version.id = first.id;
    version.document = simple;
    const auto second = operations().create_traffic_policy_version(call(), version).traffic_policy;
    CHECK(second.version == 2);
    api::UpdateTrafficPolicyInstanceRequest update;
    update.id = made.id;
    update.ttl = 30;
    update.traffic_policy_id = first.id;
    update.traffic_policy_version = 2;
    operations().update_traffic_policy_instance(call(), update);
    test.time.run_for(std::chrono::seconds(1));
    CHECK(seen_from(osaka) == "192.0.2.9");
    CHECK(complaint_of([&] {
              operations().delete_traffic_policy(call(), {.id = first.id, .version = 2});
          }) == "TrafficPolicyInUse");
    operations().delete_traffic_policy(call(), {.id = first.id, .version = 1});
    const auto all = operations().list_traffic_policies(call(), {}).traffic_policy_summaries;
    REQUIRE(all.size() == 1);
    CHECK(all[0].latest_version == 2);
    CHECK(all[0].traffic_policy_count == 1);
    operations().delete_traffic_policy_instance(call(), {.id = made.id});
    test.time.run_for(std::chrono::seconds(1));
    CHECK(seen_from(osaka).empty());
    CHECK(listed(zone).size() == 2);
    CHECK(
        operations().get_traffic_policy_instance_count(call(), {}).traffic_policy_instance_count ==
        0
    );
}

TEST_CASE_FIXTURE(Fixture, "traffic policies: instances are found by zone and by policy") {
    const auto policy = create_policy("shop", simple);
    CHECK(complaint_of([&] { create_policy("shop", simple); }) == "TrafficPolicyAlreadyExists");
    const auto made = create_instance(policy);
    CHECK(complaint_of([&] { create_instance(policy); }) == "TrafficPolicyInstanceAlreadyExists");
    CHECK(
        operations().list_traffic_policy_instances(call(), {}).traffic_policy_instances.size() == 1
    );
    api::ListTrafficPolicyInstancesByHostedZoneRequest by_zone;
    by_zone.hosted_zone_id = zone;
    const auto in_zone = operations().list_traffic_policy_instances_by_hosted_zone(call(), by_zone);
    REQUIRE(in_zone.traffic_policy_instances.size() == 1);
    CHECK(in_zone.traffic_policy_instances[0].id == made.id);
    api::ListTrafficPolicyInstancesByPolicyRequest by_policy;
    by_policy.traffic_policy_id = policy.id;
    by_policy.traffic_policy_version = 1;
    CHECK(
        operations()
            .list_traffic_policy_instances_by_policy(call(), by_policy)
            .traffic_policy_instances.size() == 1
    );
    account = "111111111111";
    CHECK(operations().list_traffic_policy_instances(call(), {}).traffic_policy_instances.empty());
}

TEST_CASE("traffic policies: a document that is none says why") {
    CHECK(mistake_in(document).empty());
    CHECK(mistake_in("{") == "The document is not valid JSON");
    CHECK(mistake_in("{}") == "AWSPolicyFormatVersion must be 2015-10-01");
    const auto with = [](std::string_view rest) {
        return fmt::format(
            R"({{"AWSPolicyFormatVersion": "2015-10-01", "RecordType": "A", {}}})",
            rest
        );
    };
    CHECK(
        mistake_in(with(R"("Endpoints": {})")) ==
        "The document must have either StartRule or StartEndpoint"
    );
    CHECK(mistake_in(with(R"("StartRule": "a")")) == "There is no a in Rules");
    CHECK(
        mistake_in(with(R"("StartRule": "a", "Rules": {"a": {"RuleType": "odd"}})")) ==
        "The type odd of the rule a is not valid"
    );
    CHECK(
        mistake_in(with(
            R"("StartEndpoint": "e", "Endpoints": {"e": {"Type": "value", "Value": "nowhere"}})"
        )) == "The value nowhere of the endpoint e is not valid"
    );
    CHECK(
        mistake_in(with(
            R"("StartRule": "a", "Rules": {"a": {"RuleType": "multivalue",
                "Items": [{"RuleReference": "a"}]}})"
        )) == "The rules refer to each other without end"
    );
}
