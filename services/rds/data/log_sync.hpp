// Brings what was committed onto the disk: SQLite has written it to its log (WAL) and let the next
// writer go on; here all who have committed meanwhile wait for the same sync.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace diorama::rds {

class LogSync {
public:
    // The log that lies beside this database.
    explicit LogSync(const std::string& database);
    ~LogSync();
    LogSync(const LogSync&) = delete;
    LogSync& operator=(const LogSync&) = delete;

    // Something was written, and is on the disk when this returns. Any thread; it blocks.
    void wait();

    // The same for threads that must not block: `synced` is called from the thread that `run` takes
    // the work to; false: the disk has refused.
    using Synced = std::function<void(bool succeeded)>;
    using Run = std::function<void(std::function<void()> work)>;
    void when_synced(Synced synced, const Run& run);

    // Something was written that nobody waits for; sync_noted() brings it onto the disk, if there
    // is any.
    void note() { is_noted_ = true; }

    void sync_noted();

    std::uint64_t syncs() const { return syncs_; }

private:
    void sync();
    void serve();

    std::string path_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::uint64_t begun_ = 0; // syncs, counted from one
    std::uint64_t done_ = 0;
    bool is_running_ = false;
    bool is_serving_ = false;
    std::vector<Synced> waiting_; // for whoever serves
    std::atomic<bool> is_noted_{false};
    std::atomic<std::uint64_t> syncs_{0};
    int descriptor_ = -1; // of whoever runs
};

} // namespace diorama::rds
