// What a run would have cost: from what was used, in plain numbers, to the lines of a bill.
#pragma once

#include "emulator/simulation/prices.hpp"
#include "emulator/simulation/results.hpp"

#include <string>
#include <vector>

namespace diorama::simulation {

// An hour of a load balancer, or the part of one that is in the run; counts, not rates.
struct LoadBalancerHour {
    double new_connections = 0;
    double active_connections = 0; // on average over the minutes
    double processed_bytes = 0;
    double rule_evaluations = 0; // beyond the first ten rules of each request
};

// What was used between the beginning and the end of the run.
struct Usage {
    struct Instance {
        std::string type;
        Duration running{};
    };

    struct LoadBalancer {
        std::vector<LoadBalancerHour> hours;
    };

    struct Database {
        std::string instance_class;
        Duration running{};
        Duration allocated{}; // storage is paid for also while it is stopped
        double storage_gb = 0;
        bool is_multi_az = false;
    };

    Duration span{}; // of what is paid for by the month
    std::vector<Instance> instances;
    double volume_gb_hours = 0;   // of volumes (gp3)
    double public_ipv4_hours = 0; // of addresses
    std::vector<LoadBalancer> load_balancers;
    double cloudfront_http_requests = 0;
    double cloudfront_https_requests = 0;
    double cloudfront_bytes_out = 0;
    double cloudfront_bytes_to_origin = 0; // bodies that viewers sent
    double cloudfront_invalidated_paths = 0;
    double s3_get_requests = 0;
    double s3_put_requests = 0;
    double s3_bytes_stored = 0; // on average
    double s3_bytes_out = 0;    // to the internet; to CloudFront they are free
    std::vector<Database> databases;
    double hosted_zones = 0;
    double health_checks = 0;
    double dns_queries = 0; // those to aliases of AWS's own resources are free
    double alarms = 0;
    double high_resolution_alarms = 0;
    double custom_metrics = 0;
    double notifications_published = 0;
    double notifications_by_http = 0;
    double notifications_by_email = 0;
    double bytes_between_zones = 0;
    double bytes_out = 0; // from instances and load balancers to the internet
};

// How many load balancer capacity units an hour is charged with.
double capacity_units(const LoadBalancerHour& hour);

struct Cost {
    std::vector<CostLine> lines; // only what was used; by service
    std::string note;            // "us-east-1 on demand, prices of …"
};

// A line without a price has NaN for it, and the note names it: such a sum is only a lower bound.
Cost cost_of(const Usage& usage, const Prices& prices);

} // namespace diorama::simulation
