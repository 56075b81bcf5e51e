// Rates over time, and numbers of users: the part of expression.hpp that makes points of them.
#include "emulator/simulation/mistake.hpp"
#include "emulator/simulation/reader/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace diorama::simulation {

namespace {

constexpr Duration day = std::chrono::hours(24);
// A cosine that is drawn in straight lines of this length is off by less than 0.06 % of its swing.
constexpr Duration diurnal_sample = std::chrono::minutes(15);

struct Level {
    double value = 0;
    bool counts_requests = false;
};

Parsed<Level> level_of(const Piece& piece, const CurveContext& context) {
    if (context.counts_users) {
        const auto users = quantity_of(piece, Quantity::number);
        if (!users) return users.problem;
        return Level{*users};
    }
    const auto rate = parse_rate(piece.text);
    if (!rate)
        return Problem{
            piece.offset,
            fmt::format("`{}` is not {}", piece.text, description_of(Quantity::rate))
        };
    if (rate->per_second < 0)
        return Problem{piece.offset, fmt::format("`{}` is negative", piece.text)};
    return Level{rate->per_second, rate->counts_requests};
}

Parsed<Duration> moment_of(const Piece& piece, const CurveContext& context) {
    const auto moment = quantity_of(piece, Quantity::duration);
    if (!moment) {
        if (parse_duration(piece.text))
            return Problem{piece.offset, fmt::format("`{}` is before the start", piece.text)};
        return moment.problem;
    }
    const Duration at(std::llround(*moment));
    if (at > context.duration)
        return Problem{
            piece.offset,
            fmt::format(
                "`{}` is after the end of the run ({})",
                piece.text,
                spelled(context.duration)
            )
        };
    return at;
}

// Collects points; all of them count visits, or all requests.
class Points {
public:
    explicit Points(const CurveContext& context)
        : context_(context) {}

    // Nothing, or the problem.
    std::optional<Problem> add(const Piece& at, const Piece& level) {
        const auto moment = moment_of(at, context_);
        if (!moment) return moment.problem;
        return add(*moment, level, at.offset);
    }

    std::optional<Problem> add(Duration at, const Piece& piece, std::size_t offset) {
        const auto level = level_of(piece, context_);
        if (!level) return level.problem;
        auto& points = curve_.curve.points;
        if (!points.empty() && level->counts_requests != curve_.counts_requests)
            return Problem{piece.offset, "counts requests where another point counts visits"};
        if (!points.empty() && at < points.back().at)
            return Problem{offset, "a point before the one that precedes it"};
        curve_.counts_requests = level->counts_requests;
        points.push_back({at, level->value});
        return std::nullopt;
    }

