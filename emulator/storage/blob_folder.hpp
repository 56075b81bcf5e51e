// The files of disk_blobs.cpp: how one is written, read and synced, where it lies, how those who
// wait for the same folder share its sync, and the files that lie ready for a busy store.
#pragma once

#include "emulator/storage/blob_store.hpp"

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace diorama::storage {

// A file descriptor with an owner. What fails throws BlobError.
class File {
public:
    File(const std::filesystem::path& path, int flags);
    ~File();

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    void write(std::string_view bytes);
    // Returns how many bytes were there.
    std::size_t read(std::uint64_t offset, char* target, std::size_t length) const;
    // The disk begins with what was written while more is on its way, so that sync() finds little
    // left to do.
    void begin_to_sync(std::uint64_t offset, std::size_t length);
    void sync();

private:
    std::filesystem::path path_;
    int descriptor_;
};

void sync_folder(const std::filesystem::path& folder);

// Many blobs may wait for one folder; whoever comes while a sync is under way shares the next one.
class SharedSync {
public:
    void sync(const std::filesystem::path& folder);

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::uint64_t asked_ = 0;
    std::uint64_t done_ = 0;
    bool is_running_ = false;
};

// What blobs and writers share with their store; outlives it.
struct BlobFolder {
    static constexpr std::uint64_t neighbours = 1024; // ids that follow one another in one folder

    std::filesystem::path root;
    std::atomic<std::uint64_t> last_number{0};
    std::atomic<bool> is_closed{false};
    Durability durability = Durability::full;
    std::array<SharedSync, 256> syncs{};

    static std::size_t shard_of(std::uint64_t number) { return number / neighbours % 256; }

    static std::string id_of(std::uint64_t number);

    std::filesystem::path shard(std::uint64_t number) const;

    std::filesystem::path path_of(std::uint64_t number) const {
        return shard(number) / id_of(number);
    }
};

// Files that were made, and their folders synced, before anybody writes into them, so that a blob
// waits for its own bytes only: to sync a folder in which others go on making files is to wait for
// the file system's next commit. What nobody took is removed with the store, or by the next
// process.
class Reserve {
public:
    explicit Reserve(std::shared_ptr<BlobFolder> folder)
        : folder_(std::move(folder)) {}

    ~Reserve();

    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;

    // The number of a file that is there; nothing: the caller makes one.
    std::optional<std::uint64_t> take();

private:
    void keep_filled();
    std::vector<std::uint64_t> make_files();

    std::shared_ptr<BlobFolder> folder_;
    std::mutex mutex_; // guards what follows
    std::condition_variable wake_;
    std::deque<std::uint64_t> ready_;
    int asked_ = 0;
    bool is_closing_ = false;
    std::thread filler_; // runs once the store is busy
};

} // namespace diorama::storage
