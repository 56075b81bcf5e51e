// Load balancers: https://docs.aws.amazon.com/general/latest/gr/elb.html
// Bucket websites: https://docs.aws.amazon.com/general/latest/gr/s3.html
// Distributions: "HostedZoneId: Z2FDTNDATAQYW2. This is always the hosted zone ID when you create
// an alias record that routes traffic to a CloudFront distribution."
#include "services/route53/control/alias_zones.hpp"

#include <fmt/format.h>

namespace diorama::route53 {

namespace {

struct RegionZones {
    std::string_view region;
    std::string_view load_balancer;
    std::string_view bucket_website;
};

constexpr RegionZones region_zones[] = {
    {"us-east-1", "Z35SXDOTRQ7X7K", "Z3AQBSTGFYJSTF"},
    {"us-east-2", "Z3AADJGX6KTTL2", "Z2O1EMRO9K5GLX"},
    {"us-west-1", "Z368ELLRRE2KJ0", "Z2F56UZL2M1ACD"},
    {"us-west-2", "Z1H1FL5HABSF5", "Z3BJ6K6RIION7M"},
    {"ca-central-1", "ZQSVJUPU6J1EY", "Z1QDHH18159H29"},
    {"sa-east-1", "Z2P70J7HTTTPLU", "Z7KQH4QJS55SO"},
    {"eu-west-1", "Z32O12XQLNTSW2", "Z1BKCTXD74EZPE"},
    {"eu-west-2", "ZHURV8PSTC4K8", "Z3GKZC51ZF0DB4"},
    {"eu-west-3", "Z3Q77PNBQS71R4", "Z3R1K369G5AVDG"},
    {"eu-central-1", "Z215JYRZR1TBD5", "Z21DNDUVLTQW6Q"},
    {"eu-north-1", "Z23TAZ6LKFMNIO", "Z3BAZG2TWCNX0D"},
    {"ap-south-1", "ZP97RAFLXTNZK", "Z11RGJOFQNVJUP"},
    {"ap-southeast-1", "Z1LMS91P8CMLE5", "Z3O0J2DXBE1FTB"},
    {"ap-southeast-2", "Z1GM3OXH4ZPM65", "Z1WCIGYICN2BYD"},
    {"ap-northeast-1", "Z14GRHDCWA56QT", "Z2M4EHUR26P7ZW"},
    {"ap-northeast-2", "ZWKZPGTI48KDX", "Z3W03O7B5YMIYP"},
    {"ap-northeast-3", "Z5LXEXXYW11ES", "Z2YQB5RD63NC85"},
};

constexpr std::string_view distribution_zone = "Z2FDTNDATAQYW2";

} // namespace

std::optional<AliasZone> find_alias_zone(std::string_view hosted_zone_id) {
    if (hosted_zone_id == distribution_zone) return AliasZone{AliasZone::Kind::distribution, {}};
    for (const auto& zones : region_zones) {
        if (hosted_zone_id == zones.load_balancer) {
            return AliasZone{AliasZone::Kind::load_balancer, zones.region};
        }
        if (hosted_zone_id == zones.bucket_website) {
            return AliasZone{AliasZone::Kind::bucket_website, zones.region};
        }
    }
    return std::nullopt;
}

std::optional<std::string> alias_zone_id(AliasZone::Kind kind, std::string_view region) {
    if (kind == AliasZone::Kind::distribution) return std::string(distribution_zone);
    for (const auto& zones : region_zones) {
        if (zones.region != region) continue;
        return std::string(
            kind == AliasZone::Kind::load_balancer ? zones.load_balancer : zones.bucket_website
        );
    }
    return std::nullopt;
}

// DIFFERS: with the names that work without set-up ("--advertise local") a resource is called
// <name>.elb.localhost, <id>.cloudfront.localhost or s3-website.localhost, in every region.
bool lies_within(const AliasZone& zone, std::string_view name) {
    switch (zone.kind) {
    case AliasZone::Kind::load_balancer:
        return name.ends_with(fmt::format(".{}.elb.amazonaws.com.", zone.region)) ||
               name.ends_with(".elb.localhost.");
    case AliasZone::Kind::distribution:
        return name.ends_with(".cloudfront.net.") || name.ends_with(".cloudfront.localhost.");
    case AliasZone::Kind::bucket_website:
        return name.ends_with(fmt::format("s3-website-{}.amazonaws.com.", zone.region)) ||
               name.ends_with(fmt::format("s3-website.{}.amazonaws.com.", zone.region)) ||
               name.ends_with("s3-website.localhost.") ||
               name.ends_with(fmt::format("s3-website-{}.localhost.", zone.region)) ||
               name.ends_with(fmt::format("s3-website.{}.localhost.", zone.region));
    }
    return false;
}

} // namespace diorama::route53
