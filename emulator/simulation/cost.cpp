// See cost.hpp.
#include "emulator/simulation/cost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

namespace diorama::simulation {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr double gigabyte = 1e9;
constexpr double million = 1e6;

double hours(Duration span) {
    return std::chrono::duration<double, std::ratio<3600>>(span).count();
}

// AWS: "billed in one-second increments", each with a minimum.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-purchasing-options.html
double billed_hours(Duration running, Duration minimum) {
    if (running <= Duration::zero()) return 0;
    const auto whole = std::chrono::ceil<seconds>(running);
    return hours(std::max<Duration>(whole, minimum));
}

class Bill {
public:
    explicit Bill(const Prices& prices)
        : prices_(prices) {}

    // What the line is named in front of, by service, and how much of its unit.
    struct Item {
        std::string_view service;
        std::string what;
        double quantity = 0;
        std::string_view unit;
        std::string price; // its name
    };

    void add(Item item) {
        if (!(item.quantity > 0)) return;
        CostLine line{
            std::string(item.service),
            std::move(item.what),
            item.quantity,
            std::string(item.unit)
        };
        if (const auto price = prices_.find(item.price)) {
            line.price = *price;
            line.dollars = item.quantity * *price;
        } else {
            line.price = std::numeric_limits<double>::quiet_NaN();
            without_price_.push_back(item.price);
        }
        lines_.push_back(std::move(line));
    }

