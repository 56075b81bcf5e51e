// See sample_results.hpp.
#include "tests/unit/emulator/simulation/report/sample_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace diorama::simulation::test {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t steps = 300;
constexpr Duration step = seconds(72);
constexpr Duration fault_from = hours(3) + minutes(30);

// Repeatable roughness in [0, 1).
double rough(std::size_t index, std::size_t stream) {
    std::uint64_t mixed = (index + 1) * 0x9e3779b97f4a7c15U ^ (stream + 7) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 31)) * 0x94d049bb133111ebU;
    return static_cast<double>((mixed ^ (mixed >> 29)) >> 11) / 9007199254740992.0;
}

double hour_of(std::size_t i) {
    return (static_cast<double>(i) + 0.5) * 72 / 3600;
}

double rate_at(double hour) {
    constexpr std::array<std::pair<double, double>, 5> curve{
        {{0, 2400}, {2, 5400}, {3, 15600}, {4, 15600}, {6, 4200}}
    };
    for (std::size_t i = 1; i < curve.size(); ++i) {
        const auto [from, low] = curve[i - 1];
        const auto [to, high] = curve[i];
        if (hour <= to) return low + (high - low) * (hour - from) / (to - from);
    }
    return curve.back().second;
}

// 1 just after the zone has died, gone ten minutes later.
double shock_at(double hour) {
    const double since = (hour - 3.5) * 60;
    return since < 0 || since > 12 ? 0 : std::exp(-since / 2.6);
}

struct Curves {
    std::vector<double> requests, errors, p50, p95, p99, hits, origin, healthy, unhealthy;
    std::vector<double> web_cpu, database_cpu, statements, connections, timed_out;
};

Curves curves() {
    Curves made;
    for (std::size_t i = 0; i < steps; ++i) {
        const double hour = hour_of(i);
        const double load = rate_at(hour) / 15600;
        const double shock = shock_at(hour);
        const double requests = rate_at(hour) * (0.985 + 0.03 * rough(i, 1));
        const double hits = (hour < 0.3 ? 60 + 110 * hour : 93.5) - 0.8 * rough(i, 2);
        const double origin = requests * (1 - hits / 100);
        made.requests.push_back(requests);
        made.errors.push_back(requests * (0.00003 * rough(i, 3) + 0.021 * shock));
        made.p50.push_back(0.011 + 0.004 * load + 0.002 * rough(i, 4) + 0.05 * shock);
        made.p95.push_back(0.061 + 0.05 * load * load + 0.01 * rough(i, 5) + 0.9 * shock);
        made.p99.push_back(0.135 + 0.18 * load * load + 0.05 * rough(i, 6) + 3.4 * shock);
        made.hits.push_back(hits);
        made.origin.push_back(origin);
        const double wanted = std::clamp(std::floor(origin / 95) + 3, 3.0, 18.0);
        made.healthy.push_back(std::max(2.0, wanted - std::floor(6 * shock)));
        made.unhealthy.push_back(shock > 0.3 ? 5 : 0);
        made.web_cpu.push_back(38 + 22 * load + 6 * rough(i, 7) + 30 * shock);
        made.database_cpu.push_back(12 + 35 * load + 4 * rough(i, 8));
        // The database's metric is late, and missing while it fails over.
        made.statements.push_back(
            shock > 0.5 ? std::numeric_limits<double>::quiet_NaN() : origin * 1.15
        );
        made.connections.push_back(std::floor(wanted * 8 + 5 * rough(i, 9)));
        made.timed_out.push_back(requests * 0.012 * shock);
    }
    return made;
}

void add_timelines(Results& results) {
    const Curves made = curves();
    const auto add = [&](const char* component,
                         const char* name,
                         const char* unit,
                         const std::vector<double>& values) {
        results.timelines.push_back({component, name, unit, values});
    };
    add("Clients", "Requests", "requests/s", made.requests);
    add("Clients", "Errors", "requests/s", made.errors);
    add("Clients", "p50 latency", "s", made.p50);
    add("Clients", "p95 latency", "s", made.p95);
    add("Clients", "p99 latency", "s", made.p99);
    add("Clients", "Timed out", "requests/s", made.timed_out);
    add("CloudFront", "Requests", "requests/s", made.requests);
    add("CloudFront", "Cache hit ratio", "%", made.hits);
    add("CloudFront", "Origin requests", "requests/s", made.origin);
    add("Application Load Balancer", "Requests", "requests/s", made.origin);
    add("Application Load Balancer", "Healthy hosts", "", made.healthy);
    add("Application Load Balancer", "Unhealthy hosts", "", made.unhealthy);
    add("Application Load Balancer", "p50 target response time", "s", made.p50);
    add("Application Load Balancer", "p99 target response time", "s", made.p99);
    add("Web servers", "CPU utilization", "%", made.web_cpu);
    add("Web servers", "Instances in service", "", made.healthy);
    add("Database", "CPU utilization", "%", made.database_cpu);
    add("Database", "Statements", "statements/s", made.statements);
    add("Database", "Connections", "", made.connections);
}

