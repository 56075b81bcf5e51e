// An operation with a member of every kind, of a service that exists only in tests.
#pragma once

#include "emulator/aws/protocols/protocol.hpp"
#include "tests/support/dynamic_shapes.hpp"

namespace diorama::tests {

class SampleOperation {
public:
    SampleOperation()
        : shapes_(json::parse(model)) {
        operation_.name = "PutThing";
        operation_.method = "POST";
        operation_.uri = "/2020-01-01/things/{Id}";
        operation_.input = &shapes_.shape("Thing");
        operation_.output = &shapes_.shape("Thing");
        operation_.result_wrapper = "PutThingResult";
        service_.name = "sample";
        service_.service_id = "Sample";
        service_.signing_name = "sample";
        service_.endpoint_prefix = "sample";
        service_.api_version = "2020-01-01";
        service_.target_prefix = "Sample_20200101";
        service_.json_version = "1.0";
        service_.xml_namespace = "http://sample/";
        service_.operations = std::span(&operation_, 1);
    }

    aws::Operation& operation() { return operation_; }

    aws::ServiceDescriptor& service() { return service_; }

    // The error of an input, as "Code: sentence"; empty when there is none.
    std::string
    parse(aws::Protocol protocol, std::string_view body, void* input, http::RequestHead request)
        const {
        const auto error = aws::parse_input(protocol, service_, operation_, request, body, input);
        return error ? error->code() + ": " + error->message() : "";
    }

    std::string parse(aws::Protocol protocol, std::string_view body) const {
        const auto input = aws::make_value(*operation_.input);
        return parse(
            protocol,
            body,
            input.get(),
            {.method = "POST", .target = "/2020-01-01/things/7", .version = 11, .headers = {}}
        );
    }

private:
    static constexpr auto model = R"({
        "Thing": {"type": "structure", "required": ["Name"], "members": {
            "Id": {"shape": "Id", "location": "uri", "locationName": "Id"},
            "Name": {"shape": "Name"},
            "Color": {"shape": "Color"},
            "Size": {"shape": "Size"},
            "Big": {"shape": "Big"},
            "Weight": {"shape": "Weight"},
            "IsNew": {"shape": "Flag"},
            "Made": {"shape": "When"},
            "Picture": {"shape": "Bytes"},
            "Secret": {"shape": "Secret"},
            "Names": {"shape": "Names"},
            "Parts": {"shape": "Parts"},
            "Tags": {"shape": "Tags"},
            "Inner": {"shape": "Thing"}}},
        "Id": {"type": "string"},
        "Name": {"type": "string", "min": 1, "max": 8, "pattern": "[a-z]+"},
        "Color": {"type": "string", "enum": ["red", "green"]},
        "Size": {"type": "integer", "min": 1, "max": 100},
        "Big": {"type": "long"},
        "Weight": {"type": "double"},
        "Flag": {"type": "boolean"},
        "When": {"type": "timestamp"},
        "Bytes": {"type": "blob", "max": 4},
        "Secret": {"type": "string", "min": 8, "sensitive": true},
        "Names": {"type": "list", "member": {"shape": "Name"}, "max": 2},
        "Parts": {"type": "list", "member": {"shape": "Thing"}},
        "Tags": {"type": "map", "key": {"shape": "Id"}, "value": {"shape": "Thing"}}
    })";

    DynamicShapes shapes_;
    aws::Operation operation_;
    aws::ServiceDescriptor service_;
};

} // namespace diorama::tests
