#include "emulator/simulation/cost.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace diorama::simulation {

using namespace std::chrono_literals;

namespace {

const CostLine* line(const Cost& cost, std::string_view service, std::string_view what) {
    for (const auto& one : cost.lines)
        if (one.service == service && one.what == what) return &one;
    return nullptr;
}

double dollars(const Usage& usage, std::string_view service, std::string_view what) {
    const Cost cost = cost_of(usage, Prices());
    const auto* found = line(cost, service, what);
    CAPTURE(what);
    REQUIRE(found != nullptr);
    return found->dollars;
}

} // namespace

TEST_CASE("cost: nothing used costs nothing and has no lines") {
    CHECK(cost_of({}, Prices()).lines.empty());
}

TEST_CASE("cost: instances are paid by the second, for a minute at least") {
    Usage usage;
    usage.instances = {{"m6g.large", 1h}, {"m6g.large", 30min}, {"m6g.large", 10s}};
    CHECK(
        dollars(usage, "EC2", "m6g.large instance hours") ==
        doctest::Approx(0.077 * (1.5 + 1.0 / 60))
    );
    usage.instances = {{"m6g.large", 90s + 1ms}};
    CHECK(dollars(usage, "EC2", "m6g.large instance hours") == doctest::Approx(0.077 * 91 / 3600));
}

TEST_CASE("cost: sizes of a family cost in proportion, where AWS does so") {
    const Prices prices;
    CHECK(prices.find("ec2.t3.micro") == doctest::Approx(0.0104));
    CHECK(prices.find("ec2.m5.4xlarge") == doctest::Approx(0.768));
    CHECK(prices.find("ec2.t2.small") == doctest::Approx(0.023));
    CHECK(prices.find("rds.db.t3.micro") == doctest::Approx(0.017));
    CHECK(prices.find("rds.db.m6g.xlarge") == doctest::Approx(0.304));
    CHECK_FALSE(prices.find("ec2.p5.48xlarge"));
    CHECK_FALSE(prices.find("ec2.large"));
}

TEST_CASE("cost: a load balancer is charged with the dimension it used most") {
    struct Case {
        LoadBalancerHour hour;
        double units;
    };

    const Case cases[]{
        {{25 * 3600, 0, 0, 0}, 1},
        {{0, 6000, 1e9, 0}, 2},
        {{25 * 3600, 3000, 3e9, 0}, 3},
        {{0, 0, 0, 4000 * 3600}, 4},
        {{}, 0},
    };
    for (const auto& example : cases)
        CHECK(capacity_units(example.hour) == doctest::Approx(example.units));
}

TEST_CASE("cost: a started hour of a load balancer is a whole one, its units are as used") {
    Usage usage;
    usage.load_balancers = {{{{25 * 3600, 0, 0, 0}, {0, 0, 5e8, 0}}}};
    CHECK(
        dollars(usage, "Elastic Load Balancing", "application load balancer hours") ==
        doctest::Approx(2 * 0.0225)
    );
    CHECK(
        dollars(usage, "Elastic Load Balancing", "capacity units") == doctest::Approx(1.5 * 0.008)
    );
}

TEST_CASE("cost: a database in two zones costs twice, and ten minutes at least") {
    Usage usage;
    usage.databases = {{"db.m6g.large", 730h, 730h, 100, true}};
    CHECK(dollars(usage, "RDS", "db.m6g.large instance hours") == doctest::Approx(2 * 730 * 0.152));
    CHECK(dollars(usage, "RDS", "storage") == doctest::Approx(2 * 100 * 0.115));
    usage.databases = {{"db.m6g.large", 1min, 73h, 100, false}};
    CHECK(dollars(usage, "RDS", "db.m6g.large instance hours") == doctest::Approx(0.152 / 6));
    CHECK(dollars(usage, "RDS", "storage") == doctest::Approx(100 * 0.115 / 10));
}

TEST_CASE("cost: everything else by its unit") {
    Usage usage;
    usage.span = 73h; // a tenth of a month
    usage.cloudfront_https_requests = 2e6;
    usage.cloudfront_http_requests = 4e6;
    usage.cloudfront_bytes_out = 10e9;
    usage.s3_get_requests = 1e6;
    usage.s3_put_requests = 1e6;
    usage.s3_bytes_stored = 100e9;
    usage.s3_bytes_out = 1e9;
    usage.dns_queries = 5e6;
    usage.hosted_zones = 2;
    usage.alarms = 3;
    usage.custom_metrics = 10;
    usage.notifications_by_http = 1e6;
    usage.bytes_between_zones = 1e9;
    usage.bytes_out = 1e9;
    CHECK(dollars(usage, "CloudFront", "HTTPS requests") == doctest::Approx(2));
    CHECK(dollars(usage, "CloudFront", "HTTP requests") == doctest::Approx(3));
    CHECK(dollars(usage, "CloudFront", "data out") == doctest::Approx(0.85));
    CHECK(dollars(usage, "S3", "GET requests") == doctest::Approx(0.4));
    CHECK(dollars(usage, "S3", "PUT requests") == doctest::Approx(5));
    CHECK(dollars(usage, "S3", "storage") == doctest::Approx(0.23));
    CHECK(dollars(usage, "S3", "data out") == doctest::Approx(0.09));
    CHECK(dollars(usage, "Route 53", "queries") == doctest::Approx(2));
    CHECK(dollars(usage, "Route 53", "hosted zones") == doctest::Approx(0.1));
    CHECK(dollars(usage, "CloudWatch", "alarms") == doctest::Approx(0.03));
    CHECK(dollars(usage, "CloudWatch", "custom metrics") == doctest::Approx(0.3));
    CHECK(dollars(usage, "SNS", "HTTP notifications") == doctest::Approx(0.6));
    CHECK(dollars(usage, "EC2", "data transfer between zones") == doctest::Approx(0.02));
    CHECK(dollars(usage, "EC2", "data out") == doctest::Approx(0.09));
}

TEST_CASE("cost: a scenario's own prices come first, and the note says so") {
    Usage usage;
    usage.instances = {{"m6g.large", 2h}};
    const Cost cost = cost_of(usage, Prices({{"ec2.m6g.large", 0.05}}));
    CHECK(line(cost, "EC2", "m6g.large instance hours")->dollars == doctest::Approx(0.1));
    CHECK(cost.note.find("given by the scenario") != std::string::npos);
}

TEST_CASE("cost: what has no known price is not taken for free") {
    Usage usage;
    usage.instances = {{"p5.48xlarge", 1h}};
    const Cost cost = cost_of(usage, Prices());
    REQUIRE(cost.lines.size() == 1);
    CHECK(std::isnan(cost.lines[0].price));
    CHECK(cost.lines[0].dollars == 0);
    CHECK(cost.note.find("ec2.p5.48xlarge") != std::string::npos);
}

TEST_CASE("cost: names of prices that a scenario may give") {
    CHECK(is_price_name("alb.lcu"));
    CHECK(is_price_name("ec2.p5.48xlarge"));
    CHECK(is_price_name("rds.db.x2g.large"));
    CHECK_FALSE(is_price_name("alb.lcus"));
    CHECK_FALSE(is_price_name("ec2.gp3"));
    CHECK_FALSE(is_price_name("rds.backups"));
    for (const auto& name : price_names())
        CHECK(is_price_name(name));
}

} // namespace diorama::simulation
