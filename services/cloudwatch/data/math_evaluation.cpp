// What the operators and functions of metric math do. AWS: CloudWatch User Guide, "Use metric
// math".
#include "services/cloudwatch/data/metric_math.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace diorama::cloudwatch {

namespace {

using Arguments = std::vector<MathValue>;

std::optional<double> apply(std::string_view operation, double a, double b) {
    if (operation == "+") return a + b;
    if (operation == "-") return a - b;
    if (operation == "*") return a * b;
    if (operation == "/") return b == 0 ? std::nullopt : std::optional(a / b);
    if (operation == "^") return std::pow(a, b);
    if (operation == "==") return a == b;
    if (operation == "!=") return a != b;
    if (operation == "<") return a < b;
    if (operation == ">") return a > b;
    if (operation == "<=") return a <= b;
    if (operation == ">=") return a >= b;
    if (operation == "AND" || operation == "&&") return a != 0 && b != 0;
    return a != 0 || b != 0; // OR
}

// A value at one moment: of a series, what is there or nothing; of a scalar, always itself.
std::optional<double> at(const MathValue& value, Timestamp when) {
    if (const auto* scalar = std::get_if<MathScalar>(&value)) return *scalar;
    if (const auto* series = std::get_if<Series>(&value)) {
        const auto found = series->find(when);
        if (found != series->end()) return found->second;
    }
    return {};
}

MathValue apply(std::string_view operation, const MathValue& a, const MathValue& b) {
    if (const auto* list = std::get_if<MathSeriesList>(&a)) {
        MathSeriesList results;
        for (const auto& series : *list) {
            auto one = apply(operation, MathValue(series), b);
            if (auto* result = std::get_if<Series>(&one)) results.push_back(std::move(*result));
        }
        return results;
    }
    if (const auto* list = std::get_if<MathSeriesList>(&b)) {
        MathSeriesList results;
        for (const auto& series : *list) {
            auto one = apply(operation, a, MathValue(series));
            if (auto* result = std::get_if<Series>(&one)) results.push_back(std::move(*result));
        }
        return results;
    }
    const auto* x = std::get_if<MathScalar>(&a);
    const auto* y = std::get_if<MathScalar>(&b);
    if (x != nullptr && y != nullptr) {
        const auto result = apply(operation, *x, *y);
        return result ? MathValue(*result) : MathValue();
    }
    Series result;
    const auto add = [&](Timestamp when) {
        // AWS: "if a metric is missing a value for a timestamp, it's treated as 0" between two
        // series.
        const auto value = apply(operation, at(a, when).value_or(0), at(b, when).value_or(0));
        if (value) result[when] = *value;
    };
    for (const auto* operand : {&a, &b}) {
        if (const auto* series = std::get_if<Series>(operand)) {
            for (const auto& [when, value] : *series)
                add(when);
        }
    }
    return result;
}

// A function of each point.
template <class Function>
MathValue map_points(const MathValue& value, Function function) {
    if (const auto* scalar = std::get_if<MathScalar>(&value)) return function(*scalar);
    if (const auto* series = std::get_if<Series>(&value)) {
        Series result;
        for (const auto& [when, point] : *series)
            result[when] = function(point);
        return result;
    }
    if (const auto* list = std::get_if<MathSeriesList>(&value)) {
        MathSeriesList results;
        for (const auto& series : *list)
            results.push_back(std::get<Series>(map_points(MathValue(series), function)));
        return results;
    }
    return {};
}

std::optional<double> reduce(std::string_view function, const std::vector<double>& values) {
    if (function == "DATAPOINT_COUNT") return static_cast<double>(values.size());
    if (values.empty()) return {};
    double sum = 0;
    for (const double value : values)
        sum += value;
    const auto count = static_cast<double>(values.size());
    if (function == "SUM") return sum;
    if (function == "AVG") return sum / count;
    if (function == "MIN") return *std::min_element(values.begin(), values.end());
    if (function == "MAX") return *std::max_element(values.begin(), values.end());
    double squares = 0; // STDDEV
    for (const double value : values)
        squares += (value - sum / count) * (value - sum / count);
    return std::sqrt(squares / count);
}

// AWS: of one time series these give a scalar, of an array of time series a time series.
MathValue aggregate(std::string_view function, const MathValue& value) {
    if (const auto* series = std::get_if<Series>(&value)) {
        std::vector<double> values;
        for (const auto& [when, point] : *series)
            values.push_back(point);
        const auto result = reduce(function, values);
        return result ? MathValue(*result) : MathValue();
    }
    if (const auto* list = std::get_if<MathSeriesList>(&value)) {
        std::map<Timestamp, std::vector<double>> by_time;
        for (const auto& series : *list) {
            for (const auto& [when, point] : series)
                by_time[when].push_back(point);
        }
        Series result;
        for (const auto& [when, values] : by_time) {
            if (const auto one = reduce(function, values)) result[when] = *one;
        }
        return result;
    }
    return value;
}

// DIFF: each value minus the one before; RATE: that per second of the time between.
Series differences(const Series& series, bool per_second) {
    Series result;
    const Series::value_type* previous = nullptr;
    for (const auto& point : series) {
        if (previous != nullptr) {
            const double span =
                std::chrono::duration<double>(point.first - previous->first).count();
            result[point.first] = (point.second - previous->second) / (per_second ? span : 1);
        }
        previous = &point;
    }
    return result;
}

Series running_sum(const Series& series) {
    Series result;
    double sum = 0;
    for (const auto& [when, value] : series)
        result[when] = sum += value;
    return result;
}

// FILL(ts, scalar | ts | REPEAT | LINEAR)
Series
fill(const Series& series, const MathNode& how, const MathValue& with, const MathContext& context) {
    Series result = series;
    for (const auto when : context.timeline) {
        if (result.contains(when)) continue;
        const auto after = series.lower_bound(when);
        const bool has_before = after != series.begin();
        if (how.kind == MathNode::Kind::keyword && how.name == "REPEAT") {
            if (has_before) result[when] = std::prev(after)->second;
        } else if (how.kind == MathNode::Kind::keyword && how.name == "LINEAR") {
            if (!has_before || after == series.end()) continue;
            const auto before = std::prev(after);
            const std::chrono::duration<double> whole = after->first - before->first;
            const std::chrono::duration<double> part = when - before->first;
            result[when] = before->second + (after->second - before->second) * (part / whole);
        } else if (const auto value = at(with, when)) {
            result[when] = *value;
        }
    }
    return result;
}

// AWS: IF(condition, trueValue, falseValue); a point is there only where the condition is.
MathValue choose(const Arguments& arguments) {
    const auto& condition = arguments[0];
    const MathValue nothing;
    const auto& otherwise = arguments.size() > 2 ? arguments[2] : nothing;
    if (const auto* scalar = std::get_if<MathScalar>(&condition))
        return *scalar != 0 ? arguments[1] : otherwise;
    const auto* series = std::get_if<Series>(&condition);
    if (series == nullptr) return {};
    Series result;
    for (const auto& [when, holds] : *series) {
        if (holds != 0) {
            result[when] = at(arguments[1], when).value_or(0);
        } else if (const auto value = at(otherwise, when)) {
            result[when] = *value;
        }
    }
    return result;
}

struct Function {
    std::string_view name;
    std::size_t least;
    std::size_t most;
};

constexpr Function functions[] = {
    {"[]", 1, 500},
    {"ABS", 1, 1},
    {"AVG", 1, 1},
    {"CEIL", 1, 1},
    {"DATAPOINT_COUNT", 1, 1},
    {"DIFF", 1, 1},
    {"FILL", 2, 2},
    {"FIRST", 1, 1},
    {"FLOOR", 1, 1},
    {"IF", 2, 3},
    {"LAST", 1, 1},
    {"LOG", 1, 1},
    {"LOG10", 1, 1},
    {"MAX", 1, 1},
    {"METRICS", 0, 1},
    {"METRIC_COUNT", 1, 1},
    {"MIN", 1, 1},
    {"PERIOD", 1, 1},
    {"RATE", 1, 1},
    {"REMOVE_EMPTY", 1, 1},
    {"RUNNING_SUM", 1, 1},
    {"STDDEV", 1, 1},
    {"SUM", 1, 1},
    {"TIME_SERIES", 1, 1},
};

const Function* find_function(std::string_view name) {
    for (const auto& function : functions) {
        if (function.name == name) return &function;
    }
    return nullptr;
}

MathSeriesList metrics_of(const MathNode& call, const MathContext& context) {
    MathSeriesList list;
    for (const auto& id : context.metrics) {
        if (!call.operands.empty() && id.find(call.operands[0].name) == std::string::npos) continue;
        if (const auto* series = context.find(id)) list.push_back(*series);
    }
    return list;
}

MathSeriesList list_of(const Arguments& arguments) {
    MathSeriesList list;
    for (const auto& argument : arguments) {
        if (const auto* series = std::get_if<Series>(&argument)) list.push_back(*series);
        if (const auto* more = std::get_if<MathSeriesList>(&argument))
            list.insert(list.end(), more->begin(), more->end());
    }
    return list;
}

// Functions of a time series that are not point by point; an array is taken series by series.
MathValue of_series(const MathNode& call, const Arguments& arguments, const MathContext& context) {
    if (const auto* list = std::get_if<MathSeriesList>(&arguments[0])) {
        MathSeriesList results;
        for (const auto& series : *list) {
            Arguments one = arguments;
            one[0] = series;
            auto value = of_series(call, one, context);
            if (auto* result = std::get_if<Series>(&value)) results.push_back(std::move(*result));
        }
        return results;
    }
    const auto* series = std::get_if<Series>(&arguments[0]);
    if (series == nullptr) return arguments[0];
    if (call.name == "DIFF") return differences(*series, false);
    if (call.name == "RATE") return differences(*series, true);
    if (call.name == "RUNNING_SUM") return running_sum(*series);
    if (call.name == "FILL") return fill(*series, call.operands[1], arguments[1], context);
    return *series;
}

MathValue
call_function(const MathNode& call, const Arguments& arguments, const MathContext& context) {
    const auto& name = call.name;
    if (name == "METRICS") return metrics_of(call, context);
    if (name == "[]") return list_of(arguments);
    if (name == "IF") return choose(arguments);
    const auto& value = arguments[0];
    if (name == "ABS") return map_points(value, [](double x) { return std::abs(x); });
    if (name == "CEIL") return map_points(value, [](double x) { return std::ceil(x); });
    if (name == "FLOOR") return map_points(value, [](double x) { return std::floor(x); });
    if (name == "LOG") return map_points(value, [](double x) { return std::log(x); });
    if (name == "LOG10") return map_points(value, [](double x) { return std::log10(x); });
    if (name == "PERIOD") return std::chrono::duration<double>(context.period).count();
    if (name == "TIME_SERIES") {
        Series result;
        for (const auto when : context.timeline) {
            if (const auto point = at(value, when)) result[when] = *point;
        }
        return result;
    }
    const auto* list = std::get_if<MathSeriesList>(&value);
    if (name == "METRIC_COUNT") return list != nullptr ? static_cast<double>(list->size()) : 1.0;
    if (name == "FIRST" || name == "LAST") {
        if (list == nullptr) return value;
        if (list->empty()) return {};
        return name == "FIRST" ? list->front() : list->back();
    }
    if (name == "REMOVE_EMPTY") {
        if (list == nullptr) return value;
        auto kept = *list;
        std::erase_if(kept, [](const Series& series) { return series.empty(); });
        return kept;
    }
    if (name == "DIFF" || name == "RATE" || name == "RUNNING_SUM" || name == "FILL")
        return of_series(call, arguments, context);
    return aggregate(name, value);
}

MathResult evaluate_call(const MathNode& node, const MathContext& context) {
    const auto* function = find_function(node.name);
    if (function == nullptr) return {{}, fmt::format("The function {} is not emulated", node.name)};
    if (node.operands.size() < function->least || node.operands.size() > function->most)
        return {{}, fmt::format("Wrong number of arguments for function {}", node.name)};
    Arguments arguments;
    for (const auto& operand : node.operands) {
        if (operand.kind == MathNode::Kind::keyword || operand.kind == MathNode::Kind::text) {
            arguments.emplace_back();
            continue;
        }
        auto argument = evaluate_math(operand, context);
        if (!argument.error.empty()) return argument;
        arguments.push_back(std::move(argument.value));
    }
    return {call_function(node, arguments, context), {}};
}

} // namespace

bool is_emulated_function(std::string_view name) {
    return find_function(name) != nullptr;
}

MathResult evaluate_math(const MathNode& node, const MathContext& context) {
    switch (node.kind) {
    case MathNode::Kind::number:
        return {node.number, {}};
    case MathNode::Kind::reference: {
        const auto* series = context.find(node.name);
        if (series == nullptr)
            return {{}, fmt::format("Undefined metric or expression id '{}'", node.name)};
        return {*series, {}};
    }
    case MathNode::Kind::call:
        return evaluate_call(node, context);
    case MathNode::Kind::operation:
        break;
    case MathNode::Kind::text:
    case MathNode::Kind::keyword:
        return {{}, fmt::format("Unexpected '{}'", node.name)};
    }
    auto left = evaluate_math(node.operands[0], context);
    if (!left.error.empty()) return left;
    if (node.name == "negate") return {map_points(left.value, [](double x) { return -x; }), {}};
    const auto right = evaluate_math(node.operands[1], context);
    if (!right.error.empty()) return right;
    return {apply(node.name, left.value, right.value), {}};
}

} // namespace diorama::cloudwatch