void add_latencies(Results& results) {
    for (int band = 0; band < 40; ++band)
        results.latency_bands.push_back(std::round(1e6 * 0.001 * std::pow(10, band / 9.0)) / 1e6);
    for (std::size_t i = 0; i < steps; ++i) {
        std::vector<std::uint32_t> counts(40);
        const double load = rate_at(hour_of(i)) / 15600;
        for (int band = 0; band < 40; ++band) {
            const double hit = std::exp(-std::pow((band - 9 - 2 * load) / 2.6, 2));
            const double miss = 0.12 * std::exp(-std::pow((band - 19 - 3 * load) / 3.2, 2));
            const double slow =
                0.2 * shock_at(hour_of(i)) * std::exp(-std::pow((band - 32) / 3.0, 2));
            counts[static_cast<std::size_t>(band)] = static_cast<std::uint32_t>(
                rate_at(hour_of(i)) * 12 * (hit + miss + slow) *
                (0.9 + 0.2 * rough(i, static_cast<std::size_t>(band)))
            );
        }
        results.latency_heat.push_back(counts);
    }
}

// Something like a lognormal distribution, with a slow tail.
Distribution latencies(double median, double spread, double count) {
    Distribution made;
    for (double nines = 0; std::pow(10, -nines) * count >= 1; nines += 0.02) {
        const double share = std::pow(10, -nines) - std::pow(10, -nines - 0.02);
        const double deviation = std::sqrt(2 * nines * std::log(10)) - 1.18;
        const double tail = nines > 3 ? 1.4 * (nines - 3) : 0;
        const double value = median * std::exp(spread * deviation + tail);
        // Clients wait no longer than eight seconds.
        made.add(std::min(value, 8.0), std::max(1.0, std::floor(share * count)));
    }
    return made;
}

OutcomeRow
outcome(const char* population, const char* route, std::uint64_t total, double bad, double median) {
    OutcomeRow row;
    row.population = population;
    row.route = route;
    const auto errors = static_cast<std::uint64_t>(static_cast<double>(total) * bad);
    row.count[static_cast<std::size_t>(Outcome::bad_gateway)] = errors / 3;
    row.count[static_cast<std::size_t>(Outcome::unavailable)] = errors / 6;
    row.count[static_cast<std::size_t>(Outcome::timed_out)] = errors - errors / 3 - errors / 6;
    row.count[static_cast<std::size_t>(Outcome::client_error)] = total / 9000;
    row.count[static_cast<std::size_t>(Outcome::ok)] = total - errors - total / 9000;
    row.retries = errors * 4 / 3;
    row.gave_up = errors / 5;
    row.latency = latencies(median, 0.75, static_cast<double>(total));
    return row;
}

void add_outcomes(Results& results) {
    results.outcomes = {
        outcome("shoppers", "GET https://www.example.com/", 13'512'004, 0.00072, 0.021),
        outcome("shoppers", "GET https://static.example.com/{asset}", 162'144'048, 0.00004, 0.009),
        outcome(
            "shoppers",
            "GET https://www.example.com/api/products/{product}",
            13'401'220,
            0.00081,
            0.034
        ),
        outcome("shoppers", "POST https://www.example.com/api/orders", 2'680'211, 0.0012, 0.052),
        outcome(
            "partners",
            "GET https://www.example.com/api/products/{product}",
            864'000,
            0.00066,
            0.041
        ),
    };
}

