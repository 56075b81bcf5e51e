// See log_segment.hpp.
#include "services/rds/data/log_segment.hpp"

#include "emulator/mysql/packet.hpp"

namespace diorama::rds {

void append_entry(std::string& segment, const LogEntry& entry) {
    if (segment.empty()) segment = log_segment_head;
    mysql::put_fixed(segment, entry.position, 8);
    mysql::put_fixed(
        segment,
        static_cast<std::uint64_t>(entry.committed.time_since_epoch().count()),
        8
    );
    const auto changes = encode(entry.changes);
    mysql::put_fixed(segment, changes.size(), 8);
    segment += changes;
}

std::optional<std::vector<LogEntry>> decode_segment(std::string_view bytes) {
    if (!bytes.starts_with(log_segment_head)) return std::nullopt;
    mysql::PacketReader reader(bytes.substr(log_segment_head.size()));
    std::vector<LogEntry> entries;
    while (!reader.at_end()) {
        LogEntry entry;
        entry.position = reader.fixed(8);
        entry.committed = Timestamp(Duration(static_cast<std::int64_t>(reader.fixed(8))));
        const auto length = reader.fixed(8);
        if (reader.failed() || length > reader.left()) return std::nullopt;
        auto changes = decode_changes(reader.bytes(length));
        if (!changes) return std::nullopt;
        entry.changes = *std::move(changes);
        entries.push_back(std::move(entry));
    }
    return entries;
}

} // namespace diorama::rds
