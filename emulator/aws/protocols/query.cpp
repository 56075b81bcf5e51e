// awsQuery: form parameters in, XML out. See dialects.hpp.
#include "emulator/aws/protocols/dialects.hpp"
#include "emulator/aws/protocols/form_input.hpp"
#include "emulator/aws/protocols/xml_output.hpp"

#include <fmt/format.h>

namespace diorama::aws::query {
namespace {

AWSError refused(const InputChecks& checks) {
    for (const auto& violation : checks.violations()) {
        // UNKNOWN: AWS's sentence differs by service; the code is what clients see.
        if (violation.kind == Violation::Kind::unparseable)
            return AWSError(
                "MalformedInput",
                400,
                fmt::format(
                    "Value '{}' at '{}' is not a valid {}",
                    violation.value,
                    violation.path,
                    violation.constraint
                )
            );
    }
    return AWSError("ValidationError", 400, checks.sentence());
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
    FormInput(parameters, FormNames::query, checks)
        .read_structure(*operation.input, "", input, Path());
    if (checks.passed()) return std::nullopt;
    return refused(checks);
}

http::Response write_output(
    const ServiceDescriptor& service,
    const Operation& operation,
    const void* output,
    std::string_view request_id
) {
    XMLOutput xml(EmptyLists::written);
    const auto root = fmt::format("{}Response", operation.name);
    xml.open(root, XMLOutput::namespace_attribute(service.xml_namespace));
    if (!operation.result_wrapper.empty()) xml.open(operation.result_wrapper);
    xml.members(*operation.output, output);
    if (!operation.result_wrapper.empty()) xml.close(operation.result_wrapper);
    xml.open("ResponseMetadata");
    xml.text_element("RequestId", request_id);
    xml.close("ResponseMetadata");
    xml.close(root);
    return {200, {{"Content-Type", "text/xml"}}, xml.take(), {}};
}

http::Response
write_error(const ServiceDescriptor& service, const AWSError& error, std::string_view request_id) {
    XMLOutput xml(EmptyLists::written);
    xml.open("ErrorResponse", XMLOutput::namespace_attribute(service.xml_namespace));
    xml.open("Error");
    xml.text_element("Type", error.fault() == Fault::sender ? "Sender" : "Receiver");
    xml.text_element("Code", error.code());
    if (!error.message().empty()) xml.text_element("Message", error.message());
    for (const auto& [name, value] : error.fields())
        xml.text_element(name, value);
    xml.close("Error");
    xml.text_element("RequestId", request_id);
    xml.close("ErrorResponse");
    return {error.http_status(), {{"Content-Type", "text/xml"}}, xml.take(), {}};
}

} // namespace diorama::aws::query
