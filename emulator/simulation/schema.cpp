// See schema.hpp. Editors complete and explain by it; what is right in detail (that a rate is one,
// that a population exists) is for the reader, so texts with a grammar of their own stay texts.
#include "emulator/simulation/schema.hpp"

#include "emulator/simulation/fault_catalogue.hpp"
#include "emulator/simulation/measure_catalogue.hpp"
#include "emulator/simulation/places.hpp"
#include "emulator/simulation/reader/scenario_keys.hpp"

#include <nlohmann/json.hpp>

namespace diorama::simulation {

namespace {

using Json = nlohmann::ordered_json;

// Within braces YAML ends `lognormal(6ms, 0.5)` at the comma; the reader mends that, and an editor
// sees the rest as a key without a value.
constexpr const char* rest_of_a_law = "^[^(]*\\)$";

Json type(const char* name) {
    return {{"type", name}};
}

Json types(std::initializer_list<const char*> names) {
    Json list = Json::array();
    for (const char* name : names)
        list.push_back(name);
    return {{"type", list}};
}

Json reference(std::string_view section) {
    return {{"$ref", "#/$defs/" + std::string(section)}};
}

Json any_of(Json first, Json second) {
    return {{"anyOf", Json::array({std::move(first), std::move(second)})}};
}

Json list_of(Json items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

Json texts() {
    const Json text = types({"string", "number", "boolean"});
    return any_of(text, list_of(text));
}

Json law() {
    return types({"string", "number", "object"});
}

Json named(const Key& key) {
    Json value = key.section.empty() ? texts() : reference(key.section);
    if (key.section == "files") value = any_of(value, any_of(type("string"), type("array")));
    return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}

Json sections_of(const Key& key) {
    Json item = reference(key.section);
    if (!key.may_be_text) return list_of(std::move(item));
    return any_of(type("string"), list_of(any_of(type("string"), std::move(item))));
}

Json form_of(const Key& key) {
    switch (key.form) {
    case Form::anything:
        return Json::object();
    case Form::text:
    case Form::moment:
        return types({"string", "number"});
    case Form::flag:
        return type("boolean");
    case Form::count:
        return {{"type", "integer"}, {"minimum", 0}};
    case Form::number:
        return type("number");
    case Form::duration:
        return {
            {"type", Json::array({"string", "number"})},
            {"pattern", "^-?( *[0-9.]+ *(ns|us|µs|ms|s|m|min|h|d))+$|^0$"}
        };
    case Form::size:
    case Form::share:
        return types({"string", "number"});
    case Form::time_law:
    case Form::size_law:
        return law();
    case Form::texts:
        return texts();
    case Form::words:
        return type("object");
    case Form::section:
        return key.may_be_text ? any_of(type("string"), reference(key.section))
                               : reference(key.section);
    case Form::sections:
        return sections_of(key);
    case Form::named:
        return named(key);
    }
    return {};
}

// A target fault action: its name and what it does, for completion.
Json actions() {
    Json choices = Json::array();
    for (const FaultAction& action : fault_actions()) {
        if (!action.refusal.empty()) continue;
        choices.push_back({{"const", action.name}, {"description", action.description}});
    }
    return {{"oneOf", std::move(choices)}};
}

Json shares_of_places() {
    Json properties = Json::object();
    for (const Place& place : places())
        properties[std::string(place.name)] = {
            {"type", Json::array({"string", "number"})},
            {"description", place.town}
        };
    return {
        {"type", "object"},
        {"properties", std::move(properties)},
        {"additionalProperties", false},
    };
}

std::string measures() {
    std::string text = "Measures: ";
    for (const MeasureKind& kind : measure_kinds())
        text.append(&kind == measure_kinds().data() ? "" : ", ").append(kind.usage());
    return text;
}

Json property_of(const SectionKeys& section, const Key& key) {
    Json property = form_of(key);
    if (section.name == "fault" && key.name == "do") property = actions();
    if (section.name == "population" && key.name == "from") property = shares_of_places();
    if (!key.choices.empty()) property = {{"enum", split_choices(key.choices)}};
    std::string description(key.description);
    if (key.name == "expect") description += ". " + measures();
    property["description"] = description;
    return property;
}

Json schema_of(const SectionKeys& section) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Key& key : section.keys) {
        properties[std::string(key.name)] = property_of(section, key);
        // What a scenario lacks, a file that it includes may have.
        if (key.is_required && section.name != "scenario" && section.name != "deploy")
            required.push_back(key.name);
    }
    Json schema{{"description", section.description}, {"type", Json::array({"object", "null"})}};
    schema["properties"] = std::move(properties);
    Json patterns{{rest_of_a_law, types({"null", "string", "number"})}};
    // "20%: POST …" is a map for YAML.
    if (section.name == "step") patterns["^[0-9.]+ *%$"] = type("string");
    schema["patternProperties"] = std::move(patterns);
    schema["additionalProperties"] = false;
    if (!required.empty() && section.name != "step") schema["required"] = std::move(required);
    return schema;
}

} // namespace

std::string scenario_schema() {
    Json schema{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "A scenario of Diorama"},
    };
    Json definitions = Json::object();
    for (const SectionKeys& section : all_sections()) {
        if (section.name == "scenario")
            schema.update(schema_of(section));
        else
            definitions[std::string(section.name)] = schema_of(section);
    }
    schema["$defs"] = std::move(definitions);
    return schema.dump(4) + "\n";
}

} // namespace diorama::simulation
