// Every number of the service, with its source.
#pragma once

#include "emulator/time/pace.hpp"

#include <cstddef>
#include <cstdint>

namespace diorama::route53::limits {

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
inline constexpr std::size_t hosted_zones_per_account_max = 500;
inline constexpr std::size_t record_sets_per_zone_max = 10'000;
inline constexpr std::size_t values_per_record_set_max = 400;
inline constexpr std::size_t record_sets_per_name_and_type_max = 100; // of a policy
inline constexpr std::size_t geoproximity_per_name_and_type_max = 30;
inline constexpr std::size_t ip_based_per_name_and_type_max = 1'000;
inline constexpr std::size_t health_checks_per_account_max = 200;
inline constexpr std::size_t delegation_sets_per_account_max = 100;
inline constexpr std::size_t zones_per_delegation_set_max = 100;
inline constexpr std::size_t vpcs_per_zone_max = 300;
inline constexpr std::size_t traffic_policies_per_account_max = 50;
inline constexpr std::size_t traffic_policy_instances_per_account_max = 5;
inline constexpr std::int64_t traffic_policy_versions_max = 1'000;
inline constexpr std::size_t child_health_checks_max = 255;
inline constexpr std::size_t cidr_collections_per_account_max = 5;
inline constexpr std::size_t cidr_blocks_per_collection_max = 1'000;
// "A request cannot contain more than 1,000 ResourceRecord elements. When the value of the Action
// element is UPSERT, each ResourceRecord element is counted twice." "The sum of the number of
// characters … in all Value elements in a request cannot exceed 32,000 characters."
inline constexpr std::size_t values_per_batch_max = 1'000;
inline constexpr std::size_t value_characters_per_batch_max = 32'000;
inline constexpr std::size_t tags_per_resource_max = 50; // AWS General Reference, tagging

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html
inline constexpr std::size_t multivalue_answers_max = 8;
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-ipbased.html
inline constexpr unsigned cidr_prefix_v4_max = 24;
inline constexpr unsigned cidr_prefix_v6_max = 48;

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
// "Route 53 must be able to establish a TCP connection with the endpoint within four seconds. In
// addition, the endpoint must respond with an HTTP status code of 2xx or 3xx within two seconds
// after connecting"; the body "within the next two seconds"; TCP alone: "within ten seconds".
inline constexpr Duration probe_connect_timeout = std::chrono::seconds(4);
inline constexpr Duration probe_response_timeout = std::chrono::seconds(2);
inline constexpr Duration probe_body_timeout = std::chrono::seconds(2);
inline constexpr Duration probe_tcp_timeout = std::chrono::seconds(10);
inline constexpr std::size_t probe_searched_bytes = 5'120;
// "If more than 18% of health checkers report that an endpoint is healthy, Route 53 considers it
// healthy."
inline constexpr double healthy_percentage = 18;
// How often alarms and load balancers are looked at, and metrics of health are told. UNKNOWN: AWS
// does not say; metrics have a resolution of a minute.
inline constexpr Duration alarm_polling_interval = std::chrono::seconds(5);
inline constexpr Duration target_polling_interval = std::chrono::seconds(1);
inline constexpr Duration health_metrics_interval = std::chrono::seconds(10);

// https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZones.html: "If you have
// more hosted zones than the value of maxitems"; "maxitems" is at most 100, and for record sets
// 300.
inline constexpr std::int64_t hosted_zones_per_page_max = 100;
inline constexpr std::int64_t record_sets_per_page_max = 300;
inline constexpr std::int64_t health_checks_per_page_max = 100;
inline constexpr std::int64_t authorizations_per_page_max = 50;
inline constexpr std::int64_t geo_locations_per_page_max = 100;
inline constexpr std::int64_t query_logging_configs_per_page_max = 100;
inline constexpr std::int64_t cidr_items_per_page_max = 100;

// AWS: changes "generally propagate to all Route 53 name servers within 60 seconds". DIFFERS: in a
// brisk emulator clients see PENDING without waiting for long.
inline constexpr PacedDuration propagation_delay{
    std::chrono::milliseconds(100),
    std::chrono::seconds(30)
};
// How long GetChange knows a change. UNKNOWN: AWS does not say.
inline constexpr Duration change_lifetime = std::chrono::hours(24);

// New zones, as observed; TTLs in seconds.
inline constexpr std::uint32_t name_servers_ttl = 172'800;
inline constexpr std::uint32_t start_of_authority_ttl = 900;
// AWS: an alias to a load balancer, a distribution or a bucket website has a TTL of 60 seconds.
inline constexpr std::uint32_t alias_ttl = 60;

// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSBehavior.html: responses over UDP
// are up to 512 bytes, with EDNS(0) up to 4,096.
inline constexpr std::size_t udp_bytes = 512;
inline constexpr std::uint16_t udp_bytes_with_edns = 4096;
// How many CNAMEs and aliases one answer follows. UNKNOWN: AWS does not say; resolvers give up
// between 8 and 17.
inline constexpr int chain_length_max = 16;
// RFC 7766 6.2.3 leaves the timeout of idle connections to the server, "of the order of seconds".
inline constexpr Duration tcp_idle_timeout = std::chrono::seconds(10);
// How long one message may take to come, however many bytes of it keep coming.
inline constexpr Duration tcp_message_timeout = std::chrono::seconds(10);
// Open connections of each thread: beyond that the one that has been quiet for longest goes.
inline constexpr std::size_t tcp_sessions_per_thread_max = 256;
// Answers over UDP that one network off this machine gets in a second, how many networks each
// thread counts, and which share of what is refused is told to come back over TCP.
inline constexpr double responses_per_second = 100;
inline constexpr std::size_t limited_networks = 4'096;
inline constexpr std::uint32_t truncated_of_refused = 2;
// How long another server may take, and how many questions may be under way to it.
inline constexpr Duration upstream_timeout = std::chrono::seconds(5);
inline constexpr std::size_t upstream_questions_per_thread_max = 256;
// Of that time, how often a datagram is sent; and how many local ports are tried for it.
inline constexpr int upstream_tries = 5;
inline constexpr int upstream_port_tries = 8;

// Lines of query logs that wait for the disk.
inline constexpr std::size_t query_log_waiting_bytes_max = 4 * 1024 * 1024;

} // namespace diorama::route53::limits
