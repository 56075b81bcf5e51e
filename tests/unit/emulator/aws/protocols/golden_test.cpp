// Every golden case of botocore's protocol tests, from the server's side: what a client serializes
// must be parsed into the parameters it had, and a result must be written so that it reads as the
// response the case shows.
#include "emulator/aws/protocols/cbor.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "tests/support/dynamic_shapes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

using namespace diorama;
using tests::json;

namespace {

std::filesystem::path suites() {
    const char* folder = std::getenv("DIORAMA_SUITES");
    return std::filesystem::path(folder ? folder : "../shared/suites") / "botocore-protocols";
}

struct Suite {
    std::string file;
    aws::Protocol protocol;
};

const Suite all_suites[] = {
    {"query", aws::Protocol::query},
    {"ec2", aws::Protocol::ec2},
    {"rest-xml", aws::Protocol::rest_xml},
    {"json", aws::Protocol::json},
    {"json_1_0", aws::Protocol::json},
    {"json_1_0-query-compatible", aws::Protocol::json},
    {"rest-json", aws::Protocol::rest_json},
    {"smithy-rpc-v2-cbor", aws::Protocol::rpc_v2_cbor},
    {"smithy-rpc-v2-cbor-query-compatible", aws::Protocol::rpc_v2_cbor},
    {"smithy-rpc-v2-cbor-non-query-compatible", aws::Protocol::rpc_v2_cbor},
};

struct Case {
    tests::DynamicShapes shapes;
    aws::ServiceDescriptor service;
    aws::Operation operation;

    Case(const json& group, const json& test)
        : shapes(group.at("shapes")) {
        const auto& metadata = group.at("metadata");
        service.service_id = shapes.keep(metadata.value("serviceId", "Sample"));
        service.json_version = shapes.keep(metadata.value("jsonVersion", "1.1"));
        service.query_compatible = metadata.contains("awsQueryCompatible");
        const auto& given = test.at("given");
        operation.name = shapes.keep(given.at("name"));
        operation.method = shapes.keep(given.at("http").at("method"));
        operation.uri = shapes.keep(given.at("http").at("requestUri"));
        operation.status = given.at("http").value("responseCode", 200);
        operation.input =
            given.contains("input") ? &shapes.root(given.at("input")) : &shapes.empty_structure();
        operation.output =
            given.contains("output") ? &shapes.root(given.at("output")) : &shapes.empty_structure();
    }
};

// Null, an empty list and an empty map all mean absent.
json without_absent(const json& value) {
    if (value.is_array()) {
        json kept = json::array();
        for (const auto& held : value)
            if (!held.is_null()) kept.push_back(without_absent(held));
        return kept;
    }
    if (!value.is_object()) return value;
    json kept = json::object();
    for (const auto& [key, held] : value.items()) {
        auto inner = without_absent(held);
        if (!inner.is_null() && !(inner.is_structured() && inner.empty()))
            kept[key] = std::move(inner);
    }
    return kept;
}

std::string check_input(aws::Protocol protocol, const json& group, const json& test) {
    Case made(group, test);
    const auto& serialized = test.at("serialized");
    http::RequestHead request;
    request.method = serialized.value("method", "POST");
    request.target = serialized.value("uri", "/");
    if (serialized.contains("headers"))
        for (const auto& [name, value] : serialized.at("headers").items())
            request.headers.add(name, value.get<std::string>());
    std::string body = serialized.value("body", "");
    if (protocol == aws::Protocol::rpc_v2_cbor)
        body = aws::base64_decode(body).value_or("not Base64");
    const auto input = aws::make_value(*made.operation.input);
    if (const auto error =
            aws::parse_input(protocol, made.service, made.operation, request, body, input.get()))
        return error->code() + ": " + error->message();
    const auto parsed = without_absent(tests::to_json(*made.operation.input, input.get()));
    const auto expected = without_absent(test.at("params"));
    if (parsed == expected) return "";
    return "parsed " + parsed.dump() + "\n     wanted " + expected.dump();
}

// Elements (in any order: models of tests have lost it), text without surrounding blanks,
// attributes.
std::string canonical_xml(const pugi::xml_node& node, const std::set<std::string>& ignored) {
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) return node.value();
    if (node.type() != pugi::node_element || ignored.contains(node.name())) return "";
    std::string text = fmt::format("<{}", node.name());
    for (const auto& attribute : node.attributes())
        text += fmt::format(" {}='{}'", attribute.name(), attribute.value());
    text += ">";
    std::vector<std::string> children;
    for (const auto& child : node.children())
        children.push_back(canonical_xml(child, ignored));
    std::ranges::sort(children);
    return text + fmt::format("{}</>", fmt::join(children, ""));
}

