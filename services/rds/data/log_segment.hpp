// A piece of an instance's change log as one object of the backup store: entries one after another,
// each with its position, its moment and its length.
#pragma once

#include "services/rds/data/change_log.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds {

inline constexpr std::string_view log_segment_head = "diorama-rds-log-1\n";

void append_entry(std::string& segment, const LogEntry& entry);
// Nothing for bytes that are not a whole segment.
std::optional<std::vector<LogEntry>> decode_segment(std::string_view bytes);

} // namespace diorama::rds
