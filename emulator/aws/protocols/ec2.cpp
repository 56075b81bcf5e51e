// The query dialect of EC2: other names for lists, other documents. See dialects.hpp.
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/form_input.hpp"
#include "emulator/aws/protocols/xml_output.hpp"

#include <fmt/format.h>

namespace diorama::aws::ec2 {
namespace {

// EC2 names one wrong parameter at a time.
AWSError refused(const Violation& violation) {
    if (violation.kind == Violation::Kind::missing)
        return AWSError(
            "MissingParameter",
            400,
            fmt::format("The request must contain the parameter {}", violation.parameter)
        );
    std::string_view value = violation.value;
    if (value.size() >= 2 && value.front() == '\'') value = value.substr(1, value.size() - 2);
    return AWSError(
        "InvalidParameterValue",
        400,
        fmt::format("Value ({}) for parameter {} is invalid.", value, violation.path)
    );
}

} // namespace

std::optional<AWSError> parse_input(
    const ServiceDescriptor&,
    const Operation& operation,
    const http::RequestHead& request,
    std::string_view body,
    void* input
) {
    InputChecks checks;
    const auto parameters = form_parameters(request, body);
    FormInput(parameters, FormNames::ec2, checks)
        .read_structure(*operation.input, "", input, Path());
    if (checks.passed()) return std::nullopt;
    return refused(checks.violations().front());
}

http::Response write_output(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
) {
    XMLOutput xml(EmptyLists::written);
    const auto root = fmt::format("{}Response", operation.name);
    // The documents of EC2 name the namespace with a final slash, its model without.
    std::string uri(service.xml_namespace);
    if (!uri.empty() && !uri.ends_with('/')) uri += '/';
    xml.raw(xml_declaration);
    xml.open(root, XMLOutput::namespace_attribute(uri));
    xml.text_element("requestId", request_id);
    xml.members(*operation.output, output);
    xml.close(root);
    return {200, {{"Content-Type", "text/xml;charset=UTF-8"}}, xml.take(), {}};
}

http::Response
write_error(const ServiceDescriptor&, const AWSError& error, std::string_view request_id) {
    XMLOutput xml(EmptyLists::written);
    xml.raw(xml_declaration);
    xml.open("Response");
    xml.open("Errors");
    xml.open("Error");
    xml.text_element("Code", error.code());
    xml.text_element("Message", error.message());
    for (const auto& [name, value] : error.fields())
        xml.text_element(name, value);
    xml.close("Error");
    xml.close("Errors");
    xml.text_element("RequestID", request_id);
    xml.close("Response");
    return {error.http_status(), {{"Content-Type", "text/xml;charset=UTF-8"}}, xml.take(), {}};
}

} // namespace diorama::aws::ec2
