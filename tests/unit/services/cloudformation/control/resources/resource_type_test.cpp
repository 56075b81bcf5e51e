#include "services/cloudformation/control/resources/resource_type.hpp"
#include "tests/unit/services/cloudformation/stack_scene.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

namespace {

std::string complaint(const ResourceType& type, const Json& properties) {
    try {
        type.check("Thing", properties);
        return "";
    } catch (const aws::AWSError& error) {
        return error.message();
    }
}

} // namespace

TEST_CASE("generated names say the stack and the resource, and fit") {
    TestEnvironment test;
    cloudformation::test::SmallCloud cloud(test.time);
    Random random(1);
    Work work{
        .calls = cloud,
        .random = random,
        .place = {},
        .stack_name = "a-stack-with-a-long-name",
        .stack_id = "arn",
        .logical_id = "LoadBalancerOfTheWeb",
        .physical_id = {}
    };
    const auto whole = work.generated_name();
    CHECK(whole.starts_with("a-stack-with-a-long-name-LoadBalancerOfTheWeb-"));
    const auto cut = work.generated_name(32);
    CHECK(cut.size() <= 32);
    CHECK(cut.starts_with("a-stack-w-LoadBalan-"));
    CHECK(cut != work.generated_name(32));
    work.stack_tags = {{"team", "web"}, {"own", "stack"}};
    work.properties = {{"Tags", Json::array({{{"Key", "own"}, {"Value", "mine"}}})}};
    CHECK(
        work.tags() ==
        Json::parse(R"([{"Key": "own", "Value": "mine"}, {"Key": "team", "Value": "web"}])")
    );
}

TEST_CASE("every type knows its properties, and refuses others") {
    const auto* listener = find_resource_type("AWS::ElasticLoadBalancingV2::Listener");
    REQUIRE(listener != nullptr);
    CHECK(complaint(*listener, {{"Nope", 1}}) == "Encountered unsupported property Nope");
    CHECK(
        complaint(*listener, {{"LoadBalancerArn", "x"}}) ==
        "Properties validation failed for resource Thing with message:\n#: required key "
        "[DefaultActions] not found"
    );
    CHECK(listener->needs_replacement({{"LoadBalancerArn", "a"}}, {{"LoadBalancerArn", "b"}}));
    CHECK_FALSE(listener->needs_replacement({{"Port", 1}}, {{"Port", 2}}));
    CHECK(find_resource_type("AWS::EC2::VPC") == nullptr);
    CHECK(why_unavailable("AWS::EC2::VPC").find("not emulated") != std::string_view::npos);
    CHECK(why_unavailable("AWS::Foo::Bar").empty());
}

TEST_CASE("a database takes a last snapshot unless it is a replica, and promotion is no replacement"
) {
    const auto* type = find_resource_type("AWS::RDS::DBInstance");
    const Json replica{{"SourceDBInstanceIdentifier", "db"}};
    CHECK(type->default_deletion_policy(Json::object()) == "Snapshot");
    CHECK(type->default_deletion_policy(replica) == "Delete");
    CHECK_FALSE(type->needs_replacement(replica, Json::object()));
    CHECK(type->needs_replacement(replica, {{"SourceDBInstanceIdentifier", "other"}}));
}