    Cost finish() && {
        std::string note =
            fmt::format("us-east-1 on demand, prices of {}, without free tier", prices_as_of);
        if (prices_.has_overrides()) note += ", some given by the scenario";
        if (!without_price_.empty())
            note += fmt::format(
                "; not in the sum, because no price is known: {}",
                fmt::join(without_price_, ", ")
            );
        return {std::move(lines_), std::move(note)};
    }

private:
    const Prices& prices_;
    std::vector<CostLine> lines_;
    std::vector<std::string> without_price_;
};

void add_instances(Bill& bill, const Usage& usage) {
    std::map<std::string, double> by_type;
    for (const auto& instance : usage.instances)
        // AWS: "with a minimum of 60 seconds".
        by_type[instance.type] += billed_hours(instance.running, minutes(1));
    for (const auto& [type, running] : by_type)
        bill.add({"EC2", type + " instance hours", running, "hours", "ec2." + type});
    const double months = 1 / hours_per_month;
    bill.add({"EC2", "gp3 volumes", usage.volume_gb_hours * months, "GB-months", "ec2.gp3_storage"}
    );
    bill.add({"EC2", "public IPv4 addresses", usage.public_ipv4_hours, "hours", "ec2.public_ipv4"});
    bill.add(
        {"EC2",
         "data transfer between zones",
         // AWS: "$0.01/GB in each direction": a byte is paid for where it leaves and arrives.
         2 * usage.bytes_between_zones / gigabyte,
         "GB",
         "transfer.zones"}
    );
    bill.add({"EC2", "data out", usage.bytes_out / gigabyte, "GB", "transfer.out"});
}

void add_load_balancers(Bill& bill, const Usage& usage) {
    double load_balancer_hours = 0;
    double units = 0;
    for (const auto& balancer : usage.load_balancers) {
        // AWS: "Each partial Application Load Balancer hour used is billed as a full hour."
        load_balancer_hours += static_cast<double>(balancer.hours.size());
        for (const auto& hour : balancer.hours)
            units += capacity_units(hour);
    }
    bill.add(
        {"Elastic Load Balancing",
         "application load balancer hours",
         load_balancer_hours,
         "hours",
         "alb.hour"}
    );
    bill.add({"Elastic Load Balancing", "capacity units", units, "LCU-hours", "alb.lcu"});
}

void add_edge(Bill& bill, const Usage& usage) {
    constexpr std::string_view service = "CloudFront";
    bill.add(
        {service,
         "HTTP requests",
         usage.cloudfront_http_requests / million,
         "million",
         "cloudfront.http_requests"}
    );
    bill.add(
        {service,
         "HTTPS requests",
         usage.cloudfront_https_requests / million,
         "million",
         "cloudfront.https_requests"}
    );
    bill.add({service, "data out", usage.cloudfront_bytes_out / gigabyte, "GB", "cloudfront.gb_out"}
    );
    bill.add(
        {service,
         "data to the origin",
         usage.cloudfront_bytes_to_origin / gigabyte,
         "GB",
         "cloudfront.gb_to_origin"}
    );
    bill.add(
        {service,
         "invalidation paths",
         usage.cloudfront_invalidated_paths,
         "paths",
         "cloudfront.invalidation_path"}
    );
}

void add_objects(Bill& bill, const Usage& usage) {
    const double months = hours(usage.span) / hours_per_month;
    bill.add({"S3", "GET requests", usage.s3_get_requests / million, "million", "s3.get_requests"});
    bill.add({"S3", "PUT requests", usage.s3_put_requests / million, "million", "s3.put_requests"});
    bill.add({"S3", "storage", usage.s3_bytes_stored / gigabyte * months, "GB-months", "s3.storage"}
    );
    bill.add({"S3", "data out", usage.s3_bytes_out / gigabyte, "GB", "transfer.out"});
}

void add_databases(Bill& bill, const Usage& usage) {
    std::map<std::string, double> by_class;
    double storage = 0;
    for (const auto& database : usage.databases) {
        // AWS: "Compute costs: Billed per DB instance-hour for both the primary and standby
        // instances." "Storage costs: Charged per GB-month for the storage provisioned for both".
        // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_OnDemandDBInstances.html
        const double copies = database.is_multi_az ? 2 : 1;
        // AWS: "billed in one-second increments, with a minimum of 10 minutes".
        by_class[database.instance_class] += copies * billed_hours(database.running, minutes(10));
        storage += copies * database.storage_gb * hours(database.allocated) / hours_per_month;
    }
    for (const auto& [name, running] : by_class)
        bill.add({"RDS", name + " instance hours", running, "hours", "rds." + name});
    bill.add({"RDS", "storage", storage, "GB-months", "rds.storage"});
}

void add_what_watches(Bill& bill, const Usage& usage) {
    const double months = hours(usage.span) / hours_per_month;
    bill.add(
        {"Route 53", "hosted zones", usage.hosted_zones * months, "months", "route53.hosted_zone"}
    );
    bill.add({"Route 53", "queries", usage.dns_queries / million, "million", "route53.queries"});
    bill.add(
        {"Route 53", "health checks", usage.health_checks * months, "months", "route53.health_check"
        }
    );
    bill.add({"CloudWatch", "alarms", usage.alarms * months, "months", "cloudwatch.alarm"});
    bill.add(
        {"CloudWatch",
         "high-resolution alarms",
         usage.high_resolution_alarms * months,
         "months",
         "cloudwatch.high_resolution_alarm"}
    );
    bill.add(
        {"CloudWatch",
         "custom metrics",
         usage.custom_metrics * months,
         "months",
         "cloudwatch.metric"}
    );
    const auto notifications = [&bill](std::string what, double count, std::string price) {
        bill.add({"SNS", std::move(what), count / million, "million", std::move(price)});
    };
    notifications("publishes", usage.notifications_published, "sns.publishes");
    notifications("HTTP notifications", usage.notifications_by_http, "sns.http_notifications");
    notifications("e-mail notifications", usage.notifications_by_email, "sns.email_notifications");
}

} // namespace

// AWS: "An LCU contains: 25 new connections per second. 3,000 active connections per minute. 1 GB
// per hour for Amazon EC2 instances, containers, and IP addresses as targets […]. 1,000 rule
// evaluations per second." "You are charged only on the dimension with the highest usage."
// https://aws.amazon.com/elasticloadbalancing/pricing/
double capacity_units(const LoadBalancerHour& hour) {
    constexpr double seconds_per_hour = 3600;
    return std::max(
        {hour.new_connections / seconds_per_hour / 25,
         hour.active_connections / 3000,
         hour.processed_bytes / gigabyte,
         hour.rule_evaluations / seconds_per_hour / 1000}
    );
}

Cost cost_of(const Usage& usage, const Prices& prices) {
    Bill bill(prices);
    add_instances(bill, usage);
    add_load_balancers(bill, usage);
    add_edge(bill, usage);
    add_objects(bill, usage);
    add_databases(bill, usage);
    add_what_watches(bill, usage);
    return std::move(bill).finish();
}

} // namespace diorama::simulation
