"""The generated header: structures, enums, errors and the service as an abstract class."""
from names import class_name, enumerators, member_name, snake_case

BEGIN = """// Generated from services/{service}/api.json. Shapes of the API of {service_id}.
#pragma once

#include "emulator/aws/box.hpp"
#include "emulator/aws/call.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::{namespace}::api {{
"""

DEFAULTS = {"std::int32_t": " = 0", "std::int64_t": " = 0", "double": " = 0", "bool": " = false"}


def enumeration(model, name):
    values = ", ".join(enumerators(model.shapes[name]["enum"]))
    return (f"enum class {name} : int {{ {values} }};\n"
            f"std::string_view to_string(api::{name} value);\n"
            f"std::optional<api::{name}> parse_{snake_case(name)}(std::string_view text);\n")


def is_recursive(model, name):
    return any(structure == name for structure, _ in model.lists_of_unfinished)


def structure(model, name):
    lines = [f"struct {name} {{"]
    for member in model.shapes[name].get("members", {}):
        cpp_type = model.member_type(name, member)
        default = "" if model.lists_of_unfinished.get((name, member), name) != name else DEFAULTS.get(cpp_type, "{}")
        lines.append(f"    {cpp_type} {member_name(member)}{default};")
    definition = "" if is_recursive(model, name) else " = default"
    lines.append(f"    bool operator==(const {name}&) const{definition};")
    lines.append("};\n")
    return "\n".join(lines)


def error(model, name):
    code, status, receiver = model.error_facts(name)
    fault = "receiver" if receiver else "sender"
    shape = f'\n        set_shape("{name}");\n    ' if code != name else ""
    return (f"class {name} : public aws::AWSError {{\n"
            f"public:\n"
            f"    template <class... Args>\n"
            f"    explicit {name}(fmt::format_string<Args...> text, Args&&... args)\n"
            f'        : AWSError("{code}", {status}, fmt::format(text, std::forward<Args>(args)...), '
            f"aws::Fault::{fault}) {{{shape}}}\n"
            f"}};\n")


def service_class(model):
    name = class_name(model.service) + "Api"
    lines = [f"class {name} : public aws::ServiceApi {{", "public:"]
    for operation, facts in model.operations.items():
        result, parameter = facts["output"]["shape"], facts["input"]["shape"]
        lines.append(f"    virtual {result}\n    {member_name(operation)}(const aws::Call& call, const {parameter}& input) = 0;")
    lines.append("};\n")
    return "\n".join(lines)


def write_header(model):
    parts = [BEGIN.format(service=model.service, service_id=model.metadata["serviceId"], namespace=model.namespace)]
    parts += [enumeration(model, name) for name in model.enumerations()]
    parts += [f"struct {name};" for name in model.structures]
    parts += [structure(model, name) for name in model.structures]
    # Only now can lists of these be compared.
    parts += [f"inline bool {name}::operator==(const {name}&) const = default;\n"
              for name in model.structures if is_recursive(model, name)]
    parts += [error(model, name) for name in model.errors()]
    parts.append(service_class(model))
    parts.append("// Everything the protocols need to know: shapes with wire names, operations, how to call them.")
    parts.append("const aws::ServiceDescriptor& descriptor();\n")
    parts.append(f"}} // namespace diorama::{model.namespace}::api\n")
    return "\n".join(parts)
