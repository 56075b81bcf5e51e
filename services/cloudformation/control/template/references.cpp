// See references.hpp.
#include "services/cloudformation/control/template/references.hpp"

#include "emulator/aws/error.hpp"

#include <algorithm>

namespace diorama::cloudformation {
namespace {

bool is_variable_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == ':';
}

class Collector {
public:
    explicit Collector(const Decide& decide)
        : decide_(decide) {}

    void visit(const Json& expression) {
        if (expression.is_array()) {
            for (const auto& element : expression)
                visit(element);
            return;
        }
        if (!expression.is_object()) return;
        const auto function = function_of(expression);
        if (function.empty()) {
            for (const auto& [name, held] : expression.items())
                visit(held);
            return;
        }
        visit_function(function, expression.begin().value());
    }

    References found;

private:
    void visit_function(std::string_view function, const Json& argument) {
        if (function == "Ref") {
            if (argument.is_string()) found.names.insert(argument.get<std::string>());
            return;
        }
        if (function == "Condition") {
            if (argument.is_string()) found.conditions.insert(argument.get<std::string>());
            return;
        }
        if (function == "Fn::GetAtt") return visit_attribute(argument);
        if (function == "Fn::Sub") return visit_sub(argument);
        if (function == "Fn::If") return visit_if(argument);
        if (function == "Fn::ImportValue" && argument.is_string())
            found.imports.insert(argument.get<std::string>());
        visit(argument);
    }

    void visit_attribute(const Json& argument) {
        if (argument.is_string()) return add_variable(argument.get<std::string>());
        if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string()) return;
        const auto resource = argument[0].get<std::string>();
        if (argument[1].is_string())
            found.attributes.emplace(resource, argument[1].get<std::string>());
        else
            found.attributes.emplace(resource, "");
        visit(argument[1]);
    }

    void add_variable(const std::string& name) {
        if (const auto dot = name.find('.'); dot != std::string::npos)
            found.attributes.emplace(name.substr(0, dot), name.substr(dot + 1));
        else
            found.names.insert(name);
    }

    void visit_sub(const Json& argument) {
        const bool has_map = argument.is_array() && argument.size() == 2;
        const auto& text = has_map ? argument[0] : argument;
        if (has_map) visit(argument[1]);
        if (!text.is_string()) return;
        for (const auto& piece : sub_pieces(text.get_ref<const std::string&>())) {
            if (!piece.is_variable) continue;
            if (has_map && argument[1].is_object() && argument[1].contains(piece.text)) continue;
            add_variable(piece.text);
        }
    }

    void visit_if(const Json& argument) {
        if (!argument.is_array() || argument.size() != 3 || !argument[0].is_string())
            return visit(argument);
        const auto condition = argument[0].get<std::string>();
        found.conditions.insert(condition);
        if (decide_) return visit(argument[decide_(condition) ? 1 : 2]);
        visit(argument[1]);
        visit(argument[2]);
    }

    const Decide& decide_;
};

} // namespace

std::string_view function_of(const Json& expression) {
    if (!expression.is_object() || expression.size() != 1) return {};
    const std::string& key = expression.begin().key();
    const bool is_condition = key == "Condition" && expression.begin().value().is_string();
    return key == "Ref" || key.starts_with("Fn::") || is_condition ? std::string_view(key)
                                                                   : std::string_view();
}

References references_in(const Json& expression, const Decide& decide) {
    Collector collector(decide);
    collector.visit(expression);
    return std::move(collector.found);
}

std::vector<SubPiece> sub_pieces(std::string_view text) {
    std::vector<SubPiece> pieces;
    std::string literal;
    while (!text.empty()) {
        const auto start = text.find("${");
        literal += text.substr(0, start);
        if (start == std::string_view::npos) break;
        const auto end = text.find('}', start);
        if (end == std::string_view::npos) {
            literal += text.substr(start);
            break;
        }
        auto name = text.substr(start + 2, end - start - 2);
        text.remove_prefix(end + 1);
        // AWS: "To write a dollar sign and curly braces (${}) literally, add an exclamation point"
        if (name.starts_with('!')) {
            literal += "${" + std::string(name.substr(1)) + "}";
            continue;
        }
        while (name.starts_with(' '))
            name.remove_prefix(1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        if (name.empty() || !std::ranges::all_of(name, is_variable_character))
            throw aws::validation_error(
                "Template error: variable names in Fn::Sub syntax must contain only alphanumeric "
                "characters, underscores, periods, and colons"
            );
        pieces.push_back({std::move(literal), false});
        literal.clear();
        pieces.push_back({std::string(name), true});
    }
    pieces.push_back({std::move(literal), false});
    return pieces;
}

} // namespace diorama::cloudformation
