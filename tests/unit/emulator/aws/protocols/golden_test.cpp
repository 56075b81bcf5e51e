// Every golden case of botocore's protocol tests, from the server's side: what a client serializes
// must be parsed into the parameters it had, and a result must be written so that it reads as the
// response the case shows.
#include "emulator/aws/protocols/cbor.hpp"
#include "emulator/aws/protocols/protocol.hpp"
#include "tests/support/dynamic_shapes.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pugixml.hpp>

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
    const char* file;
    aws::Protocol protocol;
};

constexpr Suite all_suites[] = {
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

// Values that a case leaves to the client.
json without_nulls(json value) {
    if (!value.is_structured()) return value;
    json kept = value.is_array() ? json::array() : json::object();
    for (const auto& [key, held] : value.items()) {
        if (held.is_null()) continue;
        if (value.is_array())
            kept.push_back(without_nulls(held));
        else
            kept[key] = without_nulls(held);
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
    const auto parsed = tests::to_json(*made.operation.input, input.get());
    const auto expected = without_nulls(test.at("params"));
    if (parsed == expected) return "";
    return "parsed " + parsed.dump() + "\n     wanted " + expected.dump();
}

// Elements in order, text without surrounding blanks, attributes.
std::string canonical_xml(const pugi::xml_node& node, const std::set<std::string>& ignored) {
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) return node.value();
    if (node.type() != pugi::node_element || ignored.contains(node.name())) return "";
    std::string text = fmt::format("<{}", node.name());
    for (const auto& attribute : node.attributes())
        text += fmt::format(" {}='{}'", attribute.name(), attribute.value());
    text += ">";
    for (const auto& child : node.children())
        text += canonical_xml(child, ignored);
    return text + "</>";
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
        std::ifstream file(suites() / folder / (std::string(suite.file) + ".json"));
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

constexpr Exception input_exceptions[] = {
    {"-", ""},
};

constexpr Exception output_exceptions[] = {
    {"-", ""},
};

} // namespace

TEST_CASE("golden inputs: what clients serialize is parsed into what they meant") {
    check_all("input", &check_input, input_exceptions);
}

TEST_CASE("golden outputs: results are written as clients expect them") {
    check_all("output", &check_output, output_exceptions);
}
