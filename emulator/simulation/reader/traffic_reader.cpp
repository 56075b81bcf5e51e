// `traffic`: populations, where they are, how their visits arrive, and what they put up with.
#include "emulator/simulation/access_log.hpp"
#include "emulator/simulation/places.hpp"
#include "emulator/simulation/reader/section.hpp"

#include <fmt/format.h>

#include <cmath>

namespace diorama::simulation {

namespace {

constexpr std::size_t largest_log = 256 * 1024 * 1024;

void read_places(Reading& reading, const YamlNode& node, Population& population) {
    if (!node.is_map()) return reading.mistake(node, "expected places and the share of each");
    std::vector<std::string> known;
    for (const Place& place : places())
        known.emplace_back(place.name);
    double sum = 0;
    bool is_whole = true;
    for (const auto& [name, position, value] : node.entries) {
        if (find_place(name) == nullptr) {
            auto near = nearest_word(name, known);
            reading.mistakes.add(position, fmt::format("no place `{}`", name), std::move(near));
        }
        const auto share = quantity_of(reading, value, Quantity::share);
        is_whole = is_whole && share.has_value();
        if (share) population.from.emplace_back(name, *share);
        sum += share.value_or(0);
    }
    if (is_whole && std::abs(sum - 1) > 1e-6)
        reading.mistake(node, fmt::format("the places add up to {:.4g}%, not 100%", sum * 100));
}

// A curve from text, or from a list of points, each where it stands.
std::optional<Curve>
read_curve(Reading& reading, const YamlNode& node, const CurveContext& context) {
    if (node.is_scalar()) {
        const auto curve = parse_curve(node.text, context);
        if (!curve) reading.mistake(node, curve.problem);
        return curve.value;
    }
    if (!node.is_sequence() || node.items.empty()) {
        reading.mistake(
            node,
            "expected a rate like `400/s`, or points like `[0h 400/s, 2h 900/s]`"
        );
        return std::nullopt;
    }
    std::vector<Piece> points;
    for (std::size_t i = 0; i < node.items.size(); ++i) {
        const YamlNode& item = node.items[i];
        if (scalar_of(reading, item, "a point like `2h 900/s`") == nullptr) return std::nullopt;
        points.push_back({item.text, i << 20U}); // tells the point of a problem, and where in it
    }
    const auto curve = curve_of_points(points, context);
    if (!curve) {
        Problem problem = curve.problem;
        const YamlNode& item = node.items[problem.offset >> 20U];
        problem.offset &= (1U << 20U) - 1;
        reading.mistake(item, problem);
    }
    return curve.value;
}

// How many requests a visit makes on average.
double requests_of(const std::vector<Step>& visit) {
    double sum = 0;
    for (const Step& step : visit) {
        if (std::holds_alternative<RequestStep>(step.action)) sum += step.share * step.times;
    }
    return sum;
}

CurveContext context_of(const Reading& reading, bool counts_users) {
    const Scenario& scenario = reading.scenario;
    const bool is_known = scenario.duration > Duration::zero();
    const Duration whole = is_known ? scenario.duration : std::chrono::hours(24);
    return {scenario.start, whole, counts_users};
}

void read_rate(Reading& reading, Section& section, const YamlNode& node, Population& population) {
    OpenLoop loop;
    std::size_t arrivals = 0;
    if (section.choice("arrivals", arrivals)) loop.is_poisson = arrivals == 0;
    const auto curve = read_curve(reading, node, context_of(reading, false));
    if (curve) {
        loop.rate = curve->curve;
        const double requests = requests_of(population.visit);
        if (curve->counts_requests && requests > 0) {
            for (auto& point : loop.rate.points)
                point.per_second /= requests;
        } else if (curve->counts_requests) {
            reading.mistake(node, "counts requests, but a visit makes none");
        }
        // A million visits a second for a year is no simulation any more.
        if (loop.rate.greatest() > 1e7)
            reading.mistake(node, "more than ten million visits a second");
    }
    population.arrivals = std::move(loop);
}

void read_closed(Reading& reading, const YamlNode& node, Population& population) {
    Section section(reading, node, section_named("closed"));
    ClosedLoop loop;
    if (const YamlNode* users = section.require("users")) {
        const auto curve = read_curve(reading, *users, context_of(reading, true));
        if (curve) loop.users = curve->curve;
        if (loop.users.greatest() > 1e7) reading.mistake(*users, "more than ten million users");
    }
    section.law("pause", Quantity::duration, loop.pause);
    population.arrivals = std::move(loop);
}

void read_log(
    Reading& reading,
    const YamlNode& file,
    AccessLogFormat format,
    const std::string& host,
    Replay& replay
) {
    const std::string path = reading.path_in(file);
    const auto text = reading.files.read(path, largest_log);
    if (!text) return reading.mistake(file, fmt::format("cannot read {}", path));
    AccessLog log = read_access_log(*text, format, host);
    if (log.unreadable > 0) {
        const auto message = fmt::format(
            "{} lines of {} are not of this format; line {}: {}",
            log.unreadable,
            path,
            log.first_unreadable,
            log.reason
        );
        return reading.mistake(file, message);
    }
    if (log.requests.empty())
        return reading.mistake(file, fmt::format("{} tells of no requests", path));
    replay.requests = std::move(log.requests);
}

void read_replay(Reading& reading, const YamlNode& node, Population& population) {
    Section section(reading, node, section_named("replay"));
    Replay replay;
    const YamlNode* file = section.require("file");
    std::size_t format = 0;
    const bool has_format =
        section.require("format") != nullptr && section.choice("format", format);
    std::string host;
    section.text("host", host);
    double speed = 1;
    if (section.quantity("speed", Quantity::number, speed) && !(speed > 0))
        reading.mistake(*section.find("speed"), "a speed is above 0");
    const bool lacks_host =
        format == static_cast<std::size_t>(AccessLogFormat::combined) && host.empty();
    if (has_format && lacks_host)
        reading.mistake(node, "logs of this format do not name the host: `host` is missing");
    if (file != nullptr && has_format && speed > 0 &&
        scalar_of(reading, *file, "the path of a log") != nullptr)
        read_log(reading, *file, static_cast<AccessLogFormat>(format), host, replay);
    for (LoggedRequest& request : replay.requests)
        request.at =
            Duration(std::llround(static_cast<double>(request.at.count()) / std::max(speed, 1e-9)));
    population.arrivals = std::move(replay);
}

void read_backoff(Reading& reading, const YamlNode& node, Patience& patience) {
    if (scalar_of(reading, node, "a pause like `exponential(500ms)`") == nullptr) return;
    const auto call = parse_call(node.text);
    if (!call) return reading.mistake(node, call.problem);
    const std::string& name = call->name.text;
    const bool is_plain = call->arguments.empty();
    if (!is_plain &&
        (call->arguments.size() != 1 || (name != "exponential" && name != "constant"))) {
        return reading.mistake(
            node,
            "write it like constant(1s), or exponential(500ms), which doubles",
            nearest_word(name, {"exponential", "constant"})
        );
    }
    const auto base = quantity_of(is_plain ? call->name : call->arguments[0], Quantity::duration);
    if (!base) return reading.mistake(node, base.problem);
    patience.backoff = Duration(std::llround(*base));
    patience.backoff_is_exponential = name == "exponential";
}

void read_patience(Reading& reading, const YamlNode& node, Patience& patience) {
    Section section(reading, node, section_named("patience"));
    if (section.duration("timeout", patience.timeout) && patience.timeout == Duration::zero())
        reading.mistake(*section.find("timeout"), "nobody waits 0s");
    if (section.count("retries", patience.retries) && patience.retries > 100)
        reading.mistake(*section.find("retries"), "more than 100 retries");
    section.share("jitter", patience.jitter);
    if (const YamlNode* backoff = section.find("backoff"))
        read_backoff(reading, *backoff, patience);
}

void read_resolver(Reading& reading, const YamlNode& node, Resolver& resolver) {
    Section section(reading, node, section_named("resolver"));
    section.flag("cache", resolver.caches);
    Duration ttl{};
    if (section.duration("least_ttl", ttl)) resolver.least_ttl = ttl;
    if (section.duration("greatest_ttl", ttl)) resolver.greatest_ttl = ttl;
    if (resolver.least_ttl && resolver.greatest_ttl && *resolver.least_ttl > *resolver.greatest_ttl)
        reading.mistake(*section.find("least_ttl"), "the least TTL is above the greatest");
}

void read_arrivals(Reading& reading, Section& section, Population& population) {
    const YamlNode* rate = section.find("rate");
    const YamlNode* closed = section.find("closed");
    const YamlNode* replay = section.find("replay");
    const int given = (rate != nullptr) + (closed != nullptr) + (replay != nullptr);
    if (given != 1) {
        reading.mistake(section.node(), "give one of `rate`, `closed` and `replay`");
        return;
    }
    if (rate != nullptr) read_rate(reading, section, *rate, population);
    if (closed != nullptr) read_closed(reading, *closed, population);
    if (replay != nullptr) read_replay(reading, *replay, population);
    if (replay == nullptr && section.find("visit") == nullptr)
        reading.mistake(section.node(), "`visit` is missing");
    if (replay != nullptr && section.find("visit") != nullptr)
        reading.mistake(
            *section.find("visit"),
            "a replay has its requests from the log, and no `visit`"
        );
    if (rate == nullptr && section.find("arrivals") != nullptr)
        reading.mistake(*section.find("arrivals"), "only a `rate` has arrivals");
}

void read_population(Reading& reading, const YamlNode::Entry& entry) {
    Population population;
    population.name = entry.key;
    population.position = entry.position;
    Section section(reading, entry.value, section_named("population"));
    if (section.is_map()) {
        if (const YamlNode* from = section.find("from")) read_places(reading, *from, population);
        if (const YamlNode* visit = section.find("visit")) read_visit(reading, *visit, population);
        read_arrivals(reading, section, population);
        if (const YamlNode* patience = section.find("patience"))
            read_patience(reading, *patience, population.patience);
        if (const YamlNode* resolver = section.find("resolver"))
            read_resolver(reading, *resolver, population.resolver);
        section.flag("keep_connections", population.keeps_connections);
        section.flag("keep_cookies", population.keeps_cookies);
        // The only duration that may be negative.
        if (const YamlNode* skew = section.find("clock_skew")) {
            const auto value = parse_duration(skew->text);
            if (!value)
                reading.mistake(
                    *skew,
                    fmt::format("`{}` is not a duration like `-90s`", skew->text)
                );
            population.clock_skew = value.value_or(Duration::zero());
        }
    }
    if (population.from.empty()) population.from.emplace_back("us-east", 1.0);
    reading.scenario.traffic.push_back(std::move(population));
}

} // namespace

void read_traffic(Reading& reading, const YamlNode& node) {
    if (!node.is_map()) return reading.mistake(node, "expected populations by name");
    for (const auto& entry : node.entries)
        read_population(reading, entry);
}

} // namespace diorama::simulation
