// The emulator's own pages: health (in its own words and in those that test containers wait for),
// the clock, the mailbox.
#pragma once

#include "emulator/aws/gateway.hpp"
#include "emulator/network/names.hpp"
#include "emulator/options.hpp"
#include "emulator/world/clock.hpp"
#include "services/ec2/ec2.hpp"
#include "services/route53/route53.hpp"
#include "services/sns/sns.hpp"

namespace diorama {

struct PageSources {
    const Options& options;
    WorldClock& clock;
    const network::Names& names;
    const sns::SNS& sns;
    const ec2::EC2& ec2;
    const route53::Route53& route53;
};

// clang-format off
//     GET /_localstack/health, /_diorama/health    which services there are, and which ports were redirected
//     GET /_diorama/clock                          the emulated time and its scale
//     POST /_diorama/clock                         advances it: {"advance": "1h"} or {"to": "2026-11-23T00:00:00Z"}
//     GET /_diorama/mailbox                        letters that SNS delivered to email subscribers
// clang-format on
void add_pages(aws::Gateway& gateway, const PageSources& sources);

} // namespace diorama
