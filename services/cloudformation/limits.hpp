// Every number of this service, with its source.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
#pragma once

#include "emulator/time/time.hpp"

#include <cstddef>

namespace diorama::cloudformation::limits {

// Templates. AWS: 51,200 bytes in a request, 1 MB in an S3 object, 500 resources, 200 parameters,
// 200 outputs, 200 mappings.
inline constexpr std::size_t template_body_bytes = 51'200;
inline constexpr std::size_t template_object_bytes = 1'048'576;
inline constexpr std::size_t resources_per_template = 500;
inline constexpr std::size_t parameters_per_template = 200;
inline constexpr std::size_t outputs_per_template = 200;
inline constexpr std::size_t mappings_per_template = 200;
// Ours: values a YAML template may stand for (aliases multiply), and how deep.
inline constexpr std::size_t template_nodes = 200'000;
inline constexpr std::size_t template_depth = 100;

inline constexpr std::size_t parameter_value_bytes = 4096;
// AWS: 2000 in a region; here in all of them, with those that were deleted.
inline constexpr std::size_t stacks = 10'000;
inline constexpr std::size_t tags_per_stack = 50;
// AWS: deleted stacks are listed for 90 days.
inline constexpr std::chrono::hours deleted_stacks_are_kept{90 * 24};

inline constexpr std::chrono::hours looks_for_old_stacks{1};

// Pages. AWS: DescribeStackEvents and the like give up to 1 MB; here so many entries.
inline constexpr std::size_t entries_per_page = 100;

// How often a resource that is not stable yet is looked at: at first, and at least; and how long.
inline constexpr std::chrono::milliseconds stabilisation_poll{500};
inline constexpr std::chrono::seconds longest_stabilisation_poll{10};
// UNKNOWN: AWS says only that it differs by resource; a multi-zone database may take an hour.
inline constexpr std::chrono::hours stabilisation_timeout{3};

// How long a removal is tried again while something else still holds the resource.
inline constexpr std::chrono::minutes removal_patience{30};

} // namespace diorama::cloudformation::limits
