"""An api.json in memory: which C++ type every shape has, and in which order structures must be defined."""
import json

from names import namespace

SCALARS = {
    "string": ("string", "std::string"),
    "character": ("string", "std::string"),
    "blob": ("blob", "std::string"),
    "integer": ("integer", "std::int32_t"),
    "short": ("integer", "std::int32_t"),
    "byte": ("integer", "std::int32_t"),
    "long": ("long_integer", "std::int64_t"),
    "bigInteger": ("long_integer", "std::int64_t"),
    "float": ("number", "double"),
    "double": ("number", "double"),
    "bigDecimal": ("number", "double"),
    "boolean": ("boolean", "bool"),
    "timestamp": ("timestamp", "diorama::Timestamp"),
}


class Model:
    def __init__(self, path, service):
        with open(path, encoding="utf-8") as file:
            text = json.load(file)
        self.metadata = text["metadata"]
        self.operations = text["operations"]
        self.not_emulated = text.get("notEmulated", {})
        self.shapes = text["shapes"]
        self.service = service
        self.namespace = namespace(service)
        for name, operation in self.operations.items():
            for direction in ("input", "output"):
                if direction not in operation:
                    shape = name + direction.capitalize()
                    operation[direction] = {"shape": shape}
                    operation[direction + "_is_made_up"] = True
                    self.shapes.setdefault(shape, {"type": "structure"})
        self.used = self._used_shapes()
        self.boxed = set()
        self.lists_of_unfinished = {}  # (structure, member) -> the structure in the list
        self.structures = self._definition_order()

    def _used_shapes(self):
        """What inputs and outputs reach; error shapes are described otherwise."""
        waiting = [operation[part]["shape"] for operation in self.operations.values() for part in ("output", "input")]
        used = set()
        while waiting:
            name = waiting.pop()
            if name not in used:
                used.add(name)
                waiting += [reference["shape"] for _, reference in self.parts(name)]
        return used

    def parts(self, name):
        """(name, reference) of members, element, key and value."""
        shape = self.shapes[name]
        yield from shape.get("members", {}).items()
        for part in ("member", "key", "value"):
            if part in shape:
                yield part, shape[part]

    def kind(self, name):
        shape = self.shapes[name]
        if "enum" in shape:
            return "enumeration"
        if shape["type"] in SCALARS:
            return SCALARS[shape["type"]][0]
        return shape["type"]

    def cpp_type(self, name):
        shape = self.shapes[name]
        kind = self.kind(name)
        if kind in ("structure", "enumeration"):
            return name if name[0].isupper() else f"api::{name}"
        if kind == "list":
            if self.kind(shape["member"]["shape"]) == "boolean":
                raise SystemExit(f"{name}: a list of booleans has no representation")
            return f"std::vector<{self.cpp_type(shape['member']['shape'])}>"
        if kind == "map":
            return f"std::map<std::string, {self.cpp_type(shape['value']['shape'])}>"
        return SCALARS[shape["type"]][1]

    def holder(self, structure, member):
        """How a structure holds a member: field, optional or box."""
        shape = self.shapes[structure]
        target = shape["members"][member]["shape"]
        if (structure, member) in self.boxed:
            return "box"
        if member in shape.get("required", ()) or self.kind(target) in ("list", "map"):
            return "field"
        return "optional"

    def member_type(self, structure, member):
        inner = self.cpp_type(self.shapes[structure]["members"][member]["shape"])
        holder = self.holder(structure, member)
        return {"box": f"aws::Box<{inner}>", "optional": f"std::optional<{inner}>", "field": inner}[holder]

    def enumerations(self):
        return sorted(name for name in self.used if self.kind(name) == "enumeration")

    def errors(self):
        names = {error for operation in self.operations.values() for error in operation.get("errors", ())}
        return sorted(names)

    def error_facts(self, name):
        """(code, HTTP status, is it the receiver's fault)."""
        shape = self.shapes[name]
        error = shape.get("error", {})
        fault = shape.get("fault", False) or error.get("senderFault") is False
        status = error.get("httpStatusCode", 500 if fault else 400)
        return error.get("code", name), status, status >= 500

    def _definition_order(self):
        """Structures so that what a structure holds by value comes first; cycles are cut by a Box, or by a list."""
        order, state = [], {}

        def visit(name):
            state[name] = "open"
            for member, reference in self.shapes[name].get("members", {}).items():
                target, by_value = reference["shape"], True
                while self.kind(target) in ("list", "map"):
                    target = self.shapes[target].get("member", self.shapes[target].get("value"))["shape"]
                    by_value = False
                if self.kind(target) != "structure":
                    continue
                if target not in state:
                    visit(target)
                if state[target] == "open" and by_value:
                    self.boxed.add((name, member))
                elif state[target] == "open":
                    self.lists_of_unfinished[name, member] = target
            state[name] = "done"
            order.append(name)

        for name in sorted(self.used):
            if self.kind(name) == "structure" and name not in state:
                visit(name)
        return order
