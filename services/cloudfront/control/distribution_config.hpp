// The rules for a DistributionConfig: what AWS fills in, what it refuses, what the emulator cannot
// do yet (refused, or reported where it is harmless), and what of it is looked up by others.
#pragma once

#include "emulator/aws/call.hpp"
#include "services/cloudfront/api.hpp"
#include "services/cloudfront/state.hpp"

namespace diorama::cloudfront {

// AWS's defaults for what was left out, so that reading back gives a whole configuration.
void fill_defaults(api::DistributionConfig& config);

// Throws AWS's error for what is wrong with a configuration that has its defaults. `own_id` is the
// distribution's id, empty when it is being created.
void check(
    const api::DistributionConfig& config,
    const State& state,
    const std::string& account,
    const std::string& own_id
);

// Throws 501 NotImplemented for what would be unsafe or misleading to accept, and reports what is
// merely without effect.
void refuse_unsupported(const api::DistributionConfig& config);
void report_ignored(const aws::Call& call, const api::DistributionConfig& config);

// Sets what a record keeps beside the configuration.
void describe_in(DistributionRecord& record, const api::DistributionConfig& config);

} // namespace diorama::cloudfront
