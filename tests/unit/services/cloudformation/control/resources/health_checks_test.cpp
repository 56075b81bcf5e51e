// What the resource types around health checks ask of Route 53.
#include "services/cloudformation/control/resources/resource_type.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

namespace {

// Remembers what it was asked.
struct RecordingRoute53 final : ServiceCalls {
    std::vector<std::pair<std::string, Json>> calls;

    Json
    call(const Place&, std::string_view, std::string_view operation, const Json& input) override {
        calls.emplace_back(operation, input);
        if (operation == "CreateHealthCheck") return {{"HealthCheck", {{"Id", "check-1"}}}};
        if (operation == "CreateCidrCollection")
            return {{"Collection", {{"Id", "cidr-1"}, {"Arn", "arn:cidr-1"}}}};
        if (operation == "CreateHostedZone")
            return {
                {"HostedZone", {{"Id", "/hostedzone/Z1"}}},
                {"ChangeInfo", {{"Id", "change-0"}}}
            };
        if (operation == "ChangeResourceRecordSets" || operation.find("VPC") != operation.npos)
            return {{"ChangeInfo", {{"Id", "change-1"}}}};
        return Json::object();
    }
};

struct Scene {
    RecordingRoute53 route53;
    Random random{1};
    Work work{
        .calls = route53,
        .random = random,
        .place = {},
        .stack_name = "stack",
        .stack_id = "arn",
        .logical_id = "Thing",
        .physical_id = {}
    };
};

const Json config{
    {"Type", "HTTP"},
    {"FullyQualifiedDomainName", "www.example.com"},
    {"ResourcePath", "/health"},
    {"FailureThreshold", "2"}
};

} // namespace

TEST_CASE("a health check is made with its configuration and its tags") {
    Scene scene;
    const auto* type = find_resource_type("AWS::Route53::HealthCheck");
    REQUIRE(type != nullptr);
    scene.work.properties = {
        {"HealthCheckConfig", config},
        {"HealthCheckTags", {{{"Key", "Name"}, {"Value", "web"}}}}
    };
    CHECK(type->create(scene.work) == "check-1");
    REQUIRE(scene.route53.calls.size() == 2);
    CHECK(scene.route53.calls[0].second.at("HealthCheckConfig") == config);
    CHECK(scene.route53.calls[1].second.at("ResourceType") == "healthcheck");
    CHECK(type->read(scene.work).at("HealthCheckId") == "check-1");
}

TEST_CASE("a health check is updated in place where Route 53 can, else replaced") {
    Scene scene;
    const auto* type = find_resource_type("AWS::Route53::HealthCheck");
    auto slower = config;
    slower["RequestInterval"] = 10;
    CHECK(type->needs_replacement({{"HealthCheckConfig", config}}, {{"HealthCheckConfig", slower}})
    );
    auto plain = config;
    plain.erase("ResourcePath");
    plain.erase("FailureThreshold");
    plain["Port"] = 8080;
    CHECK_FALSE(
        type->needs_replacement({{"HealthCheckConfig", config}}, {{"HealthCheckConfig", plain}})
    );
    scene.work.physical_id = "check-1";
    scene.work.previous = {{"HealthCheckConfig", config}};
    scene.work.properties = {{"HealthCheckConfig", plain}};
    type->update(scene.work);
    REQUIRE(scene.route53.calls.size() == 1);
    CHECK(
        scene.route53.calls[0].second ==
        Json{
            {"HealthCheckId", "check-1"},
            {"FullyQualifiedDomainName", "www.example.com"},
            {"Port", 8080},
            {"ResetElements", {"ResourcePath"}},
            {"FailureThreshold", 3}
        }
    );
}

