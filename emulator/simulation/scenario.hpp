// A scenario as it was read: what is deployed, what instances do, who sends traffic, what goes
// wrong, and what is expected. Plain values in base units (Duration, bytes, shares of 1); reading a
// file into these, with every mistake and its position, is the business of scenario_reader.hpp.
#pragma once

#include "emulator/simulation/random_variable.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace diorama::simulation {

// Where something stands in a file; lines and columns count from 1.
struct Position {
    std::string file;
    int line = 0;
    int column = 0;

    bool operator==(const Position&) const = default;
};

// What is deployed before the first request.
struct Deploy {
    struct Files {
        std::string bucket; // logical id
        std::string folder; // every file below it becomes an object
        std::string cache_control = {};
        std::string prefix = {};
    };

    // Objects that need no file: `count` of them, named prefix + number + suffix.
    struct SyntheticFiles {
        std::string bucket; // logical id
        std::string prefix;
        std::string suffix;
        std::uint64_t count = 0;
        RandomVariable size; // bytes
        std::string cache_control = {};
    };

    struct Statements {
        std::string database; // logical id
        std::string path;
    };

    std::string template_path;
    std::string stack_name;
    std::string region = "us-east-1";
    std::map<std::string, std::string> parameters;
    std::vector<Files> files;
    std::vector<SyntheticFiles> synthetic_files;
    std::vector<Statements> sql;
    Position position;
};

// A statement that a route runs; placeholders in braces are drawn per request.
struct Statement {
    std::string text;
    bool writes = false;
    std::optional<RandomVariable> cost; // modelled: nanoseconds; else the cost model's
};

// "GET /api/products/*": '*' stands for any characters.
struct RoutePattern {
    std::string method; // empty: any
    std::string path;
};

struct AppRoute {
    RoutePattern pattern;
    RandomVariable cpu;         // nanoseconds on one vCPU
    std::vector<Statement> sql; // one after the other, after the CPU time
    RandomVariable size;        // bytes of the response's body
    std::string cache_control = {};
    double error_rate = 0;   // share of requests that the application itself answers with 500
    std::string text = {};   // what the body begins with; health checks look for words in it
    bool is_private = false; // the answer is one viewer's own
    Position position;
};

// How a value for a placeholder is drawn.
struct ValueSource {
    // ranked: among the choices, the first ones most; files: among the objects of a bucket, so too.
    enum class Kind { uniform, zipf, sequence, choice, files, ranked };
    Kind kind = Kind::uniform;
    std::uint64_t count = 1; // uniform and zipf: 1..count
    double exponent = 1;     // of Zipf's law, by rank; 0: all alike
    std::vector<std::string> choices;
    std::string bucket = {}; // files: logical id; draws the key of one of its deployed objects
};

enum class SQLEngine { automatic, real, model };

struct App {
    Duration start = std::chrono::seconds(30); // from running to answering
    double concurrency_per_vcpu = 64;          // requests in work at once; more of them wait
    std::uint32_t queue_limit = 1024;          // and more than that are refused
    Duration keep_alive = std::chrono::seconds(65);
    std::string health_path = "/health";
    bool health_needs_database = false;
    std::string health_text = "ok\n";
    RandomVariable health_cpu;
    std::uint64_t memory_per_request = 0; // bytes; more than the type has: the process is killed
    std::vector<AppRoute> routes;         // the first that matches
    std::map<std::string, ValueSource> values;
    SQLEngine sql_engine = SQLEngine::automatic;
};

// A rate over time: straight lines between points, constant before the first and after the last. A
// step is two points at one time. Visits per second.
struct RateCurve {
    struct Point {
        Duration at{};
        double per_second = 0;
    };

    std::vector<Point> points;

    double at(Duration since_start) const;
    double greatest() const;
    // Expected number of arrivals in [0, end).
    double integral(Duration end) const;
};

struct RequestStep {
    std::string method = "GET";
    bool is_tls = false;
    std::string host;
    std::string path; // with placeholders
    std::uint64_t body_bytes = 0;
    std::optional<Duration> signed_for; // by the client's clock, valid for that long
    std::string name; // as written: "GET https://www.example.com/api/products/{product}"
};

struct ThinkStep {
    RandomVariable time; // nanoseconds
};

struct Step {
    double share = 1;        // of the visits that take this step
    std::uint32_t times = 1; // one after the other
    std::variant<RequestStep, ThinkStep> action;
    Position position;
};

