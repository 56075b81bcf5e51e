// The health checkers: where they are, and the addresses by which AWS knows them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::route53 {

struct CheckerBlock {
    std::string_view region;
    std::string_view block;   // of addresses, as GetCheckerIpRanges gives it
    std::string_view address; // of the checker in it
};

// Two in each of eight regions.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/route-53-ip-addresses.html
std::span<const CheckerBlock> checker_blocks();

// Those that look after a health check with these regions; all when there are none. Regions take
// turns, so that the first eighth of an interval already sees the endpoint from everywhere.
std::vector<const CheckerBlock*> checkers_in(const std::vector<std::string>& regions);

} // namespace diorama::route53
