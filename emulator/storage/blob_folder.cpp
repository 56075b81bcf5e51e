// See blob_folder.hpp.
#include "emulator/storage/blob_folder.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <set>
#include <unistd.h>

namespace diorama::storage {

namespace fs = std::filesystem;

namespace {

// Blobs, before which a store is not busy.
constexpr int few = 16;
// Files lie ready: more are made when there are as few as this, and so many.
constexpr std::size_t ready_min = 32;
constexpr int made_at_once = 64;

[[noreturn]] void fail(std::string_view what, const fs::path& path) {
    throw BlobError(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

} // namespace

File::File(const fs::path& path, int flags)
    : path_(path)
    , descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) fail("open", path);
}

File::~File() {
    ::close(descriptor_);
}

void File::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail("write", path_);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::size_t File::read(std::uint64_t offset, char* target, std::size_t length) const {
    std::size_t total = 0;
    while (total < length) {
        const auto got = ::pread(
            descriptor_,
            target + total,
            length - total,
            static_cast<off_t>(offset + total)
        );
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("read", path_);
        if (got == 0) break;
        total += static_cast<std::size_t>(got);
    }
    return total;
}

void File::begin_to_sync(std::uint64_t offset, std::size_t length) {
#ifdef __linux__
    ::sync_file_range(
        descriptor_,
        static_cast<off64_t>(offset),
        static_cast<off64_t>(length),
        SYNC_FILE_RANGE_WRITE
    );
#else
    static_cast<void>(offset);
    static_cast<void>(length);
#endif
}

void File::sync() {
    if (::fsync(descriptor_) != 0) fail("sync", path_);
}

void sync_folder(const fs::path& folder) {
    File(folder, O_RDONLY | O_DIRECTORY).sync();
}

void SharedSync::sync(const fs::path& folder) {
    std::unique_lock lock(mutex_);
    const auto mine = ++asked_;
    while (done_ < mine) {
        if (is_running_) {
            wake_.wait(lock);
            continue;
        }
        is_running_ = true;
        const auto covered = asked_;
        lock.unlock();
        std::exception_ptr failure;
        try {
            sync_folder(folder);
        } catch (const BlobError&) {
            failure = std::current_exception();
        }
        lock.lock();
        is_running_ = false;
        if (failure == nullptr) done_ = covered;
        wake_.notify_all(); // after a failure the others try for themselves
        if (failure != nullptr) std::rethrow_exception(failure);
    }
}

std::string BlobFolder::id_of(std::uint64_t number) {
    return fmt::format("{:016x}", number);
}

fs::path BlobFolder::shard(std::uint64_t number) const {
    return root / fmt::format("{:02x}", shard_of(number));
}

Reserve::~Reserve() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
    }
    wake_.notify_one();
    if (filler_.joinable()) filler_.join();
    for (const auto number : ready_)
        ::unlink(folder_->path_of(number).c_str());
}

std::optional<std::uint64_t> Reserve::take() {
    const std::lock_guard lock(mutex_);
    if (asked_ < few) {
        ++asked_;
        return std::nullopt;
    }
    if (!filler_.joinable()) filler_ = std::thread([this] { keep_filled(); });
    if (ready_.size() <= ready_min) wake_.notify_one();
    if (ready_.empty()) return std::nullopt;
    const auto number = ready_.front();
    ready_.pop_front();
    return number;
}

void Reserve::keep_filled() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return is_closing_ || ready_.size() <= ready_min; });
        if (is_closing_) return;
        lock.unlock();
        auto made = make_files();
        lock.lock();
        if (made.empty()) return; // a full disk, most likely: whoever writes says so
        ready_.insert(ready_.end(), made.begin(), made.end());
    }
}

// None if the disk refuses.
std::vector<std::uint64_t> Reserve::make_files() {
    std::vector<std::uint64_t> made;
    std::set<fs::path> folders;
    try {
        for (int i = 0; i < made_at_once; ++i) {
            const auto number = ++folder_->last_number;
            const File file(folder_->path_of(number), O_WRONLY | O_CREAT | O_EXCL);
            made.push_back(number);
            folders.insert(folder_->shard(number));
        }
        for (const auto& folder : folders)
            sync_folder(folder);
    } catch (const BlobError&) {
        for (const auto number : made)
            ::unlink(folder_->path_of(number).c_str());
        made.clear();
    }
    return made;
}

} // namespace diorama::storage
