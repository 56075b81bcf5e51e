"""The generated source: constant tables of shapes and operations, and the names of enum values."""
from names import class_name, enumerators, member_name, quoted, snake_case

BEGIN = """// Generated from services/{service}/api.json. Tables for the protocols.
#include "services/{service}/api.hpp"

#include "emulator/aws/shape_access.hpp"

#include <array>

#pragma clang diagnostic ignored "-Winvalid-offsetof"
#pragma clang diagnostic ignored "-Wmissing-field-initializers"
#pragma clang diagnostic ignored "-Wunused-parameter"

namespace diorama::{namespace}::api {{
namespace {{

using aws::Location;
using aws::ShapeKind;
using aws::TimestampFormat;
namespace access = aws::access;
"""

LOCATIONS = {"header": "header", "headers": "headers", "uri": "uri", "querystring": "querystring", "statusCode": "status_code"}
TIMESTAMP_FORMATS = {"iso8601": "iso8601", "rfc822": "rfc822", "unixTimestamp": "unix_timestamp"}
PROTOCOLS = {"query": "query", "ec2": "ec2", "rest-xml": "rest_xml", "json": "json", "rest-json": "rest_json",
             "smithy-rpc-v2-cbor": "rpc_v2_cbor"}


def fields(pairs):
    """Designated initializers of those that have a value."""
    return "{" + ", ".join(f".{name} = {value}" for name, value in pairs if value) + "}"


def truth(value):
    return "true" if value else None


def text(value):
    return quoted(value) if value else None


def member(model, structure, name, reference, part_of_structure=True):
    """One aws::Member: of a structure, or the element, key or value of a list or map."""
    shape = model.shapes[reference["shape"]]
    inherited = ["flattened", "timestampFormat", "streaming"]
    # A namespace of the shape itself is that of documents whose root it is; one with a prefix is declared wherever
    # it stands.
    if isinstance(shape.get("xmlNamespace"), dict) and "prefix" in shape["xmlNamespace"]:
        inherited.append("xmlNamespace")
    traits = {**{key: shape[key] for key in inherited if key in shape}, **reference}
    namespace = traits.get("xmlNamespace", {})
    location = LOCATIONS.get(reference.get("location"))
    pairs = [
        ("name", quoted(name)),
        ("location_name", text(reference.get("locationName"))),
        ("query_name", text(reference.get("queryName"))),
        ("shape", f"&shape_{reference['shape']}"),
        ("location", location and f"Location::{location}"),
        ("timestamp_format", traits.get("timestampFormat") and f"TimestampFormat::{TIMESTAMP_FORMATS[traits['timestampFormat']]}"),
    ]
    if part_of_structure:
        pairs.append(("required", truth(name in model.shapes[structure].get("required", ()))))
    pairs += [
        ("flattened", truth(traits.get("flattened"))),
        ("xml_attribute", truth(traits.get("xmlAttribute"))),
        ("streaming", truth(traits.get("streaming"))),
        ("json_value", truth(traits.get("jsonvalue"))),
        ("xml_namespace", text(namespace.get("uri") if isinstance(namespace, dict) else namespace)),
        ("xml_namespace_prefix", text(namespace.get("prefix") if isinstance(namespace, dict) else "")),
    ]
    if part_of_structure:
        holder = model.holder(structure, name)
        argument = "" if holder == "field" else f"<{model.cpp_type(reference['shape'])}>"
        pairs += [
            ("offset", f"offsetof({structure}, {member_name(name)})"),
            ("get", f"&access::get_{holder}{argument}"),
            ("set", f"&access::set_{holder}{argument}"),
        ]
    return fields(pairs)


def access(model, name):
    """The pairs of a Shape that reach into its values."""
    shape, kind = model.shapes[name], model.kind(name)
    if kind == "list":
        return [("list", f"&access::list_of<{model.cpp_type(shape['member']['shape'])}>")]
    if kind == "map":
        return [("map", f"&access::map_of<{model.cpp_type(shape['value']['shape'])}>")]
    if kind == "structure":
        return [("make", f"&access::make<{name}>"), ("destroy", f"&access::destroy<{name}>")]
    return []


def root_references(model):
    """How operations name the documents whose root a shape is."""
    roots = {}
    for operation in model.operations.values():
        for direction in ("input", "output"):
            reference = operation[direction]
            roots.setdefault(reference["shape"], {}).update(
                {key: reference[key] for key in ("locationName", "xmlNamespace") if key in reference})
    return roots


def shape_table(model, name, roots):
    shape, kind = model.shapes[name], model.kind(name)
    lines = []
    parts = list(model.parts(name))
    if parts:
        rows = ",\n    ".join(member(model, name, part, reference, kind == "structure") for part, reference in parts)
        lines.append(f"constinit const aws::Member members_{name}[] = {{\n    {rows}}};")
    if kind == "enumeration":
        values = ", ".join(map(quoted, shape["enum"]))
        lines.append(f"constinit const std::string_view values_{name}[] = {{{values}}};")
    root = {**{key: shape[key] for key in ("locationName", "xmlNamespace") if key in shape}, **roots.get(name, {})}
    namespace = root.get("xmlNamespace", {})
    payload = shape.get("payload")
    pairs = [
        ("kind", f"ShapeKind::{kind}"),
        ("name", quoted(name)),
        ("members", parts and f"members_{name}"),
        ("location_name", text(root.get("locationName"))),
        ("xml_namespace", text(namespace.get("uri") if isinstance(namespace, dict) else namespace)),
        ("payload", payload and f"&members_{name}[{list(shape['members']).index(payload)}]"),
        ("values", kind == "enumeration" and f"values_{name}"),
        ("pattern", text(shape.get("pattern"))),
        ("has_minimum", truth("min" in shape)),
        ("has_maximum", truth("max" in shape)),
        ("is_union", truth(shape.get("union"))),
        ("is_sensitive", truth(shape.get("sensitive"))),
        ("minimum", "min" in shape and repr(float(shape["min"]))),
        ("maximum", "max" in shape and repr(float(shape["max"]))),
        *access(model, name),
    ]
    lines.append(f"constinit const aws::Shape shape_{name}{fields(pairs)};\n")
    return "\n".join(lines)


