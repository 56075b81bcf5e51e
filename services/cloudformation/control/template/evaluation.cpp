// See evaluation.hpp.
#include "services/cloudformation/control/template/evaluation.hpp"

#include "emulator/aws/base64.hpp"
#include "emulator/aws/error.hpp"
#include "services/cloudformation/control/template/cidr.hpp"
#include "services/cloudformation/control/template/references.hpp"
#include "services/cloudformation/control/template/template_checks.hpp"
#include "services/cloudformation/limits.hpp"

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

constexpr std::string_view join_complaint =
    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) "
    "a list of strings to be joined or a function that returns a list of strings (such as "
    "Fn::GetAZs) to be joined.";
constexpr std::string_view split_complaint =
    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and "
    "(2) a string to be split or a function that returns a string to be split.";
constexpr std::string_view select_complaint =
    "Template error: Fn::Select requires a list argument with two elements: an integer index and a "
    "list";
constexpr std::string_view map_complaint =
    "Template error: every Fn::FindInMap object requires three parameters, the map name, map key "
    "and the attribute for return value";
constexpr std::string_view attribute_complaint =
    "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name "
    "and the resource attribute";
constexpr std::string_view sub_complaint =
    "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. "
    "Specify a string as first argument, and an optional second argument to specify a mapping of "
    "values to replace in the string";
constexpr std::string_view cidr_complaint =
    "Template error: Fn::Cidr object requires an IP block, a count and optionally cidr bits";

aws::AWSError complain(std::string_view sentence) {
    return validation_error("{}", sentence);
}

// Scalars as text, as wherever a function wants text.
std::optional<std::string> scalar_text(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean() || value.is_number()) return value.dump();
    return std::nullopt;
}

// AWS resolves these outside of stacks; here there is nothing behind them.
void refuse_dynamic_references(const std::string& text) {
    if (text.find("{{resolve:") != std::string::npos)
        throw validation_error("Dynamic references ({}) are not emulated", text);
}

} // namespace

Evaluation::Evaluation(
    const Template& of,
    const ParameterValues& parameters,
    PseudoParameters pseudo,
    const ResourceValues& resources
)
    : template_(of)
    , parameters_(parameters)
    , pseudo_(std::move(pseudo))
    , resources_(resources) {}

std::optional<Json> Evaluation::value(const Json& expression) {
    if (expression.is_string()) refuse_dynamic_references(expression.get_ref<const std::string&>());
    if (expression.is_array()) {
        Json array = Json::array();
        for (const auto& element : expression)
            if (auto held = value(element)) array.push_back(std::move(*held));
        return array;
    }
    if (!expression.is_object()) return expression;
    const auto function = function_of(expression);
    if (!function.empty() && function != "Condition") {
        if (++depth_ > static_cast<int>(limits::template_depth))
            throw validation_error("Template error: functions are nested too deeply");
        auto result = call(function, expression.begin().value());
        --depth_;
        return result;
    }
    Json object = Json::object();
    for (const auto& [name, element] : expression.items())
        if (auto held = value(element)) object[name] = std::move(*held);
    return object;
}

std::optional<Json> Evaluation::call(std::string_view function, const Json& argument) {
    if (function == "Ref") return reference(argument);
    if (function == "Fn::If") return choose(argument);
    if (function == "Fn::GetAtt") return attribute(argument);
    if (function == "Fn::Join") return join(argument);
    if (function == "Fn::Select") return select(argument);
    if (function == "Fn::Split") return split(argument);
    if (function == "Fn::FindInMap") return find_in_map(argument);
    if (function == "Fn::Sub") return sub(argument);
    if (function == "Fn::ImportValue") return import_value(argument);
    if (function == "Fn::GetAZs") return zones(argument);
    if (function == "Fn::Cidr") return cidr(argument);
    if (function == "Fn::Equals" || function == "Fn::And" || function == "Fn::Or" ||
        function == "Fn::Not")
        return condition_value(Json{{std::string(function), argument}});
    return call_text(function, argument);
}

std::optional<Json> Evaluation::call_text(std::string_view function, const Json& argument) {
    if (function == "Fn::Base64")
        return aws::base64_encode(text(
            argument,
            "Template error: every Fn::Base64 object must have a String-typed value."
        ));
    // AWS: "To use the Fn::Length intrinsic function, you must use the AWS::LanguageExtensions
    // transform."
    if (template_.has_language_extensions() && function == "Fn::Length") {
        const auto list = required(argument);
        if (!list.is_array())
            throw validation_error("Template error: Fn::Length requires a list argument");
        return list.size();
    }
    if (template_.has_language_extensions() && function == "Fn::ToJsonString")
        return required(argument).dump();
    throw validation_error("Template error: {} is not a function that is emulated", function);
}

Json Evaluation::required(const Json& expression) {
    auto held = value(expression);
    return held ? std::move(*held) : Json();
}

std::string Evaluation::text(const Json& expression, std::string_view complaint) {
    auto held = scalar_text(required(expression));
    if (!held) throw complain(complaint);
    return std::move(*held);
}

