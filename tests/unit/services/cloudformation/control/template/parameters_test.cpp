#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/parameters.hpp"

#include <doctest/doctest.h>

using namespace diorama;
using namespace diorama::cloudformation;

namespace {

Template with(const std::string& parameters) {
    return read_template("Parameters: " + parameters + "\nResources: {A: {Type: T}}");
}

std::string outcome(
    const std::string& declared,
    const std::string& value,
    const ParameterValues& previous = {}
) {
    GivenParameters given;
    if (value == "<previous>")
        given["P"] = {std::nullopt, true};
    else if (value != "<none>")
        given["P"] = {value, false};
    try {
        return resolve_parameters(with("{P: " + declared + "}"), given, previous).at("P");
    } catch (const aws::AWSError& error) {
        return error.message();
    }
}

} // namespace

TEST_CASE("parameters: values, defaults and constraints") {
    struct Case {
        std::string declared;
        std::string value;
        std::string outcome;
    };

    const Case cases[] = {
        {"{Type: String}", "x", "x"},
        {"{Type: String, Default: d}", "<none>", "d"},
        {"{Type: Number, Default: 5}", "<none>", "5"},
        {"{Type: String}", "<none>", "Parameters: [P] must have values"},
        {"{Type: Number}", "x", "Parameter 'P' must be a number"},
        {"{Type: Number, MinValue: 2}", "1", "Parameter 'P' must be a number not less than 2"},
        {"{Type: Number, MaxValue: 2}", "3", "Parameter 'P' must be a number not greater than 2"},
        {"{Type: String, AllowedValues: [a, b]}", "c", "Parameter 'P' must be one of AllowedValues"
        },
        {"{Type: String, AllowedValues: [a, 1]}", "1", "1"},
        {"{Type: String, AllowedPattern: '[a-z]+'}", "A", "Parameter 'P' must match pattern [a-z]+"
        },
        {"{Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: only small letters}",
         "A",
         "Parameter 'P' failed to satisfy constraint: only small letters"},
        {"{Type: String, MinLength: 3}", "ab", "Parameter 'P' must contain at least 3 characters"},
        {"{Type: String, MaxLength: 1}", "ab", "Parameter 'P' must contain at most 1 characters"},
        {"{Type: List<Number>}", "1,x", "Parameter 'P' must be a number"},
        {"{Type: 'AWS::EC2::VPC::Id'}", "vpc-1", "vpc-1"},
        {"{Type: 'List<AWS::EC2::Subnet::Id>'}", "s-1,s-2", "s-1,s-2"},
    };
    for (const auto& [declared, value, expected] : cases) {
        CAPTURE(declared);
        CHECK(outcome(declared, value) == expected);
    }
}

TEST_CASE("parameters: an update may keep a value, or takes the default") {
    CHECK(outcome("{Type: String}", "<previous>", {{"P", "old"}}) == "old");
    CHECK(outcome("{Type: String, Default: d}", "<none>", {{"P", "old"}}) == "d");
    CHECK(outcome("{Type: String}", "<previous>").starts_with("Invalid input for parameter key P.")
    );
    CHECK_THROWS_WITH_AS(
        resolve_parameters(with("{P: {Type: String}}"), {{"Q", {"1", false}}}, {}),
        "Parameters: [Q] do not exist in the template",
        aws::AWSError
    );
}

TEST_CASE("parameters: lists are cut at commas and trimmed") {
    ParameterDeclaration list;
    list.type = "CommaDelimitedList";
    CHECK(parameter_value(list, "a, b,c") == Json::array({"a", "b", "c"}));
    CHECK(parameter_value(list, "") == Json::array());
    list.type = "String";
    CHECK(parameter_value(list, "a,b") == "a,b");
}
