#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/template.hpp"
#include "services/cloudformation/control/template/template_checks.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

namespace {

std::string refusal(std::string_view text) {
    try {
        read_template(text);
        return "accepted";
    } catch (const aws::AWSError& error) {
        return error.message();
    }
}

} // namespace

TEST_CASE("templates: YAML's short forms are the long ones, and JSON says the same") {
    const auto yaml = parse_template(R"(
a: !Ref X
b: !GetAtt X.Y.Z
c: !Sub ["${x}", {x: !Base64 q}]
d: !If [C, !Ref A, !Ref "AWS::NoValue"]
e: [!Equals [1, "1"], !Condition C]
)");
    const auto json = parse_template(R"({
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["X", "Y.Z"]},
        "c": {"Fn::Sub": ["${x}", {"x": {"Fn::Base64": "q"}}]},
        "d": {"Fn::If": ["C", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
        "e": [{"Fn::Equals": [1, "1"]}, {"Condition": "C"}]})");
    CHECK(yaml == json);
}

TEST_CASE("templates: plain scalars of YAML have their types, quoted ones are text") {
    const auto read = parse_template("all: {n: 80, q: \"80\", f: 1.5, v: 1.10, b: true, y: yes, z: "
                                     "null, d: 2010-09-09, a: 012345, "
                                     "s: '', m: -3}")
                          .at("all");
    CHECK(
        read == parse_template(
                    R"({"n": 80, "q": "80", "f": 1.5, "v": "1.10", "b": true, "y": true, "z": null,
                "d": "2010-09-09", "a": "012345", "s": "", "m": -3})"
                )
    );
}

TEST_CASE("templates: what is no template is refused in AWS's words") {
    struct Case {
        std::string_view text;
        std::string_view beginning;
    };

    const Case cases[] = {
        {"{\"a\": }", "Template format error: JSON not well-formed. (line 1, column 7)"},
        {"a: [b", "Template format error: YAML not well-formed. (line "},
        {"a: !Nope x", "Template format error: YAML not well-formed. Unknown tag !Nope"},
        {"{a: 1, a: 2}", "Template format error: JSON not well-formed."},
        {"a: 1\na: 2", "Template format error: YAML not well-formed. duplicate key a"},
        {"just text", "Template format error: unsupported structure."},
        {"[1]", "Template format error: unsupported structure."},
        {"Resources: {}", "Template format error: At least one Resources member must be defined."},
        {"Description: x", "Template format error: At least one Resources member must be defined."},
        {"Foo: 1\nResources: {A: {Type: T}}", "Invalid template property or properties [Foo]"},
        {"Resources: {A: {}}",
         "Template format error: [/Resources/A] Every Resources object must contain a Type member."
        },
        {"Resources: {A-b: {Type: T}}",
         "Template format error: Resource name A-b is non alphanumeric."},
        {"Resources: {A: {Type: T, Foo: 1}}", "Invalid template resource property 'Foo'"},
        {"AWSTemplateFormatVersion: 2011-01-01\nResources: {A: {Type: T}}",
         "Template format error: unsupported value for AWSTemplateFormatVersion."},
        {"Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: T}}",
         "No transform named AWS::Serverless-2016-10-31 is emulated."},
        {"Parameters: {P: {Default: 1}}\nResources: {A: {Type: T}}",
         "Template format error: Every Parameters object must contain a Type member."},
        {"Parameters: {P: {Type: Nope}}\nResources: {A: {Type: T}}",
         "Template format error: Unrecognized parameter type: Nope"},
        {"Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>'}}\nResources: {A: {Type: T}}",
         "Template error: parameter P has the type AWS::SSM::Parameter::Value<String>; parameters "
         "of the Parameter Store are not emulated"},
    };
    for (const auto& [text, beginning] : cases) {
        CAPTURE(text);
        CHECK(refusal(text).substr(0, beginning.size()) == beginning);
    }
}

TEST_CASE("templates: references must lead somewhere, and not in a circle") {
    struct Case {
        std::string_view text;
        std::string_view message;
    };

    const Case cases[] = {
        {"Resources: {A: {Type: T, Properties: {p: !Ref B}}}",
         "Template format error: Unresolved resource dependencies [B] in the Resources block of "
         "the template"},
        {"Resources: {A: {Type: T, DependsOn: [C, B]}}",
         "Template format error: Unresolved resource dependencies [B, C] in the Resources block of "
         "the template"},
        {"Resources: {A: {Type: T, Properties: {p: !Sub 'x${B}'}}}",
         "Template format error: Unresolved resource dependencies [B] in the Resources block of "
         "the template"},
        {"Resources: {A: {Type: T, Properties: {p: !GetAtt B.Arn}}}",
         "Template error: instance of Fn::GetAtt references undefined resource B"},
        {"Resources: {A: {Type: T}}\nOutputs: {O: {Value: !Ref B}}",
         "Template format error: Unresolved resource dependencies [B] in the Outputs block of the "
         "template"},
        {"Resources: {A: {Type: T}}\nConditions: {C: !Equals [!Ref A, x]}",
         "Template format error: Unresolved dependencies [A]. Cannot reference resources in the "
         "Conditions block of the template"},
        {"Resources: {A: {Type: T, Condition: C}}",
         "Template format error: Unresolved condition dependency C in the Resources block of the "
         "template"},
        {"Resources: {A: {Type: T, Properties: {p: !Ref B}}, B: {Type: T, DependsOn: A}, C: {Type: "
         "T, Properties: {p: !Ref A}}, D: {Type: T}}",
         "Circular dependency between resources: [A, B]"},
        {"Resources: {A: {Type: T, Properties: {p: !Ref A}}}",
         "Circular dependency between resources: [A]"},
        {"Resources: {A: {Type: T}}\nConditions: {C: !Not [!Condition D], D: !Not [!Condition C]}",
         "Template format error: Circular dependency between conditions: [C, D]"},
        {"Resources: {A: {Type: T, Properties: {p: !Sub ['${x}', {x: 1}], q: !Ref AWS::Region}}}",
         "accepted"},
    };
    for (const auto& [text, message] : cases) {
        CAPTURE(text);
        CHECK(refusal(text) == message);
    }
}

TEST_CASE("templates: a resource needs what it refers to on the branch that is taken") {
    const auto read = read_template(
        "Conditions: {C: !Equals [a, a]}\n"
        "Resources: {A: {Type: T}, B: {Type: T}, D: {Type: T, Properties: {p: !If [C, !Ref A, !Ref "
        "B]}}}"
    );
    const std::set<std::string> all{"A", "B", "D"};
    const auto with = [&](bool holds) {
        return needs_of(read, all, [=](const std::string&) { return holds; }).at("D");
    };
    CHECK(with(true) == std::set<std::string>{"A"});
    CHECK(with(false) == std::set<std::string>{"B"});
    CHECK(needs_of(read, all, nullptr).at("D") == std::set<std::string>{"A", "B"});
}
