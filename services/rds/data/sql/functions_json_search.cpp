// JSON looked into and judged: JSON_SEARCH, JSON_VALUE, JSON_OVERLAPS, MEMBER OF,
// JSON_SCHEMA_VALID, JSON_PRETTY and sizes.
// https://dev.mysql.com/doc/refman/8.0/en/json-search-functions.html
#include "services/rds/data/sql/collation.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"
#include "services/rds/data/sql/json_path.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <regex>

namespace diorama::rds::sql {

namespace {

using JSON = nlohmann::json;

std::optional<JSON> document_of(const Call& call, std::size_t argument, std::string_view function) {
    if (const auto text = canonical_json(call.text(argument)))
        return std::make_optional<JSON>(JSON::parse(*text, nullptr, false));
    call.fail(
        {3141,
         "22032",
         fmt::format(
             "Invalid JSON text in argument {} to function {}: \"Invalid value.\" at position 0.",
             argument + 1,
             function
         )}
    );
    return std::nullopt;
}

std::optional<JSONPath> path_of(const Call& call, std::size_t argument) {
    auto path = parse_json_path(call.text(argument));
    if (auto* found = std::get_if<JSONPath>(&path)) return std::move(*found);
    call.fail(
        {3143,
         "42000",
         fmt::format(
             "Invalid JSON path expression. The error is around character position {}.",
             std::get<std::size_t>(path)
         )}
    );
    return std::nullopt;
}

std::string printed(const JSON& document) {
    return *canonical_json(document.dump(-1, ' ', false, JSON::error_handler_t::replace));
}

// MySQL: two spaces a level, "name": value; empty containers stay on one line.
void pretty(std::string& out, const JSON& document, std::size_t depth) {
    if (!document.is_structured() || document.empty()) {
        out += printed(document);
        return;
    }
    const std::string indent((depth + 1) * 2, ' ');
    std::vector<std::pair<std::string, const JSON*>> items;
    for (const auto& [name, value] : document.items())
        items.emplace_back(document.is_object() ? name : std::string(), &value);
    if (document.is_object())
        std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
            return std::pair(a.first.size(), a.first) < std::pair(b.first.size(), b.first);
        });
    out += document.is_object() ? '{' : '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
        out += (i == 0 ? "\n" : ",\n") + indent;
        if (document.is_object()) out += JSON(items[i].first).dump() + ": ";
        pretty(out, *items[i].second, depth + 1);
    }
    out += "\n" + std::string(depth * 2, ' ') + (document.is_object() ? '}' : ']');
}

void pretty_json(const Call& call) {
    const auto document = document_of(call, 0, "json_pretty");
    if (!document) return;
    std::string out;
    pretty(out, *document, 0);
    call.result(out);
}

// (document, 'one' or 'all', pattern, escape, path …)
void search(const Call& call) {
    if (call.is_null(0) || call.is_null(1) || call.is_null(2)) return call.null();
    const auto document = document_of(call, 0, "json_search");
    if (!document) return;
    const auto mode = std::string(call.text(1));
    const bool wants_one = mode == "one" || mode == "ONE";
    if (!wants_one && mode != "all" && mode != "ALL")
        return call.fail(
            {3154,
             "42000",
             "The oneOrAll argument to json_search may take these values: 'one' or 'all'."}
        );
    const std::string_view escape = call.size() > 3 && !call.is_null(3) && !call.text(3).empty()
                                        ? call.text(3)
                                        : std::string_view("\\");
    std::vector<std::string> found;
    const auto look = [&](const JSONPath& path) {
        auto everywhere = path;
        everywhere.legs.push_back({JSONLeg::Kind::any_depth, {}, {}, {}});
        for (const auto& [place, value] : json_values_below(*document, everywhere)) {
            const bool is_new = std::find(found.begin(), found.end(), place) == found.end();
            const bool fits = value->is_string() && like(
                                                        Collation::utf8mb4_bin,
                                                        value->get<std::string>(),
                                                        call.text(2),
                                                        static_cast<char32_t>(escape[0])
                                                    );
            if (fits && is_new && !(wants_one && !found.empty())) found.push_back(place);
        }
    };
    if (call.size() <= 4) look({});
    for (std::size_t i = 4; i < call.size(); ++i) {
        if (call.is_null(i)) return call.null();
        const auto path = path_of(call, i);
        if (!path) return;
        look(*path);
    }
    if (found.empty()) return call.null();
    call.result(found.size() == 1 ? JSON(found[0]).dump() : printed(JSON(found)));
}

