// What a client hears about an input that breaks the model's rules, by protocol.
#include "tests/support/sample_operation.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace diorama;
using aws::Protocol;

TEST_CASE("constraints: every rule has AWS's sentence") {
    const tests::SampleOperation sample;
    constexpr auto one = "ValidationError: 1 validation error detected: ";

    struct {
        std::string body;
        std::string sentence;
    } const examples[] = {
        {"Color=red", "Value null at 'name' failed to satisfy constraint: Member must not be null"},
        {"Name=", ""}, // two violations; see below
        {"Name=abcdefghi",
         "Value 'abcdefghi' at 'name' failed to satisfy constraint: Member must have length less "
         "than or equal to 8"},
        {"Name=A1",
         "Value 'A1' at 'name' failed to satisfy constraint: Member must satisfy regular "
         "expression pattern: [a-z]+"},
        {"Name=a&Color=blue",
         "Value 'blue' at 'color' failed to satisfy constraint: Member must satisfy enum value "
         "set: [red, green]"},
        {"Name=a&Size=0",
         "Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or "
         "equal to 1"},
        {"Name=a&Size=101",
         "Value '101' at 'size' failed to satisfy constraint: Member must have value less than or "
         "equal to 100"},
        {"Name=a&Names.member.1=a&Names.member.2=b&Names.member.3=c",
         "Value '[a, b, c]' at 'names' failed to satisfy constraint: Member must have length less "
         "than or equal to 2"},
        {"Name=a&Names.member.1=a&Names.member.2=B",
         "Value 'B' at 'names.2.member' failed to satisfy constraint: Member must satisfy regular "
         "expression pattern: [a-z]+"},
        {"Name=a&Parts.member.1.Size=4",
         "Value null at 'parts.1.member.name' failed to satisfy constraint: Member must not be "
         "null"},
        {"Name=a&Tags.entry.1.key=x&Tags.entry.1.value.Size=4",
         "Value null at 'tags.x.member.name' failed to satisfy constraint: Member must not be "
         "null"},
        {"Name=a&Secret=short",
         "Value at 'secret' failed to satisfy constraint: Member must have length greater than or "
         "equal to 8"},
    };

    for (const auto& example : examples) {
        if (example.sentence.empty()) continue;
        CAPTURE(example.body);
        CHECK(sample.parse(Protocol::query, example.body) == one + example.sentence);
    }
    CHECK(
        sample.parse(Protocol::query, "Name=") ==
        "ValidationError: 2 validation errors detected: Value '' at 'name' failed to satisfy "
        "constraint: Member must have length greater than or equal to 1; Value '' at 'name' failed "
        "to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+"
    );
}

TEST_CASE("constraints: EC2 names the parameter as the client wrote it") {
    const tests::SampleOperation sample;
    CHECK(
        sample.parse(Protocol::ec2, "Size=4") ==
        "MissingParameter: The request must contain the parameter Name"
    );
    CHECK(
        sample.parse(Protocol::ec2, "Name=a&Parts.2.Size=4") ==
        "MissingParameter: The request must contain the parameter Parts.2.Name"
    );
    CHECK(
        sample.parse(Protocol::ec2, "Name=a&Color=blue") ==
        "InvalidParameterValue: Value (blue) for parameter color is invalid."
    );
}

TEST_CASE("constraints: a wrong type is said in the protocol's way") {
    const tests::SampleOperation sample;
    CHECK(
        sample.parse(Protocol::json, R"({"Name": 5})") ==
        "SerializationException: NUMBER_VALUE cannot be converted to String"
    );
    CHECK(
        sample.parse(Protocol::json, R"({"Name": "a", "Size": "x"})") ==
        "SerializationException: STRING_VALUE cannot be converted to Integer"
    );
    CHECK(sample.parse(Protocol::json, R"({"Name": )") == "SerializationException: ");
    CHECK(sample.parse(Protocol::rpc_v2_cbor, "\xFF") == "SerializationException: ");
    CHECK(
        sample.parse(Protocol::query, "Name=a&Size=x") ==
        "MalformedInput: Value 'x' at 'size' is not a valid Integer"
    );
    CHECK(sample.parse(Protocol::rest_xml, "<Thing><Name>a</Thing>")
              .starts_with("MalformedXML: The XML you provided was not well-formed"));
}

