// See expectation_references.hpp.
#include "emulator/simulation/expectation_references.hpp"

#include "emulator/simulation/mistake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace diorama::simulation {

namespace {

constexpr std::string_view groups = "AWS::AutoScaling::AutoScalingGroup";
constexpr std::string_view alarms = "AWS::CloudWatch::Alarm";
constexpr std::string_view distributions = "AWS::CloudFront::Distribution";
constexpr std::string_view databases = "AWS::RDS::DBInstance";

template <typename Visitor>
void each_request(const Scenario& scenario, const std::string& population, Visitor visit) {
    for (const Population& candidate : scenario.traffic) {
        if (population != "all" && candidate.name != population) continue;
        for (const Step& step : candidate.visit) {
            if (const auto* request = std::get_if<RequestStep>(&step.action)) visit(*request);
        }
        if (const auto* replay = std::get_if<Replay>(&candidate.arrivals)) {
            for (const LoggedRequest& logged : replay->requests)
                visit(logged.request);
        }
    }
}

// As the first word, whatever its case.
bool begins_with_word(std::string_view text, std::string_view word) {
    const auto is_same = [](char one, char other) {
        return std::toupper(static_cast<unsigned char>(one)) == other;
    };
    return text.size() > word.size() && text[word.size()] == ' ' &&
           std::ranges::equal(text.substr(0, word.size()), word, is_same);
}

double checked(const Piece& piece, Quantity quantity) {
    const auto value = quantity_of(piece, quantity);
    if (!value) throw ExpectationStop{value.problem};
    return *value;
}

// AWS: metrics count time in seconds, shares in percent, sizes in bytes.
double cloudwatch_bound(const Piece& piece) {
    if (const auto number = parse_number(piece.text)) return *number;
    if (const auto share = parse_quantity(piece.text, Quantity::share)) return *share * 100;
    if (const auto time = parse_quantity(piece.text, Quantity::duration)) return *time / 1e9;
    if (const auto size = parse_quantity(piece.text, Quantity::size)) return *size;
    if (const auto rate = parse_quantity(piece.text, Quantity::rate)) return *rate;
    stop_at(piece.offset, fmt::format("`{}` is not a number, with or without a unit", piece.text));
}

} // namespace

void stop_at(std::size_t offset, std::string message, std::string suggestion) {
    throw ExpectationStop{{offset, std::move(message), std::move(suggestion)}};
}

double bound_in(const Piece& piece, MeasureUnit unit) {
    switch (unit) {
    case MeasureUnit::number:
        return checked(piece, Quantity::number);
    case MeasureUnit::rate:
        return checked(piece, Quantity::rate);
    case MeasureUnit::share:
        return checked(piece, Quantity::share);
    case MeasureUnit::duration:
        return checked(piece, Quantity::duration);
    case MeasureUnit::dollars:
        return checked(piece, Quantity::money);
    case MeasureUnit::cloudwatch:
        return cloudwatch_bound(piece);
    }
    return 0;
}

void ExpectationReferences::check_arguments(
    const MeasureKind& kind,
    const std::vector<Piece>& arguments,
    std::size_t offset
) const {
    std::size_t next = 0;
    for (const MeasureArgument& expected : kind.arguments) {
        if (next == arguments.size() && expected.is_required)
            stop_at(offset, fmt::format("which? Write `{}`", kind.usage()));
        do {
            if (next == arguments.size()) break;
            check_argument(expected, arguments, next++);
        } while (expected.repeats);
    }
    if (next < arguments.size())
        stop_at(
            arguments[next].offset,
            fmt::format("too many arguments; write `{}`", kind.usage())
        );
}

void ExpectationReferences::check_argument(
    const MeasureArgument& expected,
    const std::vector<Piece>& arguments,
    std::size_t index
) const {
    const Piece& piece = arguments[index];
    if (piece.text.empty()) stop_at(piece.offset, "an argument is missing");
    switch (expected.kind) {
    case MeasureArgument::Kind::population:
        return check_population(piece);
    case MeasureArgument::Kind::route:
        return check_route(arguments[0].text, piece);
    case MeasureArgument::Kind::host:
        return check_host(piece);
    case MeasureArgument::Kind::metric:
        if (piece.text.find(' ') == std::string::npos)
            stop_at(piece.offset, "a namespace and a metric, like `AWS/RDS CPUUtilization`");
        return;
    case MeasureArgument::Kind::dimension:
        if (piece.text.find('=') == std::string::npos) need_resource(piece, {});
        return;
    case MeasureArgument::Kind::alarm:
        return need_resource(piece, alarms);
    case MeasureArgument::Kind::group:
        return need_resource(piece, groups);
    case MeasureArgument::Kind::component:
        return need_resource(piece, distributions);
    case MeasureArgument::Kind::database:
        return need_resource(piece, databases);
    case MeasureArgument::Kind::question:
        if (!begins_with_word(piece.text, "SELECT"))
            stop_at(piece.offset, "a SELECT in quotes, like \"SELECT COUNT(*) FROM orders\"");
        return;
    case MeasureArgument::Kind::text:
        return;
    }
}

void ExpectationReferences::need_resource(const Piece& piece, std::string_view types) const {
    // A name or physical id is for the run to find.
    const bool is_logical = std::ranges::all_of(piece.text, [](unsigned char letter) {
        return std::isalnum(letter) != 0;
    });
    if (is_logical && context_.need_resource)
        context_.need_resource(piece.offset, piece.text, types);
}

void ExpectationReferences::check_population(const Piece& piece) const {
    if (piece.text == "all") return;
    std::vector<std::string> known;
    for (const Population& population : context_.scenario->traffic)
        known.push_back(population.name);
    if (std::ranges::find(known, piece.text) == known.end())
        stop_at(
            piece.offset,
            fmt::format("no population `{}`", piece.text),
            nearest_word(piece.text, known)
        );
}

void ExpectationReferences::check_route(const std::string& population, const Piece& piece) const {
    std::vector<std::string> known;
    bool is_known = false;
    each_request(*context_.scenario, population, [&](const RequestStep& request) {
        is_known = is_known || request.name == piece.text;
        if (known.size() < 1000) known.push_back(request.name);
    });
    if (is_known) return;
    stop_at(
        piece.offset,
        fmt::format("no step `{}` in the visits of {}", piece.text, population),
        nearest_word(piece.text, known)
    );
}

void ExpectationReferences::check_host(const Piece& piece) const {
    std::vector<std::string> known;
    bool is_known = false;
    each_request(*context_.scenario, "all", [&](const RequestStep& request) {
        is_known = is_known || request.host == piece.text;
        if (known.size() < 1000) known.push_back(request.host);
    });
    if (is_known) return;
    stop_at(
        piece.offset,
        fmt::format("no client asks for the host `{}`", piece.text),
        nearest_word(piece.text, known)
    );
}

const Fault& ExpectationReferences::fault_named(const Piece& name) const {
    std::vector<std::string> known;
    for (const Fault& candidate : context_.scenario->faults) {
        if (std::to_string(candidate.number) == name.text) return candidate;
        if (!candidate.name.empty() && candidate.name == name.text) return candidate;
        if (!candidate.name.empty()) known.push_back(candidate.name);
    }
    const auto count = context_.scenario->faults.size();
    stop_at(
        name.offset,
        fmt::format("no fault `{}`: there are {}", name.text, count),
        nearest_word(name.text, known)
    );
}

} // namespace diorama::simulation