void overlaps(const Call& call) {
    const auto a = document_of(call, 0, "json_overlaps");
    if (!a) return;
    const auto b = document_of(call, 1, "json_overlaps");
    if (!b) return;
    if (a->is_object() && b->is_object()) {
        const bool shares =
            std::any_of(a->items().begin(), a->items().end(), [&](const auto& item) {
                return b->contains(item.key()) && (*b)[item.key()] == item.value();
            });
        return call.result(std::int64_t{shares});
    }
    const auto as_array = [](const JSON& value) {
        return value.is_array() ? value : JSON::array({value});
    };
    const auto left = as_array(*a);
    const auto right = as_array(*b);
    const bool shares = std::any_of(left.begin(), left.end(), [&](const JSON& value) {
        return std::find(right.begin(), right.end(), value) != right.end();
    });
    call.result(std::int64_t{shares});
}

// (the value alone in an array, document)
void member_of(const Call& call) {
    const auto wrapped = JSON::parse(call.text(0), nullptr, false);
    const auto document = document_of(call, 1, "member of");
    if (!document) return;
    const auto& value = wrapped.is_array() && !wrapped.empty() ? wrapped[0] : wrapped;
    const bool is_member =
        document->is_array()
            ? std::find(document->begin(), document->end(), value) != document->end()
            : *document == value;
    call.result(std::int64_t{is_member});
}

// (document, path, what on empty, its value, what on error, its value)
void value(const Call& call) {
    const auto otherwise = [&](std::size_t argument, SQLError error) {
        if (call.text(argument) == "error") return call.fail(std::move(error));
        if (call.text(argument) == "value") return call.result(call.text(argument + 1));
        call.null();
    };
    if (call.is_null(0)) return call.null();
    const auto text = canonical_json(call.text(0));
    if (!text)
        return otherwise(
            4,
            {3141,
             "22032",
             "Invalid JSON text in argument 1 to function json_value: \"Invalid value.\" at "
             "position 0."}
        );
    const auto document = JSON::parse(*text, nullptr, false);
    const auto path = path_of(call, 1);
    if (!path) return;
    const auto found = json_at(document, *path);
    if (found.empty())
        return otherwise(
            2,
            {3966, "22035", "No value was found by 'json_value' on the specified path."}
        );
    if (found.size() > 1)
        return otherwise(
            4,
            {3967, "22034", "More than one value was found by 'json_value' on the specified path."}
        );
    if (found[0]->is_null()) return call.null();
    call.result(found[0]->is_string() ? found[0]->get<std::string>() : printed(*found[0]));
}

// MySQL's binary JSON: a type byte, then the value; containers with counts, sizes and entries of
// their keys and values. https://dev.mysql.com/doc/dev/mysql-server/latest/json__binary_8h.html
std::size_t stored_size(const JSON& value, bool is_inlined) {
    if (value.is_string()) {
        const auto size = value.get<std::string>().size();
        return size + (size < 128 ? 1 : size < 16384 ? 2 : 3);
    }
    if (value.is_number_integer()) {
        const auto number = value.get<std::int64_t>();
        if (number >= -32768 && number <= 32767) return is_inlined ? 0 : 2;
        return number >= INT32_MIN && number <= INT32_MAX ? 4 : 8;
    }
    if (value.is_number_float()) return 8;
    if (!value.is_structured()) return is_inlined ? 0 : 1;
    std::size_t size = 4; // the count and the size, 2 bytes each
    for (const auto& [name, item] : value.items()) {
        if (value.is_object()) size += 4 + name.size();
        size += 3 + stored_size(item, true);
    }
    return size;
}

void storage_size(const Call& call) {
    const auto document = document_of(call, 0, "json_storage_size");
    if (document) call.result(static_cast<std::int64_t>(stored_size(*document, false) + 1));
}

