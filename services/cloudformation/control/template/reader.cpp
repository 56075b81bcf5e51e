// See reader.hpp.
#include "services/cloudformation/control/template/reader.hpp"

#include "emulator/aws/error.hpp"
#include "services/cloudformation/limits.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <yaml-cpp/yaml.h>

namespace diorama::cloudformation {
namespace {

using aws::validation_error;

// Line and column of a byte, counted from one.
std::pair<std::size_t, std::size_t> place_of(std::string_view text, std::size_t byte) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (std::size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
    }
    return {line, column};
}

Json parse_json(std::string_view text) {
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const auto [line, column] = place_of(text, error.byte);
        throw validation_error(
            "Template format error: JSON not well-formed. (line {}, column {})",
            line,
            column
        );
    }
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

// A number that reads back as it was written; versions, account ids and dates stay text.
std::optional<Json> number_of(const std::string& text) {
    const bool starts_well =
        !text.empty() && (std::isdigit(static_cast<unsigned char>(text[0])) != 0 ||
                          (text[0] == '-' && text.size() > 1));
    if (!starts_well) return std::nullopt;
    std::int64_t integer = 0;
    const auto* end = text.data() + text.size();
    if (const auto read = std::from_chars(text.data(), end, integer);
        read.ec == std::errc() && read.ptr == end) {
        if (std::to_string(integer) == text) return integer;
        return std::nullopt;
    }
    double number = 0;
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
    if (Json(number).dump() != text) return std::nullopt;
    return number;
}

Json scalar_of(const YAML::Node& node) {
    const auto& text = node.Scalar();
    if (node.Tag() != "?") return text; // quoted, a block, or tagged
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
    // CloudFormation reads YAML 1.1, where these are booleans too.
    if (is_one_of(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"}))
        return true;
    if (is_one_of(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"}))
        return false;
    if (auto number = number_of(text)) return *number;
    return text;
}

constexpr std::array short_forms{
    "Base64",
    "Cidr",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "ImportValue",
    "Join",
    "Select",
    "Split",
    "Sub",
    "If",
    "Equals",
    "Not",
    "And",
    "Or",
    "Length",
    "ToJsonString",
    "Transform"
};

class YAMLReader {
public:
    Json read(const YAML::Node& node, std::size_t depth = 0) {
        // An alias can stand for much: the whole is bounded, not only the text.
        if (++nodes_ > limits::template_nodes || depth > limits::template_depth)
            throw validation_error("Template format error: the template is too large");
        const auto tag = node.Tag();
        const bool is_short_form = tag.size() > 1 && tag[0] == '!' && tag[1] != '!';
        auto value = read_untagged(node, depth);
        return is_short_form ? expanded(tag.substr(1), std::move(value)) : value;
    }

private:
    Json read_untagged(const YAML::Node& node, std::size_t depth) {
        switch (node.Type()) {
        case YAML::NodeType::Undefined:
        case YAML::NodeType::Null:
            return nullptr;
        case YAML::NodeType::Scalar:
            return scalar_of(node);
        case YAML::NodeType::Sequence: {
            Json array = Json::array();
            for (const auto& element : node)
                array.push_back(read(element, depth + 1));
            return array;
        }
        case YAML::NodeType::Map:
            break;
        }
        Json object = Json::object();
        for (const auto& entry : node) {
            if (!entry.first.IsScalar())
                throw validation_error("Template format error: YAML keys must be strings.");
            const auto& key = entry.first.Scalar();
            if (object.contains(key))
                throw validation_error(
                    "Template format error: YAML not well-formed. duplicate key {} (line {}, "
                    "column {})",
                    key,
                    entry.first.Mark().line + 1,
                    entry.first.Mark().column + 1
                );
            object[key] = read(entry.second, depth + 1);
        }
        return object;
    }

    static Json expanded(const std::string& name, Json value) {
        if (name == "Ref" || name == "Condition") return {{name, std::move(value)}};
        if (std::find(short_forms.begin(), short_forms.end(), name) == short_forms.end())
            throw validation_error(
                "Template format error: YAML not well-formed. Unknown tag !{}",
                name
            );
        if (name == "GetAtt" && value.is_string()) {
            const auto& text = value.get_ref<const std::string&>();
            if (const auto dot = text.find('.'); dot != std::string::npos)
                value = Json::array({text.substr(0, dot), text.substr(dot + 1)});
        }
        return {{"Fn::" + name, std::move(value)}};
    }

    std::size_t nodes_ = 0;
};

Json parse_yaml(std::string_view text) {
    try {
        return YAMLReader().read(YAML::Load(std::string(text)));
    } catch (const YAML::Exception& error) {
        throw validation_error(
            "Template format error: YAML not well-formed. (line {}, column {})",
            error.mark.line + 1,
            error.mark.column + 1
        );
    }
}

} // namespace

Json parse_template(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string_view::npos && text[first] == '{';
    auto value = is_json ? parse_json(text) : parse_yaml(text);
    // AWS: "Template format error: unsupported structure."
    if (!value.is_object()) throw validation_error("Template format error: unsupported structure.");
    return value;
}

} // namespace diorama::cloudformation
