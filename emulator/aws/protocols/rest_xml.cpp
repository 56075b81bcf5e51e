// rest-xml (Route 53, CloudFront, S3): paths, headers and XML documents. See dialects.hpp.
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/http_bindings.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "emulator/aws/protocols/xml_input.hpp"
#include "emulator/aws/protocols/xml_output.hpp"

#include <fmt/format.h>

namespace diorama::aws::rest_xml {
namespace {

bool is_s3(const ServiceDescriptor& service) {
    return service.service_id == "S3";
}

// AWS: "An object key can contain any Unicode character; however, the XML 1.0 parser can't parse
// some characters": S3 writes those as references all the same.
UnfitCharacters unfit_characters_of(const ServiceDescriptor& service) {
    return is_s3(service) ? UnfitCharacters::referenced : UnfitCharacters::replaced;
}

AWSError malformed_xml() {
    return AWSError(
        "MalformedXML",
        400,
        "The XML you provided was not well-formed or did not validate against our published schema"
    );
}

AWSError not_xml(const ServiceDescriptor& service) {
    if (service.service_id == "Route 53") return AWSError("InvalidInput", 400, "Invalid XML");
    return malformed_xml();
}

// S3 has neither paths nor sentences for what is wrong.
std::optional<AWSError> refused_by_s3(const InputChecks& checks, std::size_t outside_the_body) {
    const auto& violations = checks.violations();
    for (std::size_t i = 0; i < violations.size(); ++i) {
        if (i >= outside_the_body) return malformed_xml();
        if (violations[i].kind != Violation::Kind::missing)
            return AWSError("InvalidArgument", 400, "Invalid Argument")
                .with("ArgumentName", violations[i].parameter)
                .with("ArgumentValue", violations[i].value);
    }
    return std::nullopt;
}

AWSError refused(const ServiceDescriptor& service, const InputChecks& checks) {
    const std::string code = service.service_id == "Route 53" ? "InvalidInput" : "MalformedXML";
    for (const auto& violation : checks.violations())
        if (violation.kind == Violation::Kind::unparseable)
            return AWSError(
                service.service_id == "Route 53" ? "InvalidInput" : "MalformedInput",
                400,
                fmt::format(
                    "Value '{}' at '{}' is not a valid {}",
                    violation.value,
                    violation.path,
                    violation.constraint
                )
            );
    return AWSError(code, 400, checks.sentence());
}

// False when the body is not XML.
bool read_body(
    const Shape& shape,
    std::string_view body,
    void* input,
    std::vector<bool>& seen,
    InputChecks& checks
) {
    if (shape.payload == nullptr)
        return body.empty() || read_xml_members(shape, body, input, seen, Path(), checks);
    const auto& payload = *shape.payload;
    const auto index = static_cast<std::size_t>(&payload - shape.members.data());
    const auto& inner = *payload.shape;
    const Path root;
    const auto path = root.member(payload.name);
    if (inner.kind == ShapeKind::structure) {
        if (body.empty()) return true;
        seen[index] = true;
        return read_xml_document(inner, body, payload.set(input, payload), path, checks);
    }
    if (body.empty() && !payload.required) return true;
    seen[index] = true;
    if (inner.kind == ShapeKind::blob)
        *static_cast<std::string*>(payload.set(input, payload)) = body;
    else
        read_scalar_text(inner, body, payload.set(input, payload), path, checks);
    return true;
}

void write_payload(
    const Member& payload,
    const void* value,
    std::string_view uri,
    http::Response& response
) {
    const auto& shape = *payload.shape;
    if (shape.kind != ShapeKind::structure) {
        response.body = shape.kind == ShapeKind::blob
                            ? *static_cast<const std::string*>(value)
                            : scalar_text(shape, value, TimestampFormat::iso8601);
        if (!response.headers.contains("Content-Type"))
            response.headers.add(
                "Content-Type",
                shape.kind == ShapeKind::blob ? "application/octet-stream" : "text/plain"
            );
        return;
    }
    auto member = payload;
    if (member.xml_namespace.empty())
        member.xml_namespace = shape.xml_namespace.empty() ? uri : shape.xml_namespace;
    const auto name = payload.location_name.empty() ? shape.wire_name() : payload.location_name;
    XMLOutput xml(EmptyLists::when_required);
    xml.raw(xml_declaration);
    xml.element(name, member, shape, value);
    response.body = xml.take();
    response.headers.set("Content-Type", "application/xml");
}

bool has_body_members(const Shape& shape) {
    for (const auto& member : shape.members)
        if (member.location == Location::body) return true;
    return false;
}

} // namespace

std::optional<AWSError> parse_input(
    const ServiceDescriptor& service,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
) {
    const auto& shape = *operation.input;
    InputChecks checks;
    std::vector<bool> seen(shape.members.size());
    read_bindings(operation, request, input, seen, checks);
    const auto outside_the_body = checks.violations().size();
    if (!read_body(shape, body, input, seen, checks)) return not_xml(service);
    if (is_s3(service)) return refused_by_s3(checks, outside_the_body);
    check_required(shape, seen, Path(), checks);
    if (checks.passed()) return std::nullopt;
    return refused(service, checks);
}

http::Response write_output(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view
) {
    http::Response response;
    write_bindings(operation, output, response);
    const auto& shape = *operation.output;
    if (shape.payload != nullptr) {
        if (const void* value = shape.payload->get(output, *shape.payload))
            write_payload(*shape.payload, value, service.xml_namespace, response);
        return response;
    }
    if (!has_body_members(shape)) return response;
    const auto uri = shape.xml_namespace.empty() ? service.xml_namespace : shape.xml_namespace;
    XMLOutput xml(EmptyLists::when_required, unfit_characters_of(service));
    xml.raw(xml_declaration);
    xml.open(
        shape.wire_name(),
        XMLOutput::namespace_attribute(uri) + XMLOutput::attributes(shape, output)
    );
    xml.members(shape, output);
    xml.close(shape.wire_name());
    response.body = xml.take();
    response.headers.set("Content-Type", is_s3(service) ? "application/xml" : "text/xml");
    return response;
}

http::Response
write_error(const ServiceDescriptor& service, const AWSError& error, std::string_view request_id) {
    XMLOutput xml(EmptyLists::when_required, unfit_characters_of(service));
    xml.raw(xml_declaration);
    const bool bare = is_s3(service);
    if (!bare) xml.open("ErrorResponse", XMLOutput::namespace_attribute(service.xml_namespace));
    xml.open("Error");
    if (!bare) xml.text_element("Type", error.fault() == Fault::sender ? "Sender" : "Receiver");
    xml.text_element("Code", error.code());
    xml.text_element("Message", error.message());
    for (const auto& [name, value] : error.fields())
        xml.text_element(name, value);
    if (bare) {
        xml.text_element("RequestId", request_id);
        xml.text_element("HostId", s3_host_id(request_id));
    }
    xml.close("Error");
    if (!bare) {
        xml.text_element("RequestId", request_id);
        xml.close("ErrorResponse");
    }
    return {
        error.http_status(),
        {{"Content-Type", bare ? "application/xml" : "text/xml"}},
        xml.take(),
        {}
    };
}

} // namespace diorama::aws::rest_xml
