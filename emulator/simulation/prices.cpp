// See prices.hpp.
#include "emulator/simulation/prices.hpp"

#include <algorithm>
#include <array>

namespace diorama::simulation {

namespace {

struct Price {
    std::string_view name;
    double dollars;
};

// clang-format off
constexpr std::array prices{
    // https://aws.amazon.com/elasticloadbalancing/pricing/
    Price{"alb.hour", 0.0225},
    Price{"alb.lcu", 0.008},                    // LCU-hour
    // https://aws.amazon.com/cloudfront/pricing/ (United States, Mexico, Canada, Europe)
    Price{"cloudfront.gb_out", 0.085},
    Price{"cloudfront.gb_to_origin", 0.02},
    Price{"cloudfront.http_requests", 0.75},    // million
    Price{"cloudfront.https_requests", 1.00},   // million
    Price{"cloudfront.invalidation_path", 0.005},
    // https://aws.amazon.com/cloudwatch/pricing/
    Price{"cloudwatch.alarm", 0.10},            // month
    Price{"cloudwatch.high_resolution_alarm", 0.30},
    Price{"cloudwatch.metric", 0.30},           // custom metric, month
    // https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/ebs/pricing/
    Price{"ec2.public_ipv4", 0.005},            // hour
    Price{"ec2.gp3_storage", 0.08},             // GB-month
    // https://aws.amazon.com/rds/mysql/pricing/
    Price{"rds.backup", 0.095},                 // GB-month beyond the size of the databases
    Price{"rds.storage", 0.115},                // GB-month of gp2 and gp3
    // https://aws.amazon.com/route53/pricing/
    Price{"route53.health_check", 0.50},        // month, of endpoints in AWS
    Price{"route53.hosted_zone", 0.50},         // month
    Price{"route53.queries", 0.40},             // million
    // https://aws.amazon.com/s3/pricing/
    Price{"s3.get_requests", 0.40},             // million
    Price{"s3.put_requests", 5.00},             // million
    Price{"s3.storage", 0.023},                 // GB-month
    // https://aws.amazon.com/sns/pricing/
    Price{"sns.email_notifications", 20.00},    // million
    Price{"sns.http_notifications", 0.60},      // million
    Price{"sns.publishes", 0.50},               // million
    // https://aws.amazon.com/ec2/pricing/on-demand/#Data_Transfer
    Price{"transfer.out", 0.09},                // GB to the internet
    Price{"transfer.zones", 0.01},              // GB, in each direction
};

// Of the size large; other sizes cost in proportion, with the exceptions below.
// https://aws.amazon.com/ec2/pricing/on-demand/ (Linux)
constexpr std::array large_instances{
    Price{"c5", 0.085},    Price{"c6a", 0.0765},  Price{"c6g", 0.068},   Price{"c6i", 0.085},
    Price{"c7g", 0.0725},  Price{"c7i", 0.08925}, Price{"m5", 0.096},    Price{"m6a", 0.0864},
    Price{"m6g", 0.077},   Price{"m6i", 0.096},   Price{"m7g", 0.0816},  Price{"m7i", 0.1008},
    Price{"r5", 0.126},    Price{"r6g", 0.1008},  Price{"r6i", 0.126},   Price{"r7g", 0.1071},
    Price{"t2", 0.0928},   Price{"t3", 0.0832},   Price{"t3a", 0.0752},  Price{"t4g", 0.0672},
};
constexpr std::array odd_instances{
    Price{"m1.small", 0.044}, Price{"t2.nano", 0.0058}, Price{"t2.small", 0.023},
};

// https://aws.amazon.com/rds/mysql/pricing/ (one zone)
constexpr std::array large_classes{
    Price{"db.m5", 0.171},  Price{"db.m6g", 0.152}, Price{"db.m6i", 0.171}, Price{"db.m7g", 0.168},
    Price{"db.r5", 0.240},  Price{"db.r6g", 0.215}, Price{"db.r6i", 0.240}, Price{"db.r7g", 0.239},
    Price{"db.t3", 0.136},  Price{"db.t4g", 0.129},
};
constexpr std::array odd_classes{
    Price{"db.t4g.medium", 0.065},
};

// Against the size large.
constexpr std::array sizes{
    Price{"nano", 0.0625}, Price{"micro", 0.125}, Price{"small", 0.25},  Price{"medium", 0.5},
    Price{"large", 1},     Price{"xlarge", 2},    Price{"2xlarge", 4},   Price{"4xlarge", 8},
    Price{"8xlarge", 16},  Price{"12xlarge", 24}, Price{"16xlarge", 32}, Price{"24xlarge", 48},
};
// clang-format on

template <class Table>
std::optional<double> price_in(const Table& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &Price::name);
    if (found == table.end()) return std::nullopt;
    return found->dollars;
}

// "m6g.large" by its family and size.
template <class Families, class Odd>
std::optional<double>
price_of_type(const Families& families, const Odd& odd, std::string_view type) {
    if (const auto dollars = price_in(odd, type)) return dollars;
    const auto dot = type.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto large = price_in(families, type.substr(0, dot));
    const auto size = price_in(sizes, type.substr(dot + 1));
    if (!large || !size) return std::nullopt;
    return *large * *size;
}

constexpr std::string_view instance_prefix = "ec2.";
constexpr std::string_view class_prefix = "rds.";

} // namespace

std::optional<double> Prices::find(std::string_view name) const {
    if (const auto overridden = overrides_.find(std::string(name)); overridden != overrides_.end())
        return overridden->second;
    if (const auto dollars = price_in(prices, name)) return dollars;
    if (name.starts_with(instance_prefix))
        return price_of_type(large_instances, odd_instances, name.substr(instance_prefix.size()));
    if (name.starts_with(class_prefix))
        return price_of_type(large_classes, odd_classes, name.substr(class_prefix.size()));
    return std::nullopt;
}

bool is_price_name(std::string_view name) {
    if (price_in(prices, name)) return true;
    const auto is_type = [name](std::string_view prefix) {
        return name.starts_with(prefix) && name.find('.', prefix.size()) != std::string_view::npos;
    };
    return is_type(instance_prefix) || is_type("rds.db.");
}

std::vector<std::string> price_names() {
    std::vector<std::string> names;
    for (const auto& price : prices)
        names.emplace_back(price.name);
    return names;
}

} // namespace diorama::simulation