    const Curve& curve() const { return curve_; }

private:
    const CurveContext& context_;
    Curve curve_;
};

Piece without_word(const Piece& piece, std::string_view word) {
    const std::string prefix = std::string(word) + " ";
    if (!piece.text.starts_with(prefix)) return piece;
    return {
        std::string(trimmed(std::string_view(piece.text).substr(prefix.size()))),
        piece.offset + prefix.size()
    };
}

Piece moved(Piece piece, const Duration& at) {
    piece.text = spelled(at);
    return piece;
}

Parsed<Curve> step_of(const Call& call, const CurveContext& context) {
    const Piece at = without_word(call.arguments[2], "at");
    Points points(context);
    for (const Piece* level : {&call.arguments[0], &call.arguments[1]}) {
        if (auto problem = points.add(at, *level)) return *problem;
    }
    return points.curve();
}

Parsed<Curve> ramp_of(const Call& call, const CurveContext& context) {
    Points points(context);
    const Piece from = without_word(call.arguments[2], "from");
    const Piece to = without_word(call.arguments[3], "to");
    if (auto problem = points.add(from, call.arguments[0])) return *problem;
    if (auto problem = points.add(to, call.arguments[1])) return *problem;
    return points.curve();
}

// The base, the peak at once, and at once the base again.
Parsed<Curve> spike_of(const Call& call, const CurveContext& context) {
    const Piece at = without_word(call.arguments[2], "at");
    const Piece lasts = without_word(call.arguments[3], "for");
    const auto begin = moment_of(at, context);
    if (!begin) return begin.problem;
    const auto length = quantity_of(lasts, Quantity::duration);
    if (!length) return length.problem;
    const Duration end = std::min(*begin + Duration(std::llround(*length)), context.duration);
    Points points(context);
    const Piece after = moved(lasts, end);
    const std::array<std::pair<Piece, const Piece*>, 4> path{{
        {at, &call.arguments[0]},
        {at, &call.arguments[1]},
        {after, &call.arguments[1]},
        {after, &call.arguments[0]},
    }};
    for (const auto& [when, level] : path) {
        if (auto problem = points.add(when, *level)) return *problem;
    }
    return points.curve();
}

// "20h", "20:30".
Parsed<Duration> time_of_day(const Piece& piece) {
    std::string text = piece.text;
    if (const auto colon = text.find(':'); colon != std::string::npos)
        text = text.substr(0, colon) + "h" + text.substr(colon + 1) + "m";
    const auto time = parse_duration(text);
    if (!time || *time < Duration::zero() || *time > day)
        return Problem{
            piece.offset,
            fmt::format("`{}` is not a time of day like `20:30`", piece.text)
        };
    return *time;
}

// mean * (1 + swing * cos), greatest at a time of day.
Parsed<Curve> diurnal_of(const Call& call, const CurveContext& context) {
    const auto mean = level_of(call.arguments[0], context);
    if (!mean) return mean.problem;
    const auto peak = time_of_day(without_word(call.arguments[1], "peak"));
    if (!peak) return peak.problem;
    const auto swing = quantity_of(without_word(call.arguments[2], "swing"), Quantity::share);
    if (!swing) return swing.problem;
    if (*swing > 1) return Problem{call.arguments[2].offset, "a swing above 100% is below nothing"};
    const Duration begins = context.start.time_since_epoch() % day;
    Curve curve;
    curve.counts_requests = mean->counts_requests;
    for (Duration at{};; at = std::min(at + diurnal_sample, context.duration)) {
        const double days =
            static_cast<double>((begins + at - *peak).count()) / static_cast<double>(day.count());
        const double wave = std::cos(2 * std::numbers::pi * days);
        curve.curve.points.push_back({at, std::max(0.0, mean->value * (1 + *swing * wave))});
        if (at >= context.duration) return curve;
    }
}

struct CurveWord {
    std::string_view name;
    std::size_t arguments;
    std::string_view usage;
    Parsed<Curve> (*make)(const Call&, const CurveContext&);
};

constexpr std::array curve_words{
    CurveWord{"step", 3, "step(400/s, 900/s, at 2h)", step_of},
    CurveWord{"ramp", 4, "ramp(400/s, 900/s, from 1h, to 2h)", ramp_of},
    CurveWord{"spike", 4, "spike(400/s, 5000/s, at 2h, for 10m)", spike_of},
    CurveWord{"diurnal", 3, "diurnal(1000/s, peak 20:00, swing 60%)", diurnal_of},
};

Parsed<Curve> curve_of_call(std::string_view text, const CurveContext& context) {
    const auto call = parse_call(text);
    if (!call) return call.problem;
    std::vector<std::string> known;
    for (const CurveWord& word : curve_words) {
        known.emplace_back(word.name);
        if (word.name != call->name.text) continue;
        if (call->arguments.size() != word.arguments)
            return Problem{call->name.offset, fmt::format("write it like {}", word.usage)};
        return word.make(*call, context);
    }
    return Problem{
        call->name.offset,
        fmt::format("no curve `{}`", call->name.text),
        nearest_word(call->name.text, known)
    };
}

} // namespace

Parsed<Curve> curve_of_points(const std::vector<Piece>& points, const CurveContext& context) {
    Points made(context);
    for (const Piece& point : points) {
        const auto space = point.text.find_first_of(" \t");
        if (space == std::string::npos)
            return Problem{
                point.offset,
                context.counts_users ? "a time and a number of users, like `2h 400`"
                                     : "a time and a rate, like `2h 900/s`"
            };
        const auto level = point.text.find_first_not_of(" \t", space);
        const Piece at{point.text.substr(0, space), point.offset};
        if (auto problem = made.add(at, {point.text.substr(level), point.offset + level}))
            return *problem;
    }
    if (points.empty()) return Problem{0, "no points"};
    return made.curve();
}

Parsed<Curve> parse_curve(std::string_view text, const CurveContext& context) {
    const std::string_view whole = trimmed(text);
    if (whole.starts_with('[') && whole.ends_with(']') && whole.size() > 1) {
        const std::size_t offset = static_cast<std::size_t>(whole.data() - text.data()) + 1;
        return curve_of_points(split_at_commas(whole.substr(1, whole.size() - 2), offset), context);
    }
    if (whole.find('(') != std::string_view::npos) return curve_of_call(text, context);
    Points points(context);
    if (auto problem = points.add(Duration::zero(), {std::string(whole), 0}, 0)) return *problem;
    return points.curve();
}

} // namespace diorama::simulation
