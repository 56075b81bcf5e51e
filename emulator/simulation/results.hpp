// What a run has measured, in the form in which it is reported: plain values, times counted from
// the start of the run. Made by the run, judged by expectations, shown by the report; equal for
// equal seeds, to the byte.
#pragma once

#include "emulator/metrics/distribution.hpp"
#include "emulator/time/time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace diorama::simulation {

// How a request ended, seen by its client. Every request has exactly one; a retry is a request of
// its own.
enum class Outcome : std::uint8_t {
    ok,              // 1xx to 3xx
    client_error,    // 4xx
    server_error,    // 5xx of the application
    bad_gateway,     // 502
    unavailable,     // 503
    gateway_timeout, // 504
    timed_out,       // the client stopped waiting
    unresolved,      // no address for the name
    unreachable,     // no connection
    count_           // how many there are
};
inline constexpr std::size_t outcome_count = static_cast<std::size_t>(Outcome::count_);
std::string_view name_of(Outcome outcome); // "ok", "gateway timeout"
bool is_error(Outcome outcome);            // everything but ok and client_error

// The part of a row that falls into one step of the timelines; in memory that does not grow with
// the number of requests.
struct OutcomeStep {
    std::array<std::uint32_t, outcome_count> count{};
    std::uint32_t retries = 0;
    std::uint32_t gave_up = 0;
    // Latencies of answers in seconds, ascending, each standing for a bucket two per cent wide,
    // with how many there were.
    std::vector<std::pair<float, std::uint32_t>> latency;
};

// The requests of one population to one route.
struct OutcomeRow {
    std::string population;
    std::string route; // the step as written
    std::array<std::uint64_t, outcome_count> count{};
    std::uint64_t retries = 0;
    std::uint64_t gave_up = 0; // visits that ended early because of it
    Distribution latency;      // seconds, of requests that got an answer
    // By step, for expectations of a part of the run; not told by reports.
    std::vector<OutcomeStep> steps;

    std::uint64_t total() const;
    std::uint64_t errors() const;
};

// Values at evenly spaced times: entry i stands for [i, i + 1) * step. Missing values are NaN.
// Those of "Clients" named "Requests", "Errors" (both requests/s), "p50 latency", "p95 latency" and
// "p99 latency" (s) make the timeline that all share; others are shown in the panel of their
// component.
struct Timeline {
    std::string component; // "Clients", else the label of a Component
    std::string name;      // "Requests", "p99 latency"
    std::string unit;      // "requests/s", "s", "%" (0 to 100), "bytes", "bytes/s", ""
    std::vector<double> values;
};

// A bar in the scaling timeline.
struct InstanceLife {
    std::string id;
    std::string type;
    std::string zone;
    std::string group;
    Duration launched{};
    std::optional<Duration> in_service; // healthy behind its load balancer for the first time
    std::optional<Duration> left;       // began to leave: drained or failed
    std::optional<Duration> terminated;
    std::string end_reason;
    bool failed = false; // it broke, rather than that it was no longer wanted
    std::uint64_t requests = 0;
};

struct AlarmPeriod {
    std::string alarm; // name
    std::string state; // "OK", "ALARM", "INSUFFICIENT_DATA"
    Duration from{};
    Duration to{};
    std::string reason;
    std::string logical_id; // in the template, if it is from there

    // What people call it.
    const std::string& shown() const { return logical_id.empty() ? alarm : logical_id; }
};

struct FaultPeriod {
    int number = 0;
    std::string name; // as given, else the action
    std::string action;
    std::vector<std::string> targets;
    Duration from{};
    std::optional<Duration> to; // nothing: at once, or until the end
    std::string failure;        // why it could not be injected
};

// Something that happened, for people: "3h31m  web: launched i-…".
struct Moment {
    Duration at{};
    std::string component;
    std::string text;
    int weight = 0; // how interesting; the most interesting ones are shown first
};

// A box of the architecture and an arrow between two.
struct Component {
    std::string id; // "edge", "balancer/web"
    std::string
        kind; // "clients", "route53", "cloudfront", "s3", "elbv2", "ec2", "rds", "cloudwatch"
    std::string label;
    std::string detail; // "3 to 24 instances of m6g.large"
};

struct Flow {
    std::string from; // component ids
    std::string to;
    std::string label; // "requests", "misses", "SQL statements"
    double count = 0;
    double bytes = 0;
};

struct ExpectationResult {
    std::string text;
    bool passed = false;
    std::string measured;          // "p99 = 734 ms"
    std::string bound;             // "< 900 ms"
    std::optional<Duration> worst; // when it was worst
    std::string points_to;         // the component to look at: its label
    std::string file;
    int line = 0;
};

// A rule of the cloud that was broken: a defect of ours.
struct Violation {
    std::string checker;
    std::string text;
    Duration at{};
};

struct CheckerResult {
    std::string name; // "every request has exactly one outcome"
    std::uint64_t checks = 0;
    std::uint64_t violations = 0;
};

struct CostLine {
    std::string service;
    std::string what; // "m6g.large instance hours"
    double quantity = 0;
    std::string unit; // "hours", "GB", "million requests"
    double price = 0; // dollars per unit
    double dollars = 0;
};

struct Results {
    std::string scenario;
    std::string description;
    std::string path;
    std::uint64_t seed = 0;
    std::string command; // replays this run
    std::string version;
    Timestamp start;
    Duration duration{};  // that was to be simulated
    Duration simulated{}; // less when interrupted
    bool interrupted = false;
    bool is_live = false;   // in real time, over sockets
    std::string sql_engine; // "real", "model"
    std::vector<std::pair<std::string, std::string>> parameters;

    std::uint64_t requests = 0;
    std::uint64_t visits = 0;
    std::uint64_t events = 0;
    std::uint64_t sql_statements = 0;
    std::uint64_t stale_reads = 0;
    std::uint64_t acknowledged_writes = 0;
    std::uint64_t lost_writes = 0;
    std::uint64_t cache_hits = 0;
    std::uint64_t cache_misses = 0;
    std::uint64_t dns_queries = 0;

    Duration step{}; // of every timeline
    std::vector<OutcomeRow> outcomes;
    std::vector<Timeline> timelines;
    // Latency of all requests by step and by value: a heat map. Entry [i][j] counts the answers of
    // step i in band j; band j reaches up to latency_bands[j] seconds.
    std::vector<double> latency_bands;
    std::vector<std::vector<std::uint32_t>> latency_heat;
    std::vector<InstanceLife> instances;
    std::vector<AlarmPeriod> alarms;
    std::vector<FaultPeriod> faults;
    std::vector<Moment> moments; // by time
    std::vector<Component> components;
    std::vector<Flow> flows;
    std::vector<ExpectationResult> expectations;
    std::vector<CheckerResult> checkers;
    std::vector<Violation> violations;
    std::vector<CostLine> cost;
    std::string cost_note; // "us-east-1 on demand, prices of 2026-11-01"

    bool held() const; // every expectation passed and nothing was violated
    double dollars() const;
};

// The boxes and arrows of the cloud: the arrows through which nothing went are left out, and the
// boxes that no arrow meets.
void set_architecture(
    Results& results,
    std::size_t populations,
    std::size_t instances,
    std::vector<Flow> flows
);

} // namespace diorama::simulation