void add_architecture(Results& results) {
    results.components = {
        {"clients", "clients", "Clients", "shoppers, partners"},
        {"dns", "route53", "Route 53", "www and static.example.com"},
        {"edge", "cloudfront", "CloudFront", "3 edge locations"},
        {"assets", "s3", "Assets bucket", "10,240 objects"},
        {"balancer", "elbv2", "Application Load Balancer", "round robin, 3 zones"},
        {"web", "ec2", "Web servers", "3 to 18 instances of m6g.large"},
        {"database", "rds", "Database", "db.m6g.large, Multi-AZ"},
        {"alarms", "cloudwatch", "CloudWatch", "3 alarms"},
    };
    results.flows = {
        {"clients", "dns", "DNS queries", 2'411'870, 0},
        {"clients", "edge", "requests", 192'601'483, 4.1e12},
        {"edge", "assets", "misses", 3'112'940, 9.2e10},
        {"edge", "balancer", "misses", 10'402'112, 1.6e11},
        {"balancer", "web", "requests", 10'402'112, 1.6e11},
        {"web", "database", "SQL statements", 11'962'428, 4e9},
    };
}

void add_verdict(Results& results) {
    results.expectations = {
        {"outcomes(shoppers).error_rate < 0.1%",
         true,
         "0.019%",
         "< 0.1%",
         fault_from + seconds(72),
         "",
         "zone-dies.yaml",
         48},
        {"outcomes(shoppers, \"GET https://www.example.com/\").p99 < 150ms",
         false,
         "p99 = 214 ms",
         "< 150 ms",
         fault_from + seconds(72),
         "Application Load Balancer",
         "zone-dies.yaml",
         49},
        {"alarm(UnhealthyHosts) becomes ALARM within 3m of fault(1)",
         true,
         "after 1m50s",
         "within 3m",
         std::nullopt,
         "",
         "zone-dies.yaml",
         50},
        {"recovered within 8m of fault(1)",
         false,
         "after 9m",
         "within 8m",
         fault_from + minutes(9),
         "Web servers",
         "zone-dies.yaml",
         51},
        {"writes_lost == 0", true, "0 of 2.68M", "== 0", std::nullopt, "", "zone-dies.yaml", 52},
        {"metric(AWS/AutoScaling GroupInServiceInstances, WebGroup).max <= 24",
         true,
         "max = 18",
         "<= 24",
         hours(3) + minutes(3),
         "",
         "zone-dies.yaml",
         53},
        {"cost < 12 USD", true, "$9.61", "< 12 USD", std::nullopt, "", "zone-dies.yaml", 54},
    };
    results.checkers = {
        {"every request has exactly one outcome", 192'601'483, 0},
        {"a cache serves nothing beyond its freshness and allowed staleness", 179'086'431, 0},
        {"a drained target gets no new request", 10'402'112, 0},
        {"an alarm changes state only by its rule", 1'080, 0},
        {"no acknowledged write is lost", 2'676'995, 0},
    };
    results.cost = {
        {"EC2", "m6g.large instance hours", 61.2, "hours", 0.077, 4.71},
        {"RDS", "db.m6g.large Multi-AZ hours", 6, "hours", 0.318, 1.91},
        {"CloudFront", "transfer to clients", 18.4, "GB", 0.085, 1.56},
        {"ELB", "load balancer hours and capacity units", 6, "hours", 0.0225, 1.29},
        {"Route 53", "queries", 0.335, "million queries", 0.4, 0.134},
        {"S3", "requests", 0.0031, "million requests", 0.4, 0.0012},
    };
    results.cost_note = "us-east-1 on demand, prices of 2026-11-01, without free tiers";
}

} // namespace

Results sample_results() {
    Results results;
    results.scenario = "zone-dies-at-peak";
    results.description = "A zone loses power at the peak of Black Friday. Does anyone notice?";
    results.path = "scenarios/zone-dies.yaml";
    results.seed = 1;
    results.command =
        "diorama run scenarios/zone-dies.yaml --seed 1 --set DBInstanceClass=db.m6g.large";
    results.version = "0.1.0";
    results.start = *parse_iso8601("2026-11-27T09:00:00Z");
    results.duration = hours(6);
    results.simulated = hours(6);
    results.sql_engine = "model";
    results.parameters = {{"MinSize", "3"}, {"MaxSize", "24"}, {"DBInstanceClass", "db.m6g.large"}};
    results.requests = 192'601'483;
    results.visits = 13'512'004;
    results.events = 1'204'881'020;
    results.sql_statements = 11'962'428;
    results.acknowledged_writes = 2'676'995;
    results.cache_hits = 179'086'431;
    results.cache_misses = 13'515'052;
    results.dns_queries = 2'411'870;
    results.step = step;
    add_timelines(results);
    add_latencies(results);
    add_outcomes(results);
    add_sample_events(results);
    add_architecture(results);
    add_verdict(results);
    return results;
}

} // namespace diorama::simulation::test
