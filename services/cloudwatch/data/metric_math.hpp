// Metric math: expressions over time series, as in "100 * errors / requests". Parsed once,
// evaluated over the points of a range. Pure; never throws.
#pragma once

#include "emulator/time/time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace diorama::cloudwatch {

using Series = std::map<Timestamp, double>;

// One node of a parsed expression.
struct MathNode {
    enum class Kind { number, text, reference, keyword, operation, call };
    Kind kind = Kind::number;
    double number = 0;
    std::string name; // the text, metric id, keyword, operator or function
    std::vector<MathNode> operands;
};

// Either a tree, or why there is none.
struct ParsedMath {
    std::optional<MathNode> tree;
    std::string error;
};

ParsedMath parse_math(std::string_view expression);
// The ids of queries that an expression uses.
std::set<std::string> references_of(const MathNode& node);
// The functions that are known; AWS has more.
bool is_emulated_function(std::string_view name);

struct MathContext {
    // Nothing for an id that does not exist.
    std::function<const Series*(const std::string& id)> find;
    // The ids of the metrics (not expressions) of the call, for METRICS().
    std::vector<std::string> metrics;
    std::vector<Timestamp> timeline; // the start of every period of the range, ascending
    Duration period = std::chrono::minutes(1);
};

using MathScalar = double;
using MathSeriesList = std::vector<Series>;
// monostate: no value (of an empty series, say).
using MathValue = std::variant<std::monostate, MathScalar, Series, MathSeriesList>;

struct MathResult {
    MathValue value;
    std::string error; // empty if it went well
};

MathResult evaluate_math(const MathNode& node, const MathContext& context);

} // namespace diorama::cloudwatch