// https://json-schema.org/draft-04/json-schema-validation: what JSON_SCHEMA_VALID looks at.
class Schema {
public:
    static bool accepts(const JSON& schema, const JSON& value) {
        if (!schema.is_object()) return true;
        const auto all = [&](const char* key, const auto& holds) {
            return !schema.contains(key) || holds(schema[key]);
        };
        const auto each = [&](const JSON& list) {
            return std::count_if(list.begin(), list.end(), [&](const JSON& one) {
                return accepts(one, value);
            });
        };
        return all("type", [&](const JSON& type) { return has_type(type, value); }) &&
               all("enum",
                   [&](const JSON& list) {
                       return std::find(list.begin(), list.end(), value) != list.end();
                   }) &&
               all("allOf",
                   [&](const JSON& list) {
                       return each(list) == static_cast<std::ptrdiff_t>(list.size());
                   }) &&
               all("anyOf", [&](const JSON& list) { return each(list) > 0; }) &&
               all("oneOf", [&](const JSON& list) { return each(list) == 1; }) &&
               all("not", [&](const JSON& other) { return !accepts(other, value); }) &&
               accepts_number(schema, value) && accepts_text(schema, value) &&
               accepts_array(schema, value) && accepts_object(schema, value);
    }

private:
    static bool has_type(const JSON& type, const JSON& value) {
        if (type.is_array())
            return std::any_of(type.begin(), type.end(), [&](const JSON& one) {
                return has_type(one, value);
            });
        return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
               (type == "string" && value.is_string()) || (type == "number" && value.is_number()) ||
               (type == "integer" && value.is_number_integer()) ||
               (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
    }

    static double number(const JSON& schema, const char* key, double otherwise) {
        return schema.contains(key) && schema[key].is_number() ? schema[key].get<double>()
                                                               : otherwise;
    }

    static bool accepts_number(const JSON& schema, const JSON& value) {
        if (!value.is_number()) return true;
        const auto it = value.get<double>();
        const auto least = number(schema, "minimum", it);
        const auto most = number(schema, "maximum", it);
        const bool is_above_least =
            schema.value("exclusiveMinimum", JSON(false)) == true ? it > least : it >= least;
        const bool is_below_most =
            schema.value("exclusiveMaximum", JSON(false)) == true ? it < most : it <= most;
        const auto step = number(schema, "multipleOf", 0);
        return is_above_least && is_below_most && (step <= 0 || std::fmod(it, step) == 0);
    }

    static bool accepts_text(const JSON& schema, const JSON& value) {
        if (!value.is_string()) return true;
        const auto text = value.get<std::string>();
        const auto length = static_cast<double>(character_count(text));
        if (length < number(schema, "minLength", 0) || length > number(schema, "maxLength", length))
            return false;
        if (!schema.contains("pattern") || !schema["pattern"].is_string()) return true;
        try {
            return std::regex_search(text, std::regex(schema["pattern"].get<std::string>()));
        } catch (const std::regex_error&) {
            return true; // MySQL: a pattern that is none is passed over
        }
    }

    static bool accepts_array(const JSON& schema, const JSON& value) {
        if (!value.is_array()) return true;
        const auto size = static_cast<double>(value.size());
        if (size < number(schema, "minItems", 0) || size > number(schema, "maxItems", size))
            return false;
        if (schema.value("uniqueItems", JSON(false)) == true)
            for (std::size_t i = 0; i < value.size(); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    if (value[i] == value[j]) return false;
        if (!schema.contains("items")) return true;
        const auto& items = schema["items"];
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (items.is_object() && !accepts(items, value[i])) return false;
            if (items.is_array() && i < items.size() && !accepts(items[i], value[i])) return false;
        }
        return true;
    }

    static bool accepts_object(const JSON& schema, const JSON& value) {
        if (!value.is_object()) return true;
        for (const auto& name : schema.value("required", JSON::array()))
            if (name.is_string() && !value.contains(name.get<std::string>())) return false;
        const auto size = static_cast<double>(value.size());
        if (size < number(schema, "minProperties", 0) ||
            size > number(schema, "maxProperties", size))
            return false;
        const auto properties = schema.value("properties", JSON::object());
        for (const auto& [name, item] : value.items()) {
            if (properties.contains(name)) {
                if (!accepts(properties[name], item)) return false;
            } else if (schema.contains("additionalProperties")) {
                const auto& others = schema["additionalProperties"];
                if (others == false || (others.is_object() && !accepts(others, item))) return false;
            }
        }
        return true;
    }
};

void schema_valid(const Call& call) {
    const auto schema = document_of(call, 0, "json_schema_valid");
    if (!schema) return;
    const auto document = document_of(call, 1, "json_schema_valid");
    if (!document) return;
    if (!schema->is_object())
        return call.fail(
            {3853,
             "22032",
             "Invalid JSON type in argument 1 to function json_schema_valid; an object is required."
            }
        );
    call.result(std::int64_t{Schema::accepts(*schema, *document)});
}

constexpr std::array functions = {
    Function{"my_json_pretty", pretty_json},
    Function{"my_json_search", search, Function::Nulls::are_passed},
    Function{"my_json_overlaps", overlaps},
    Function{"my_json_member_of", member_of},
    Function{"my_json_value", value, Function::Nulls::are_passed},
    Function{"my_json_storage_size", storage_size},
    Function{"my_json_schema_valid", schema_valid},
};

} // namespace

std::span<const Function> json_search_functions() {
    return functions;
}

} // namespace diorama::rds::sql