std::string canonical_xml(const std::string& xml) {
    pugi::xml_document document;
    document.load_string(xml.c_str());
    auto root = document.document_element();
    root.remove_attribute("xmlns"); // the service's own namespace
    return canonical_xml(root, {"requestId", "ResponseMetadata", "RequestId"});
}

std::string
compare_bodies(aws::Protocol protocol, const std::string& written, const std::string& wanted) {
    using aws::Protocol;
    if (written == wanted) return "";
    // Clients take an empty document and none at all for the same.
    if (protocol == Protocol::rest_json && written.empty() && wanted == "{}") return "";
    bool same = false;
    if (protocol == Protocol::rpc_v2_cbor) {
        const auto first = aws::parse_cbor(written);
        const auto second = aws::parse_cbor(aws::base64_decode(wanted).value_or(""));
        same = first && second && (*first == *second || first->dump() == second->dump());
    } else if (protocol == Protocol::json || protocol == Protocol::rest_json) {
        const auto first = json::parse(written, nullptr, false);
        const auto second = json::parse(wanted, nullptr, false);
        same = !first.is_discarded() && first == second;
    } else {
        same = canonical_xml(written) == canonical_xml(wanted);
    }
    return same ? "" : "wrote  " + written + "\n     wanted " + wanted;
}

std::string check_output(aws::Protocol protocol, const json& group, const json& test) {
    Case made(group, test);
    if (protocol == aws::Protocol::query && test.at("given").contains("output"))
        made.operation.result_wrapper = made.shapes.keep(test.at("given").at("output").value(
            "resultWrapper",
            std::string(made.operation.name) + "Result"
        ));
    const auto output = aws::make_value(*made.operation.output);
    tests::fill_from(*made.operation.output, test.at("result"), output.get());
    const auto response =
        aws::write_output(protocol, made.service, made.operation, output.get(), "id");
    const auto& wanted = test.at("response");
    if (wanted.contains("headers"))
        for (const auto& [name, value] : wanted.at("headers").items()) {
            if (http::equal_ignoring_case(name, "Content-Type") ||
                http::equal_ignoring_case(name, "Content-Length"))
                continue;
            const auto written = response.headers.get(name, "(absent)");
            if (written != value.get<std::string>())
                return fmt::format("header {}: {} instead of {}", name, written, value.dump());
        }
    if (response.status != wanted.value("status_code", 200))
        return fmt::format("status {}", response.status);
    return compare_bodies(protocol, response.body, wanted.value("body", ""));
}

using Check = std::string (*)(aws::Protocol, const json&, const json&);

// Cases that speak of something else than a server's duty, by the beginning of their names.
struct Exception {
    std::string_view prefix;
    std::string_view why;
};

bool is_excepted(const std::string& id, std::span<const Exception> exceptions) {
    for (const auto& exception : exceptions)
        if (id.starts_with(exception.prefix)) return true;
    return false;
}

void check_all(const std::string& folder, Check check, std::span<const Exception> exceptions) {
    if (!std::filesystem::exists(suites())) {
        MESSAGE("skipped: no " << suites().string());
        return;
    }
    int checked = 0;
    int skipped = 0;
    for (const auto& suite : all_suites) {
        std::ifstream file(suites() / folder / (suite.file + ".json"));
        for (const auto& group : json::parse(file)) {
            for (const auto& test : group.at("cases")) {
                const std::string id = test.at("id");
                CAPTURE(suite.file);
                CAPTURE(id);
                if (test.contains("errorCode") || is_excepted(id, exceptions) ||
                    test.at("given").dump().find("DocumentType") != std::string::npos ||
                    group.at("shapes").dump().find("\"document\":true") != std::string::npos) {
                    ++skipped;
                    continue;
                }
                ++checked;
                std::string difference;
                try {
                    difference = check(suite.protocol, group, test);
                } catch (const std::exception& error) {
                    difference = error.what();
                }
                CHECK_MESSAGE(difference.empty(), difference);
            }
        }
    }
    MESSAGE(folder << ": " << checked << " cases, " << skipped << " left out");
}

