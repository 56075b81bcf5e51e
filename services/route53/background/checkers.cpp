// See checkers.hpp.
#include "services/route53/background/checkers.hpp"

#include <algorithm>

namespace diorama::route53 {

namespace {

constexpr CheckerBlock blocks[] = {
    {"us-east-1", "54.243.31.192/26", "54.243.31.196"},
    {"us-west-1", "54.183.255.128/26", "54.183.255.132"},
    {"us-west-2", "54.244.52.192/26", "54.244.52.196"},
    {"eu-west-1", "54.228.16.0/26", "54.228.16.4"},
    {"ap-southeast-1", "54.251.31.128/26", "54.251.31.132"},
    {"ap-southeast-2", "54.252.79.128/26", "54.252.79.132"},
    {"ap-northeast-1", "54.248.220.0/26", "54.248.220.4"},
    {"sa-east-1", "54.232.40.64/26", "54.232.40.68"},
    {"us-east-1", "107.23.255.0/26", "107.23.255.4"},
    {"us-west-1", "54.241.32.64/26", "54.241.32.68"},
    {"us-west-2", "54.245.168.0/26", "54.245.168.4"},
    {"eu-west-1", "176.34.159.192/26", "176.34.159.196"},
    {"ap-southeast-1", "54.255.254.192/26", "54.255.254.196"},
    {"ap-southeast-2", "54.252.254.192/26", "54.252.254.196"},
    {"ap-northeast-1", "54.250.253.192/26", "54.250.253.196"},
    {"sa-east-1", "177.71.207.128/26", "177.71.207.132"},
};

} // namespace

std::span<const CheckerBlock> checker_blocks() {
    return blocks;
}

std::vector<const CheckerBlock*> checkers_in(const std::vector<std::string>& regions) {
    std::vector<const CheckerBlock*> checkers;
    for (const auto& checker : blocks) {
        if (regions.empty() || std::ranges::find(regions, checker.region) != regions.end()) {
            checkers.push_back(&checker);
        }
    }
    return checkers;
}

} // namespace diorama::route53
