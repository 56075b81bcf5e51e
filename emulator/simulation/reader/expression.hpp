// Laws, rates and other values that look like calls: `lognormal(6ms, 0.5)`, `[0h 400/s, 2h 900/s]`,
// `zipf(10000, 1.1)`. Text in, value or problem out; where in the text the problem stands is said.
#pragma once

#include "emulator/simulation/reader/units.hpp"
#include "emulator/simulation/scenario.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::simulation {

// A piece of a text and where it begins.
struct Piece {
    std::string text;
    std::size_t offset = 0;
};

struct Problem {
    std::size_t offset = 0;
    std::string message;
    std::string suggestion = {};
};

template <typename Value>
struct Parsed {
    std::optional<Value> value;
    Problem problem = {};

    Parsed(Value parsed)
        : value(std::move(parsed)) {}

    Parsed(Problem found)
        : problem(std::move(found)) {}

    explicit operator bool() const { return value.has_value(); }

    const Value& operator*() const { return *value; }

    const Value* operator->() const { return &*value; }
};

// "name(argument, argument)"; without parentheses there are no arguments.
struct Call {
    Piece name;
    std::vector<Piece> arguments;
};

Parsed<Call> parse_call(std::string_view text);

// Pieces between commas that stand in no parentheses, brackets or quotes.
std::vector<Piece> split_at_commas(std::string_view text, std::size_t offset);

// The quantity that the piece says, not negative.
Parsed<double> quantity_of(const Piece& piece, Quantity quantity);

// `6ms`, `exponential(4s)`, `uniform(1ms, 3ms)`, `normal(6ms, 1ms)`, `lognormal(6ms, 0.5)`,
// `empirical(1ms 50%, 20ms 50%)`.
Parsed<RandomVariable> parse_law(std::string_view text, Quantity quantity);

// What a rate is read against.
struct CurveContext {
    Timestamp start;
    Duration duration{};
    bool counts_users = false; // points are numbers of users, not rates
};

struct Curve {
    RateCurve curve;
    bool counts_requests = false;
};

// One point or number of `[0h 400/s, 2h 900/s]`.
Parsed<Curve> parse_curve(std::string_view text, const CurveContext& context);
Parsed<Curve> curve_of_points(const std::vector<Piece>& points, const CurveContext& context);

Parsed<ValueSource> parse_value_source(std::string_view text);

} // namespace diorama::simulation