std::optional<Json> Evaluation::reference(const Json& argument) {
    if (!argument.is_string())
        throw validation_error("Template error: every Ref object must have a single String value.");
    const auto name = argument.get<std::string>();
    if (name == "AWS::NoValue") return std::nullopt;
    if (name == "AWS::AccountId") return pseudo_.account;
    if (name == "AWS::Region") return pseudo_.region;
    if (name == "AWS::StackId") return pseudo_.stack_id;
    if (name == "AWS::StackName") return pseudo_.stack_name;
    if (name == "AWS::Partition") return "aws";
    if (name == "AWS::URLSuffix") return "amazonaws.com";
    if (name == "AWS::NotificationARNs") return pseudo_.notification_arns;
    if (const auto declared = template_.parameters.find(name);
        declared != template_.parameters.end())
        return parameter_value(declared->second, parameters_.at(name));
    check_resource_exists(name, "Ref");
    return resources_.reference(name);
}

// A condition may have left a resource out that something still refers to.
void Evaluation::check_resource_exists(const std::string& name, std::string_view) const {
    if (!template_.resources.contains(name))
        throw validation_error(
            "Template format error: Unresolved resource dependencies [{}] in the Resources block "
            "of the template",
            name
        );
}

Json Evaluation::attribute(const Json& argument) {
    std::string resource;
    std::string name;
    if (argument.is_string()) {
        const auto given = argument.get<std::string>();
        const auto dot = given.find('.');
        if (dot == std::string::npos) throw complain(attribute_complaint);
        resource = given.substr(0, dot);
        name = given.substr(dot + 1);
    } else {
        if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string())
            throw complain(attribute_complaint);
        resource = argument[0].get<std::string>();
        name = text(argument[1], attribute_complaint);
    }
    if (resource.empty() || name.empty()) throw complain(attribute_complaint);
    check_resource_exists(resource, "Fn::GetAtt");
    return resources_.attribute(resource, name);
}

Json Evaluation::join(const Json& argument) {
    if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string())
        throw complain(join_complaint);
    const auto list = required(argument[1]);
    if (!list.is_array()) throw complain(join_complaint);
    const auto delimiter = argument[0].get<std::string>();
    std::string joined;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto piece = scalar_text(list[i]);
        if (!piece) throw complain(join_complaint);
        if (i > 0) joined += delimiter;
        joined += *piece;
    }
    return joined;
}

Json Evaluation::select(const Json& argument) {
    if (!argument.is_array() || argument.size() != 2) throw complain(select_complaint);
    const auto index = Json::parse(text(argument[0], select_complaint), nullptr, false);
    const auto list = required(argument[1]);
    if (!index.is_number_integer() || !list.is_array()) throw complain(select_complaint);
    const auto position = index.get<std::int64_t>();
    if (position < 0 || position >= static_cast<std::int64_t>(list.size()))
        throw validation_error(
            "Template error: Fn::Select cannot select nonexistent value at index {}",
            position
        );
    return list[static_cast<std::size_t>(position)];
}

Json Evaluation::split(const Json& argument) {
    if (!argument.is_array() || argument.size() != 2 || !argument[0].is_string() ||
        argument[0].get_ref<const std::string&>().empty())
        throw complain(split_complaint);
    const auto delimiter = argument[0].get<std::string>();
    const auto whole = text(argument[1], split_complaint);
    Json pieces = Json::array();
    std::size_t start = 0;
    for (auto at = whole.find(delimiter); at != std::string::npos;
         at = whole.find(delimiter, start)) {
        pieces.push_back(whole.substr(start, at - start));
        start = at + delimiter.size();
    }
    pieces.push_back(whole.substr(start));
    return pieces;
}

Json Evaluation::find_in_map(const Json& argument) {
    const bool may_have_default = template_.has_language_extensions();
    if (!argument.is_array() || argument.size() < 3 || argument.size() > (may_have_default ? 4 : 3))
        throw complain(map_complaint);
    const auto map = text(argument[0], map_complaint);
    const auto key = text(argument[1], map_complaint);
    const auto attribute_name = text(argument[2], map_complaint);
    const auto found = template_.mappings.find(map);
    if (found != template_.mappings.end() && found->second.is_object() &&
        found->second.contains(key) && found->second.at(key).is_object() &&
        found->second.at(key).contains(attribute_name))
        return found->second.at(key).at(attribute_name);
    // AWS::LanguageExtensions: "Fn::FindInMap … DefaultValue".
    if (argument.size() == 4 && argument[3].is_object() && argument[3].contains("DefaultValue"))
        return required(argument[3].at("DefaultValue"));
    if (found == template_.mappings.end())
        throw validation_error(
            "Template error: Mapping named '{}' is not present in the 'Mappings' section of "
            "template.",
            map
        );
    throw validation_error(
        "Template error: Unable to get mapping for {}::{}::{}",
        map,
        key,
        attribute_name
    );
}