def error_tables(model):
    lines = []
    for name in model.errors():
        code, status, _ = model.error_facts(name)
        lines.append(f"constinit const aws::ErrorDescriptor error_{name}{{{quoted(name)}, {quoted(code)}, {status}}};")
    for operation, facts in model.operations.items():
        if facts.get("errors"):
            rows = ", ".join(f"&error_{name}" for name in facts["errors"])
            lines.append(f"constinit const aws::ErrorDescriptor* const errors_{operation}[] = {{{rows}}};")
    return "\n".join(lines) + "\n"


def result_wrapper(model, name, facts):
    if "query" not in model.metadata["protocols"] or facts.get("output_is_made_up"):
        return None
    return facts["output"].get("resultWrapper", name + "Result")


def invocation(model, name, facts):
    api = class_name(model.service) + "Api"
    return (f"void invoke_{name}(aws::ServiceApi& service, const aws::Call& call, const void* input, void* output) {{\n"
            f"    *static_cast<{facts['output']['shape']}*>(output) = static_cast<{api}&>(service).{member_name(name)}(\n"
            f"        call, *static_cast<const {facts['input']['shape']}*>(input));\n"
            f"}}\n")


def operation_row(model, name, facts):
    status = facts["http"].get("responseCode", 200)
    return fields([
        ("name", quoted(name)),
        ("method", quoted(facts["http"]["method"])),
        ("uri", quoted(facts["http"]["requestUri"])),
        ("status", status if status != 200 else None),
        ("input", f"&shape_{facts['input']['shape']}"),
        ("output", f"&shape_{facts['output']['shape']}"),
        ("result_wrapper", text(result_wrapper(model, name, facts))),
        ("errors", facts.get("errors") and f"errors_{name}"),
        ("invoke", f"&invoke_{name}"),
    ])


def name_row(name, http):
    return fields([("name", quoted(name)), ("method", quoted(http["method"])), ("uri", quoted(http["requestUri"]))])


def service_table(model):
    metadata = model.metadata
    protocols = ", ".join(f"aws::Protocol::{PROTOCOLS[name]}" for name in metadata["protocols"])
    rows = ",\n    ".join(operation_row(model, name, facts) for name, facts in model.operations.items())
    pairs = [
        ("name", quoted(model.service)),
        ("service_id", quoted(metadata["serviceId"])),
        ("signing_name", quoted(metadata.get("signingName", metadata["endpointPrefix"]))),
        ("endpoint_prefix", quoted(metadata["endpointPrefix"])),
        ("api_version", quoted(metadata["apiVersion"])),
        ("target_prefix", text(metadata.get("targetPrefix"))),
        ("json_version", text(metadata.get("jsonVersion"))),
        ("xml_namespace", text(metadata.get("xmlNamespace"))),
        ("query_compatible", truth("awsQueryCompatible" in metadata)),
        ("protocols", "protocols"),
        ("operations", "operations"),
        ("not_emulated", model.not_emulated and "not_emulated"),
    ]
    names = ",\n    ".join(name_row(name, http) for name, http in model.not_emulated.items())
    return (f"constinit const aws::Protocol protocols[] = {{{protocols}}};\n"
            f"constinit const aws::Operation operations[] = {{\n    {rows}}};\n"
            + (f"constinit const aws::Operation not_emulated[] = {{\n    {names}}};\n" if names else "") +
            f"constinit const aws::ServiceDescriptor service{fields(pairs)};\n")


def enum_functions(model, name):
    first = f"api::{name}"
    count = len(enumerators(model.shapes[name]["enum"]))
    return (f"std::string_view to_string({first} value) {{\n"
            f"    return values_{name}[static_cast<std::size_t>(value)];\n"
            f"}}\n\n"
            f"std::optional<{first}> parse_{snake_case(name)}(std::string_view text) {{\n"
            f"    for (int i = 0; i < {count}; ++i)\n"
            f"        if (values_{name}[i] == text) return static_cast<{first}>(i);\n"
            f"    return std::nullopt;\n"
            f"}}\n")


def write_tables(model):
    parts = [BEGIN.format(service=model.service, namespace=model.namespace)]
    roots = root_references(model)
    used = sorted(model.used)
    parts += [f"extern const aws::Shape shape_{name};" for name in used]
    parts.append("")
    parts += [shape_table(model, name, roots) for name in used]
    parts.append(error_tables(model))
    parts += [invocation(model, name, facts) for name, facts in model.operations.items()]
    parts.append(service_table(model))
    parts.append("} // namespace\n")
    parts += [enum_functions(model, name) for name in model.enumerations()]
    parts.append("const aws::ServiceDescriptor& descriptor() {\n    return service;\n}\n")
    parts.append(f"}} // namespace diorama::{model.namespace}::api\n")
    return "\n".join(parts)