TEST_CASE("constraints: the same rules hold for JSON, CBOR and XML") {
    const tests::SampleOperation sample;
    const std::string sentence = "1 validation error detected: Value null at 'name' failed to "
                                 "satisfy constraint: Member must not be null";
    CHECK(sample.parse(Protocol::json, "{}") == "ValidationError: " + sentence);
    CHECK(sample.parse(Protocol::rpc_v2_cbor, "\xA0") == "ValidationError: " + sentence);
    CHECK(sample.parse(Protocol::rest_xml, "<Thing/>") == "MalformedXML: " + sentence);
    CHECK(sample.parse(Protocol::rest_json, "{}") == "ValidationError: " + sentence);
    CHECK(sample.parse(Protocol::json, R"({"Name": "abc"})").empty());
    CHECK(sample.parse(Protocol::rest_xml, "<Thing><Name>abc</Name></Thing>").empty());
}

TEST_CASE("constraints: what is missing inside a payload is named with the payload") {
    tests::DynamicShapes shapes(tests::json::parse(R"({
        "Input": {"type": "structure", "payload": "Thing", "members": {"Thing": {"shape": "Thing"}}},
        "Thing": {"type": "structure", "required": ["Name"], "members": {
            "Name": {"shape": "Name"}, "Size": {"shape": "Name"}, "Parts": {"shape": "Parts"}}},
        "Name": {"type": "string"},
        "Parts": {"type": "list", "member": {"shape": "Thing"}}
    })"));
    tests::SampleOperation sample;
    sample.operation().uri = "/things";
    sample.operation().input = &shapes.shape("Input");
    const auto sentence = [&](Protocol protocol, std::string_view body) {
        const auto input = aws::make_value(*sample.operation().input);
        const http::RequestHead
            request{.method = "POST", .target = "/things", .version = 11, .headers = {}};
        return sample.parse(protocol, body, input.get(), request);
    };
    for (const auto& error :
         {sentence(
              Protocol::rest_xml,
              "<Thing><Name>a</Name><Parts><member><Size>4</Size></member></Parts></Thing>"
          ),
          sentence(Protocol::rest_json, R"({"Name": "a", "Parts": [{"Size": "4"}]})")})
        CHECK(error.find("'thing.parts.1.member.name'") != std::string::npos);
}

TEST_CASE("inputs nested deeper than any real one are refused, not followed") {
    const tests::SampleOperation sample;
    std::string json = R"({"Name": "a")";
    std::string xml = "<Thing><Name>a</Name>";
    std::string cbor;
    for (int i = 0; i < 10000; ++i) {
        json += R"(, "Inner": {"Name": "a")";
        xml += "<Inner><Name>a</Name>";
        cbor += "\xA1\x65Inner";
    }
    for (int i = 0; i < 10000; ++i) {
        json += "}";
        xml += "</Inner>";
    }
    CHECK_FALSE(sample.parse(Protocol::json, json + "}").empty());
    CHECK_FALSE(sample.parse(Protocol::rest_xml, xml + "</Thing>").empty());
    CHECK_FALSE(sample.parse(Protocol::rpc_v2_cbor, cbor + "\xA0").empty());
}

TEST_CASE("errors: each protocol's document") {
    tests::SampleOperation sample;
    auto error = aws::AWSError("ThingNotFound", 404, "No <thing>");
    error.set_shape("ThingNotFoundFault");
    const auto written = [&](Protocol protocol) {
        return aws::write_error(protocol, sample.service(), error, "id-1");
    };
    CHECK(
        written(Protocol::query).body ==
        R"(<ErrorResponse xmlns="http://sample/"><Error><Type>Sender</Type>)"
        R"(<Code>ThingNotFound</Code><Message>No &lt;thing&gt;</Message></Error>)"
        R"(<RequestId>id-1</RequestId></ErrorResponse>)"
    );
    CHECK(
        written(Protocol::ec2).body ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>ThingNotFound"
        "</Code><Message>No &lt;thing&gt;</Message></Error></Errors><RequestID>id-1</RequestID>"
        "</Response>"
    );
    CHECK(
        written(Protocol::json).body ==
        R"({"__type":"com.amazonaws.sample#ThingNotFoundFault","message":"No <thing>"})"
    );
    CHECK_FALSE(written(Protocol::json).headers.contains("x-amzn-query-error"));
    CHECK(written(Protocol::json).status == 404);
    sample.service().query_compatible = true;
    CHECK(written(Protocol::json).headers.get("x-amzn-query-error") == "ThingNotFound;Sender");
    CHECK(
        written(Protocol::rpc_v2_cbor).headers.get("x-amzn-query-error") == "ThingNotFound;Sender"
    );
    sample.service().service_id = "S3";
    CHECK(written(Protocol::rest_xml)
              .body.starts_with(
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>ThingNotFound</Code>"
                  "<Message>No &lt;thing&gt;</Message><RequestId>id-1</RequestId><HostId>"
              ));
}