TEST_CASE("a CIDR collection is filled after it is made, and emptied before it goes") {
    Scene scene;
    const auto* type = find_resource_type("AWS::Route53::CidrCollection");
    REQUIRE(type != nullptr);
    const Json location{{"LocationName", "office"}, {"CidrList", {"192.0.2.0/24"}}};
    scene.work.properties = {{"Name", "offices"}, {"Locations", Json::array({location})}};
    CHECK(type->create(scene.work) == "cidr-1");
    CHECK(type->read(scene.work).at("Arn") == "arn:cidr-1");
    REQUIRE(scene.route53.calls.size() == 2);
    CHECK(scene.route53.calls[1].second.at("Changes")[0].at("Action") == "PUT");
    type->remove(scene.work);
    REQUIRE(scene.route53.calls.size() == 4);
    CHECK(scene.route53.calls[2].second.at("Changes")[0].at("Action") == "DELETE_IF_EXISTS");
    CHECK(scene.route53.calls[3].first == "DeleteCidrCollection");
}

TEST_CASE("a record set says its routing policy as the template does") {
    Scene scene;
    const auto* type = find_resource_type("AWS::Route53::RecordSet");
    const Json policies[] = {
        {{"Failover", "PRIMARY"}, {"HealthCheckId", "check-1"}},
        {{"Region", "eu-west-1"}},
        {{"GeoLocation", {{"CountryCode", "US"}, {"SubdivisionCode", "CA"}}}},
        {{"GeoProximityLocation", {{"AWSRegion", "us-east-1"}, {"Bias", 10}}}},
        {{"MultiValueAnswer", true}},
        {{"CidrRoutingConfig", {{"CollectionId", "cidr-1"}, {"LocationName", "*"}}}},
    };
    for (const auto& policy : policies) {
        scene.route53.calls.clear();
        scene.work.properties = {
            {"HostedZoneId", "Z1"},
            {"Name", "www.example.com"},
            {"Type", "A"},
            {"TTL", "60"},
            {"SetIdentifier", "one"},
            {"ResourceRecords", {"192.0.2.1"}}
        };
        scene.work.properties.update(policy);
        type->check("Thing", scene.work.properties);
        type->create(scene.work);
        REQUIRE(scene.route53.calls.size() == 1);
        const auto& sent = scene.route53.calls[0]
                               .second.at("ChangeBatch")
                               .at("Changes")[0]
                               .at("ResourceRecordSet");
        for (const auto& [field, value] : policy.items())
            CHECK(sent.at(field) == value);
        CHECK(sent.at("SetIdentifier") == "one");
    }
}

TEST_CASE("a private hosted zone is made with its first VPC and associated with the others") {
    Scene scene;
    const auto* type = find_resource_type("AWS::Route53::HostedZone");
    const auto vpc = [](const char* id) { return Json{{"VPCId", id}, {"VPCRegion", "us-east-1"}}; };
    scene.work.properties = {{"Name", "inside.test"}, {"VPCs", {vpc("vpc-1"), vpc("vpc-2")}}};
    CHECK(type->create(scene.work) == "Z1");
    REQUIRE(scene.route53.calls.size() == 2);
    CHECK(scene.route53.calls[0].second.at("VPC") == vpc("vpc-1"));
    CHECK(scene.route53.calls[1].first == "AssociateVPCWithHostedZone");
    CHECK(scene.route53.calls[1].second.at("VPC") == vpc("vpc-2"));
    scene.work.previous = scene.work.properties;
    scene.work.properties["VPCs"] = {vpc("vpc-2"), vpc("vpc-3")};
    CHECK_FALSE(type->needs_replacement(scene.work.previous, scene.work.properties));
    CHECK(type->needs_replacement(scene.work.previous, {{"Name", "inside.test"}}));
    scene.route53.calls.clear();
    type->update(scene.work);
    REQUIRE(scene.route53.calls.size() == 2);
    CHECK(scene.route53.calls[0].first == "AssociateVPCWithHostedZone");
    CHECK(scene.route53.calls[0].second.at("VPC") == vpc("vpc-3"));
    CHECK(scene.route53.calls[1].first == "DisassociateVPCFromHostedZone");
    CHECK(scene.route53.calls[1].second.at("VPC") == vpc("vpc-1"));
}
