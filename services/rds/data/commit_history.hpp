// What was committed since the oldest snapshot that a transaction still reads. A transaction that
// has written reads the newest state of the file; with this it can take back what others committed
// after its snapshot.
#pragma once

#include "services/rds/data/change_log.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace diorama::rds {

class CommitHistory {
public:
    using Entries = std::vector<std::shared_ptr<const LogEntry>>;

    // Keeps what is committed after `position`, until the same is closed.
    void open(std::uint64_t position);
    void close(std::uint64_t position);
    // In the order of positions.
    void add(LogEntry entry);
    // Nothing when it was too much to be kept.
    std::optional<Entries> since(std::uint64_t position) const;

private:
    mutable std::mutex mutex_;
    std::multiset<std::uint64_t> open_;
    std::deque<std::shared_ptr<const LogEntry>> entries_;
    std::size_t changes_ = 0;
    std::uint64_t forgotten_ = 0; // the last position that was dropped for want of room
};

} // namespace diorama::rds
