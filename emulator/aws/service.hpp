// What the front door knows of a service: how it is addressed, which protocols it speaks and which
// operations it has. Generated from services/<svc>/api.json.
#pragma once

#include "emulator/aws/shape.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace diorama::aws {

struct Call;

// The base of every generated <Service>Api class.
class ServiceApi {
public:
    virtual ~ServiceApi() = default;
};

enum class Protocol : std::uint8_t { query, ec2, rest_xml, json, rest_json, rpc_v2_cbor };

struct ErrorDescriptor {
    std::string_view shape;
    std::string_view code;
    int http_status = 400;
};

struct Operation {
    std::string_view name;   // "CreateHostedZone"
    std::string_view method; // "POST"
    std::string_view uri;    // "/2013-04-01/hostedzone/{Id}/rrset/", "/{Bucket}/{Key+}?uploads"
    int status = 200;        // of a successful response
    const Shape* input = nullptr; // nullptr: not emulated
    const Shape* output = nullptr;
    // The element around a query response's members ("CreateTopicResult"); empty: none.
    std::string_view result_wrapper = {};
    std::span<const ErrorDescriptor* const> errors = {};
    // `input` and `output` are values of the two shapes. Throws what the handler throws.
    void (*invoke)(ServiceApi& service, const Call& call, const void* input, void* output) =
        nullptr;
};

struct ServiceDescriptor {
    std::string_view name;            // the folder: "elbv2"
    std::string_view service_id;      // "Elastic Load Balancing v2"
    std::string_view signing_name;    // in the credential scope: "elasticloadbalancing"
    std::string_view endpoint_prefix; // in the host name
    std::string_view api_version;
    std::string_view target_prefix = {}; // X-Amz-Target, and the rpc-v2-cbor service name
    std::string_view json_version = {};  // "1.0", "1.1"
    std::string_view xml_namespace = {};
    bool query_compatible = false; // awsQueryCompatible
    std::span<const Protocol> protocols = {};
    std::span<const Operation> operations = {};
    // Where only method and path tell what is wanted: the other operations of AWS, name, method and
    // uri of each, so that a refusal can name them.
    std::span<const Operation> not_emulated = {};

    const Operation* find_operation(std::string_view operation) const {
        for (const auto& candidate : operations)
            if (candidate.name == operation) return &candidate;
        return nullptr;
    }

    bool speaks(Protocol protocol) const {
        for (const auto candidate : protocols)
            if (candidate == protocol) return true;
        return false;
    }
};

// A value of a structure shape whose type is only known to the shape.
using AnyValue = std::unique_ptr<void, void (*)(void*)>;

inline AnyValue make_value(const Shape& shape) {
    return AnyValue(shape.make(shape), shape.destroy);
}

} // namespace diorama::aws
