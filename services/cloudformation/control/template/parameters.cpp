// See parameters.hpp.
#include "services/cloudformation/control/template/parameters.hpp"

#include "emulator/aws/error.hpp"
#include "emulator/aws/protocols/pattern.hpp"
#include "services/cloudformation/limits.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

bool is_list(const ParameterDeclaration& declaration) {
    return declaration.type == "CommaDelimitedList" || declaration.type.starts_with("List<");
}

std::vector<std::string> elements_of(const std::string& text) {
    std::vector<std::string> elements;
    std::size_t start = 0;
    while (!text.empty() && start <= text.size()) {
        const auto comma = std::min(text.find(',', start), text.size());
        auto element = text.substr(start, comma - start);
        // AWS: "spaces around the commas are trimmed".
        element.erase(0, element.find_first_not_of(' '));
        element.erase(element.find_last_not_of(' ') + 1);
        elements.push_back(std::move(element));
        start = comma + 1;
    }
    return elements;
}

std::optional<double> number_of(const std::string& text) {
    const auto number = Json::parse(text, nullptr, false);
    if (!number.is_number()) return std::nullopt;
    return number.get<double>();
}

class Constraints {
public:
    Constraints(const std::string& name, const ParameterDeclaration& declaration)
        : name_(name)
        , declaration_(declaration) {}

    void check(const std::string& value) const {
        if (value.size() > limits::parameter_value_bytes)
            throw validation_error("Parameter '{}' must be at most 4096 bytes", name_);
        const auto elements = is_list(declaration_) ? elements_of(value) : std::vector{value};
        const bool is_numeric =
            declaration_.type == "Number" || declaration_.type == "List<Number>";
        for (const auto& element : elements) {
            if (is_numeric) check_number(element);
            check_element(element);
        }
        if (!is_numeric) check_length(value);
    }

private:
    [[noreturn]] void fail(std::string reason) const {
        // AWS: "A string that explains a constraint when the constraint is violated."
        if (declaration_.constraint_description)
            throw validation_error(
                "Parameter '{}' failed to satisfy constraint: {}",
                name_,
                *declaration_.constraint_description
            );
        throw validation_error("Parameter '{}' {}", name_, reason);
    }

    void check_number(const std::string& text) const {
        const auto number = number_of(text);
        if (!number) throw validation_error("Parameter '{}' must be a number", name_);
        if (declaration_.minimum_value && *number < *declaration_.minimum_value)
            fail(fmt::format("must be a number not less than {}", *declaration_.minimum_value));
        if (declaration_.maximum_value && *number > *declaration_.maximum_value)
            fail(fmt::format("must be a number not greater than {}", *declaration_.maximum_value));
    }

    void check_element(const std::string& text) const {
        const auto& allowed = declaration_.allowed_values;
        if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end())
            fail("must be one of AllowedValues");
        if (declaration_.allowed_pattern &&
            !aws::matches_pattern(*declaration_.allowed_pattern, text))
            fail(fmt::format("must match pattern {}", *declaration_.allowed_pattern));
    }

    void check_length(const std::string& text) const {
        const auto length = static_cast<double>(text.size());
        if (declaration_.minimum_length && length < *declaration_.minimum_length)
            fail(fmt::format("must contain at least {} characters", *declaration_.minimum_length));
        if (declaration_.maximum_length && length > *declaration_.maximum_length)
            fail(fmt::format("must contain at most {} characters", *declaration_.maximum_length));
    }

    const std::string& name_;
    const ParameterDeclaration& declaration_;
};

} // namespace

ParameterValues resolve_parameters(
    const Template& declared,
    const GivenParameters& given,
    const ParameterValues& previous
) {
    std::vector<std::string> unknown;
    for (const auto& [name, parameter] : given)
        if (!declared.parameters.contains(name)) unknown.push_back(name);
    if (!unknown.empty())
        throw validation_error(
            "Parameters: [{}] do not exist in the template",
            fmt::join(unknown, ", ")
        );
    ParameterValues values;
    std::vector<std::string> missing;
    for (const auto& [name, declaration] : declared.parameters) {
        const auto found = given.find(name);
        const auto before = previous.find(name);
        if (found != given.end() && found->second.uses_previous_value) {
            if (before == previous.end())
                throw validation_error(
                    "Invalid input for parameter key {}. Cannot specify usePreviousValue as true "
                    "for a parameter key not in the previous template",
                    name
                );
            values[name] = before->second;
        } else if (found != given.end() && found->second.value) {
            values[name] = *found->second.value;
        } else if (declaration.default_value) {
            values[name] = *declaration.default_value;
        } else {
            missing.push_back(name);
        }
    }
    if (!missing.empty())
        throw validation_error("Parameters: [{}] must have values", fmt::join(missing, ", "));
    for (const auto& [name, value] : values)
        Constraints(name, declared.parameters.at(name)).check(value);
    return values;
}

Json parameter_value(const ParameterDeclaration& declaration, const std::string& text) {
    if (is_list(declaration)) return elements_of(text);
    return text;
}

} // namespace diorama::cloudformation
