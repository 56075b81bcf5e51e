// What an expression of a template refers to. Pure.
#pragma once

#include "services/cloudformation/control/template/reader.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::cloudformation {

struct References {
    std::set<std::string> names;                              // Ref, and ${X} of Fn::Sub
    std::set<std::pair<std::string, std::string>> attributes; // Fn::GetAtt, and ${X.Y}
    std::set<std::string> conditions;                         // Fn::If and Condition
    std::set<std::string> imports;                            // literal Fn::ImportValue
};

// Which branch of an Fn::If counts; by default both do.
using Decide = std::function<bool(const std::string& condition)>;

References references_in(const Json& expression, const Decide& decide = nullptr);

// "${Name}" and "${Resource.Attribute}" of a text for Fn::Sub, in order: literal pieces and
// variables in turn. "${!Literal}" is literal. Throws for malformed variables.
struct SubPiece {
    std::string text;
    bool is_variable = false;
};

std::vector<SubPiece> sub_pieces(std::string_view text);

// The single key of {"Fn::X": …}, {"Ref": …}, {"Condition": "…"}; empty when it is no function.
std::string_view function_of(const Json& expression);

} // namespace diorama::cloudformation