struct Patience {
    Duration timeout = std::chrono::seconds(10);
    std::uint32_t retries = 0;
    // Before retry n it waits base * 2^(n-1), times a random factor in [1 - jitter, 1].
    Duration backoff = std::chrono::milliseconds(500);
    bool backoff_is_exponential = true;
    double jitter = 1;
};

struct Resolver {
    bool caches = true;
    std::optional<Duration> least_ttl; // some hold records longer than they may
    std::optional<Duration> greatest_ttl;
};

// One request of an access log.
struct LoggedRequest {
    Duration at{};
    RequestStep request;
};

// Open loop: visits begin at a rate whatever happens to those before them.
struct OpenLoop {
    RateCurve rate;
    bool is_poisson = true; // else evenly spaced
};

// Closed loop: so many users, each of whom begins a visit when the last one has ended.
struct ClosedLoop {
    RateCurve users;
    RandomVariable pause; // between visits
};

struct Replay {
    std::vector<LoggedRequest> requests; // by time
};

struct Population {
    std::string name;
    std::vector<std::pair<std::string, double>> from; // place, share; shares sum to 1
    Resolver resolver;
    std::variant<OpenLoop, ClosedLoop, Replay> arrivals;
    std::vector<Step> visit;
    Patience patience;
    bool keeps_connections = true; // within a visit
    bool keeps_cookies = true;
    Duration clock_skew{};
    Position position;
};

// Which resources a fault hits. All conditions that are given hold.
struct TargetSelector {
    enum class Mode { all, count, share };
    std::vector<std::string> ids; // physical or logical
    std::map<std::string, std::string> tags;
    std::string zone;
    Mode mode = Mode::all;
    std::uint32_t count = 0;
    double share = 1;
};

struct Fault {
    int number = 0; // from 1, in the order of the file
    std::string name;
    Duration at{};
    std::optional<Duration> lasts; // nothing: does not end by itself
    std::string action;            // "aws:ec2:terminate-instances", "az-power-interruption"
    TargetSelector target;
    std::map<std::string, std::string> parameters; // as written; lists with commas
    std::map<std::string, double> quantities;      // those that are quantities, in base units
    std::map<std::string, RandomVariable> laws;    // those that are laws
    Position position;
};

// Part of a run; nothing: its beginning or end.
struct Window {
    std::optional<Duration> from;
    std::optional<Duration> to;
};

// What can be measured of a run: "outcomes(shoppers, "GET …").p99", "metric(AWS/RDS CPUUtilization,
// Database).max", "writes_lost", "cost".
struct Measure {
    std::string name;                   // "outcomes", "metric", "expression", "alarm", …
    std::vector<std::string> arguments; // without quotes
    std::string attribute;              // "p99", "error_rate", "max"; empty: the measure itself
    Window window;
};

enum class ComparisonOperator { less, less_or_equal, equal, not_equal, greater_or_equal, greater };

struct ComparisonExpectation {
    Measure measure;
    ComparisonOperator comparison = ComparisonOperator::less;
    // In base units (nanoseconds, shares, bytes, dollars); of metric() and expression() as
    // CloudWatch counts (seconds, percent, bytes).
    double bound = 0;
    std::string bound_text;
    std::optional<Measure> other; // compared with instead of the bound, times `bound`
};

struct AlarmExpectation {
    std::string alarm; // logical id or name
    std::string state; // "ALARM", "OK"
    bool never = false;
    std::optional<Duration> within;
    std::optional<int> fault; // number; nothing: of the start
    Window window;            // of one that is never to become so
};

struct RecoveryExpectation {
    std::string population; // empty: all
    Duration within{};
    int fault = 1;
};

struct Expectation {
    std::string text;
    std::variant<ComparisonExpectation, AlarmExpectation, RecoveryExpectation> what;
    Position position;
};

// Parameters to vary: every combination is a run of its own.
struct Matrix {
    std::vector<std::pair<std::string, std::vector<std::string>>> axes; // key as for --set
    std::vector<std::uint64_t> seeds;
    Position position;
};

struct Scenario {
    std::string name;
    std::string description; // the comment at the head of the file
    std::string path;
    std::string world; // the chosen one, if the file has worlds
    Timestamp start;   // of virtual time
    Duration duration{};
    Duration warmup = std::chrono::seconds(0); // traffic flows, outcomes do not count
    std::uint64_t seed = 1;
    Deploy deploy;
    App app;
    std::vector<Population> traffic;
    std::vector<Fault> faults;
    std::vector<Expectation> expectations;
    Matrix matrix;
    std::map<std::string, double> prices; // overrides, dollars by name of the price
};

} // namespace diorama::simulation