constexpr std::string_view gzip = "the gateway decompresses before the protocol reads";
constexpr std::string_view token = "clients add a token that the parameters do not show";
constexpr std::string_view all_of_query = "the map has every parameter, named elsewhere or not";

constexpr Exception input_exceptions[] = {
    {"SDKAppl", gzip},
    {"SDKAppend", gzip},
    {"QueryProtocolIdempotencyTokenAutoFill", token},
    {"Ec2ProtocolIdempotencyTokenAutoFill", token},
    {"QueryIdempotencyTokenAutoFill", token},
    {"RestJsonQueryIdempotencyTokenAutoFill", token},
    {"AllQueryStringTypes", all_of_query},
    {"RestXmlQuery", all_of_query},
    {"RestXmlSupportsNaNFloatQueryValues", all_of_query},
    {"RestXmlSupportsInfinityFloatQueryValues", all_of_query},
    {"RestXmlSupportsNegativeInfinityFloatQueryValues", all_of_query},
    {"RestXmlZeroAndFalseQueryValues", all_of_query},
    {"RestJsonQueryParamsStringListMap", all_of_query},
    {"RestJsonQueryPrecedence", all_of_query},
};

constexpr std::string_view reader = "a client must bear it, a server need not write it";
constexpr std::string_view empty_body = "clients take the empty document as well";

constexpr Exception output_exceptions[] = {
    {"AwsQueryDateTimeWith", reader},
    {"Ec2QueryDateTimeWith", reader},
    {"RestXmlDateTimeWith", reader},
    {"AwsJson11DateTimeWith", reader},
    {"RestJsonDateTimeWith", reader},
    {"SimpleScalarPropertiesWith", reader},
    {"IgnoreQueryParamsInResponse", reader},
    {"XmlEmpty", "an empty list that is not required is not written"},
    {"handles_unexpected_json_output", reader},
    {"AwsJson10HandlesUnexpectedJsonOutput", reader},
    {"AwsJson11IntEnums", "shows a header of requests"},
    {"AwsJson11DeserializeIgnoreType", reader},
    {"AwsJson10DeserializeIgnoreType", reader},
    {"RestJsonDeserializeIgnoreType", reader},
    {"parses_the_request_id_from_the_response", "the gateway adds it"},
    {"AwsJson11StructuresDontDeserializeNullValues", reader},
    {"AwsJson10DeserializeAllowNulls", reader},
    {"RestJsonDeserializesDenseSetMapAndSkipsNull", reader},
    {"RestJsonDoesntDeserializeNullStructureValues", reader},
    {"RpcV2CborDeserializesDenseSetMapAndSkipsNull", reader},
    {"RpcV2CborClientDoesntDeserializeNullStructureValues", reader},
    {"RpcV2CborExtraFieldsInTheBody", reader},
    {"RpcV2CborPayloadWithUnsetUnion", reader},
    {"XmlNamespaces", "repeats the namespace that is in force anyway"},
    {"RestXmlHttpPayloadWithUnion", "locationName names a payload's root, as in S3's model"},
    {"HttpPayloadWithXmlN", "locationName names a payload's root, as in S3's model"},
    {"QueryEmptyInputAndEmptyOutput", empty_body},
    {"QueryNoInputAndNoOutput", empty_body},
    {"QueryNoInputAndOutput", empty_body},
    {"json_1_1_service_responds_with_no_payload", empty_body},
    {"AwsJson10ServiceRespondsWithNoPayload", empty_body},
    {"empty_output_no_body", empty_body},
    {"no_output", empty_body},
    {"NoOutputClientAllowsEmptyBody", empty_body},
};

} // namespace

TEST_CASE("golden inputs: what clients serialize is parsed into what they meant") {
    check_all("input", &check_input, input_exceptions);
}

TEST_CASE("golden outputs: results are written as clients expect them") {
    check_all("output", &check_output, output_exceptions);
}
