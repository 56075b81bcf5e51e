// The log (WAL) of an instance's file on its way to the disk: commits wait until it is synced, and
// from time to time it is copied into the file. Left to SQLite, that would be done by whoever
// commits when the log has grown long, while others wait for the thread and for the writer's place.
// https://www.sqlite.org/wal.html#ckpt
#include "services/rds/data/engine.hpp"
#include "services/rds/limits.hpp"

#include <algorithm>
#include <future>

namespace diorama::rds {

void Engine::watch_log(sqlite3* connection) {
    if (!settings_.is_durable) return; // SQLite does it, without waiting for the disk
    sqlite3_wal_hook(
        connection,
        [](void* self, sqlite3*, const char*, int pages) {
            auto& engine = *static_cast<Engine*>(self);
            engine.log_pages_ = pages;
            if (pages < limits::log_pages) engine.log_pages_wanted_ = limits::log_pages;
            return SQLITE_OK;
        },
        this
    );
}

bool Engine::takes_over_copying() {
    return log_pages_ >= log_pages_wanted_ && !is_copied_.exchange(true);
}

void Engine::make_durable() {
    if (!settings_.is_durable) return;
    if (!waits_for_log_) return log_sync_.note();
    log_sync_.wait();
    if (takes_over_copying()) copy_log();
}

void Engine::when_durable(LogSync::Synced synced, const LogSync::Run& run) {
    log_sync_.when_synced(std::move(synced), run);
    if (takes_over_copying()) run([this] { copy_log(); });
}

void Engine::sync_noted() {
    log_sync_.sync_noted();
    if (takes_over_copying()) copy_log();
}

// Most of it beside those who write. What they add meanwhile is copied while nobody writes: only
// when nothing is left does SQLite begin the log anew. If somebody reads an old state of it, it
// grows some more until the next try.
void Engine::copy_log() {
    const auto copy = [this] {
        int pages = 0;
        const int mode = SQLITE_CHECKPOINT_PASSIVE;
        sqlite3_wal_checkpoint_v2(copier_.get(), nullptr, mode, &pages, nullptr);
        return pages;
    };
    auto pages = copy();
    const auto granted = std::make_shared<std::promise<void>>();
    constexpr auto patience = std::chrono::seconds(1);
    if (writer_lock_.acquire(copier_.get(), [granted] { granted->set_value(); }) ||
        granted->get_future().wait_for(patience) == std::future_status::ready)
        pages = copy();
    writer_lock_.withdraw(copier_.get());
    log_pages_wanted_ = std::max(pages, log_pages_.load()) + limits::log_pages / 4;
    is_copied_ = false;
}

} // namespace diorama::rds
