#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/evaluation.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

namespace {

struct Known final : ResourceValues {
    Json reference(const std::string& resource) const override { return resource + "-id"; }

    Json attribute(const std::string& resource, const std::string& name) const override {
        if (name == "Names") return Json::array({"n1", "n2"});
        return resource + "." + name;
    }

    std::optional<std::string> exported(const std::string& name) const override {
        if (name != "net-vpc") return std::nullopt;
        return "vpc-1";
    }

    std::vector<std::string> zones(const std::string& region) const override {
        return {region + "a", region + "b"};
    }
};

constexpr std::string_view scene = R"(
Transform: AWS::LanguageExtensions
Parameters:
  Name: {Type: String, Default: shop}
  Sizes: {Type: CommaDelimitedList, Default: "1, 2,3"}
  Stage: {Type: String, Default: prod}
Mappings:
  Regions: {us-east-1: {Image: ami-1, Zones: [a, b]}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
  Either: !Or [!Condition IsTest, !Equals [1, "1"]]
  Both: !And [!Condition IsTest, !Condition IsProd]
Resources:
  Topic: {Type: "AWS::SNS::Topic"}
  Other: {Type: "AWS::SNS::Topic", Condition: IsTest}
)";

std::string evaluated(const std::string& yaml) {
    const auto read = read_template(scene);
    const auto parameters = resolve_parameters(read, {}, {});
    const Known known;
    Evaluation evaluation(
        read,
        parameters,
        {"123456789012", "us-east-1", "arn:stack", "my-stack", {"arn:topic"}},
        known
    );
    try {
        const auto value = evaluation.value(parse_template("value: " + yaml).at("value"));
        return value ? value->dump() : "nothing";
    } catch (const aws::AWSError& error) {
        return error.message();
    }
}

} // namespace

TEST_CASE("evaluation: each function gives what AWS documents") {
    struct Case {
        std::string expression;
        std::string value;
    };

    const Case cases[] = {
        {"plain", R"("plain")"},
        {"!Ref Name", R"("shop")"},
        {"!Ref Sizes", R"(["1","2","3"])"},
        {"!Ref Topic", R"("Topic-id")"},
        {"!Ref AWS::Region", R"("us-east-1")"},
        {"!Ref AWS::AccountId", R"("123456789012")"},
        {"!Ref AWS::StackName", R"("my-stack")"},
        {"!Ref AWS::StackId", R"("arn:stack")"},
        {"!Ref AWS::Partition", R"("aws")"},
        {"!Ref AWS::URLSuffix", R"("amazonaws.com")"},
        {"!Ref AWS::NotificationARNs", R"(["arn:topic"])"},
        {"!Ref AWS::NoValue", "nothing"},
        {"[a, !Ref AWS::NoValue, b]", R"(["a","b"])"},
        {"{a: !Ref AWS::NoValue, b: 1}", R"({"b":1})"},
        {"!GetAtt Topic.TopicName", R"("Topic.TopicName")"},
        {"!GetAtt [Topic, Endpoint.Port]", R"("Topic.Endpoint.Port")"},
        {"!Join [\"-\", [a, 1, !Ref Name]]", R"("a-1-shop")"},
        {"!Join [\",\", !GetAtt Topic.Names]", R"("n1,n2")"},
        {"!Select [1, [a, b]]", R"("b")"},
        {"!Select [\"0\", !Ref Sizes]", R"("1")"},
        {"!Split [\"|\", \"a||b\"]", R"(["a","","b"])"},
        {"!FindInMap [Regions, !Ref AWS::Region, Image]", R"("ami-1")"},
        {"!FindInMap [Regions, mars, Image, {DefaultValue: none}]", R"("none")"},
        {"!Sub \"${Name}/${Topic}/${Topic.TopicArn}/${AWS::Region}\"",
         R"("shop/Topic-id/Topic.TopicArn/us-east-1")"},
        {"!Sub \"${!Literal} $5 ${ Name }\"", R"("${Literal} $5 shop")"},
        {"!Sub [\"${x}-${Name}\", {x: !Select [0, [q]]}]", R"("q-shop")"},
        {"{Fn::Base64: !Sub \"${Name}\"}", R"("c2hvcA==")"},
        {"!GetAZs \"\"", R"(["us-east-1a","us-east-1b"])"},
        {"!GetAZs eu-west-1", R"(["eu-west-1a","eu-west-1b"])"},
        {"!ImportValue net-vpc", R"("vpc-1")"},
        {"!If [IsProd, yes-value, no-value]", R"("yes-value")"},
        {"!If [IsTest, 1, !Ref AWS::NoValue]", "nothing"},
        {"!If [Either, 1, 2]", "1"},
        {"!If [Both, 1, 2]", "2"},
        {"!Cidr [10.0.0.0/16, 3, 8]", R"(["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"])"},
        {"!Length [a, b, c]", "3"},
        {"!ToJsonString {a: [1, x]}", R"j("{\"a\":[1,\"x\"]}")j"},
    };
    for (const auto& [expression, value] : cases) {
        CAPTURE(expression);
        CHECK(evaluated(expression) == value);
    }
}

TEST_CASE("evaluation: what cannot be evaluated is refused in AWS's words") {
    struct Case {
        std::string expression;
        std::string beginning;
    };

    const Case cases[] = {
        {"!Select [5, [a]]", "Template error: Fn::Select cannot select nonexistent value at index 5"
        },
        {"!Select [-1, [a]]", "Template error: Fn::Select cannot select"},
        {"!Join [a]", "Template error: every Fn::Join object requires two parameters"},
        {"!Join [\"\", [[nested]]]", "Template error: every Fn::Join object"},
        {"!Split [\"\", x]", "Template error: every Fn::Split object requires two parameters"},
        {"!FindInMap [Nope, a, b]", "Template error: Mapping named 'Nope' is not present"},
        {"!FindInMap [Regions, mars, Image]",
         "Template error: Unable to get mapping for Regions::mars::Image"},
        {"!FindInMap [Regions]", "Template error: every Fn::FindInMap object requires three"},
        {"!Sub \"${a b}\"", "Template error: variable names in Fn::Sub syntax must contain only"},
        {"!Sub [x]", "Template error: One or more Fn::Sub intrinsic functions"},
        {"!Ref [a]", "Template error: every Ref object must have a single String value."},
        {"!Ref Nobody", "Template format error: Unresolved resource dependencies [Nobody]"},
        {"!GetAtt Topic", "Template error: every Fn::GetAtt object requires two non-empty"},
        {"!ImportValue nothing-there", "No export named nothing-there found."},
        {"!If [Nope, 1, 2]", "Template format error: Unresolved condition dependency Nope"},
        {"!Cidr [10.0.0.0/24, 3, 8]", "Template error: 10.0.0.0/24 cannot be divided"},
        {"\"{{resolve:ssm:/x}}\"", "Dynamic references ({{resolve:ssm:/x}}) are not emulated"},
        {"{\"Fn::Nope\": 1}", "Template error: Fn::Nope is not a function"},
    };
    for (const auto& [expression, beginning] : cases) {
        CAPTURE(expression);
        CHECK(evaluated(expression).substr(0, beginning.size()) == beginning);
    }
}

TEST_CASE("evaluation: a resource whose condition does not hold is not active") {
    const auto read = read_template(scene);
    const auto parameters = resolve_parameters(read, {}, {});
    const Known known;
    Evaluation evaluation(read, parameters, {}, known);
    CHECK(evaluation.active_resources() == std::set<std::string>{"Topic"});
    CHECK_FALSE(evaluation.holds("IsTest"));
    CHECK(evaluation.holds(""));
}