Json Evaluation::sub(const Json& argument) {
    const bool has_map = argument.is_array();
    if (has_map && (argument.size() != 2 || !argument[0].is_string() || !argument[1].is_object()))
        throw complain(sub_complaint);
    const auto& pattern = has_map ? argument[0] : argument;
    if (!pattern.is_string()) throw complain(sub_complaint);
    std::string result;
    for (const auto& piece : sub_pieces(pattern.get_ref<const std::string&>())) {
        if (!piece.is_variable) {
            result += piece.text;
        } else if (has_map && argument[1].contains(piece.text)) {
            result += text(argument[1].at(piece.text), sub_complaint);
        } else if (piece.text.find('.') != std::string::npos) {
            result += text(Json{{"Fn::GetAtt", piece.text}}, sub_complaint);
        } else {
            result += text(Json{{"Ref", piece.text}}, sub_complaint);
        }
    }
    return result;
}

Json Evaluation::import_value(const Json& argument) {
    const auto name =
        text(argument, "Template error: the attribute in Fn::ImportValue must be a string");
    auto exported = resources_.exported(name);
    if (!exported) throw validation_error("No export named {} found.", name);
    return std::move(*exported);
}

std::optional<Json> Evaluation::choose(const Json& argument) {
    if (!argument.is_array() || argument.size() != 3 || !argument[0].is_string())
        throw validation_error(
            "Template error: Fn::If requires a list argument with three elements: a condition name "
            "and two values"
        );
    return value(argument[condition(argument[0].get<std::string>()) ? 1 : 2]);
}

Json Evaluation::zones(const Json& argument) {
    const auto region =
        text(argument, "Template error: Fn::GetAZs requires a string: the name of a region");
    return resources_.zones(region.empty() ? pseudo_.region : region);
}

Json Evaluation::cidr(const Json& argument) {
    if (!argument.is_array() || argument.size() < 2 || argument.size() > 3)
        throw complain(cidr_complaint);
    const auto block = text(argument[0], cidr_complaint);
    const auto count = Json::parse(text(argument[1], cidr_complaint), nullptr, false);
    const auto bits = argument.size() == 3
                          ? Json::parse(text(argument[2], cidr_complaint), nullptr, false)
                          : Json(0);
    if (!count.is_number_integer() || !bits.is_number_integer()) throw complain(cidr_complaint);
    const auto blocks = cidr_blocks(block, count.get<std::int64_t>(), bits.get<std::int64_t>());
    if (!blocks)
        throw validation_error(
            "Template error: {} cannot be divided into {} blocks",
            block,
            count.get<std::int64_t>()
        );
    return *blocks;
}

bool Evaluation::condition(const std::string& name) {
    if (const auto known = conditions_.find(name); known != conditions_.end()) return known->second;
    const auto declared = template_.conditions.find(name);
    if (declared == template_.conditions.end())
        throw validation_error(
            "Template format error: Unresolved condition dependency {} in the Resources block of "
            "the template",
            name
        );
    return conditions_[name] = condition_value(declared->second);
}

bool Evaluation::holds(const std::string& condition_or_empty) {
    return condition_or_empty.empty() || condition(condition_or_empty);
}

bool Evaluation::condition_value(const Json& expression) {
    const auto function = function_of(expression);
    const auto malformed = [&] {
        return validation_error(
            "Template validation error: Template error: {} object requires a list of conditions",
            function.empty() ? "every Conditions" : function
        );
    };
    if (function == "Condition") return condition(expression.begin().value().get<std::string>());
    if (function.empty() || !expression.begin().value().is_array()) throw malformed();
    const auto& arguments = expression.begin().value();
    if (function == "Fn::Equals") {
        if (arguments.size() != 2)
            throw validation_error(
                "Template error: every Fn::Equals object requires a list of 2 string parameters."
            );
        const auto left = required(arguments[0]);
        const auto right = required(arguments[1]);
        const auto left_text = scalar_text(left);
        const auto right_text = scalar_text(right);
        return left_text && right_text ? *left_text == *right_text : left == right;
    }
    if (function == "Fn::Not") {
        if (arguments.size() != 1)
            throw validation_error(
                "Template error: every Fn::Not object requires a list of 1 boolean parameter."
            );
        return !condition_value(arguments[0]);
    }
    if (function != "Fn::And" && function != "Fn::Or") throw malformed();
    // AWS: "The minimum number of conditions that you can include is 2, and the maximum is 10."
    if (arguments.size() < 2 || arguments.size() > 10)
        throw validation_error(
            "Template error: every {} object requires a list of at least 2 and at most 10 boolean "
            "parameters.",
            function
        );
    bool any = false;
    bool all = true;
    for (const auto& argument : arguments) {
        const bool held = condition_value(argument);
        any = any || held;
        all = all && held;
    }
    return function == "Fn::And" ? all : any;
}

std::set<std::string> Evaluation::active_resources() {
    std::set<std::string> names;
    for (const auto& [name, resource] : template_.resources)
        if (holds(resource.condition)) names.insert(name);
    return names;
}

} // namespace diorama::cloudformation
