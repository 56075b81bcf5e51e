// Blobs as files, in 256 folders. A blob is written in its place, synced, and its folder with it;
// only then is its id given out, so that whoever wrote an id down finds the whole blob, and a file
// that nobody names is what a crash left of one. Nothing is renamed: on file systems with a journal
// that would cost a second commit for every blob. Blobs that are finished at the same time lie in
// the same folder and share its sync. (With relaxed durability nothing is synced, which holds as
// long as the machine does.) Ids are numbers that grow. See blob_store.hpp.
#include "emulator/storage/blob_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace diorama::storage {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const fs::path& path) {
    throw BlobError(fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

// A file descriptor with an owner.
class File {
public:
    File(const fs::path& path, int flags)
        : path_(path)
        , descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
        if (descriptor_ < 0) fail("open", path);
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    ~File() { ::close(descriptor_); }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("write", path_);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    // Returns how many bytes were there.
    std::size_t read(std::uint64_t offset, char* target, std::size_t length) const {
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

    // The disk begins with what was written while more is on its way, so that sync() finds little
    // left to do.
    void begin_to_sync(std::uint64_t offset, std::size_t length) {
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

    void sync() {
        if (::fsync(descriptor_) != 0) fail("sync", path_);
    }

private:
    fs::path path_;
    int descriptor_;
};

void sync_folder(const fs::path& folder) {
    File(folder, O_RDONLY | O_DIRECTORY).sync();
}

void sync_if_allowed(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return; // another's, so it was there before
    ::fsync(descriptor);
    ::close(descriptor);
}

// Many blobs may wait for one folder; whoever comes while a sync is under way shares the next one.
class SharedSync {
public:
    void sync(const fs::path& folder) {
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

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    std::uint64_t asked_ = 0;
    std::uint64_t done_ = 0;
    bool is_running_ = false;
};

// What blobs and writers share with their store; outlives it.
struct Folder {
    static constexpr std::uint64_t neighbours = 1024; // ids that follow one another in one folder

    fs::path root;
    std::atomic<std::uint64_t> last_number{0};
    std::atomic<bool> is_closed{false};
    Durability durability = Durability::full;
    std::array<SharedSync, 256> syncs{};

    static std::size_t shard_of(std::uint64_t number) { return number / neighbours % 256; }

    fs::path shard(std::uint64_t number) const {
        return root / fmt::format("{:02x}", shard_of(number));
    }
};

class DiskBlob final : public Blob {
public:
    DiskBlob(std::shared_ptr<Folder> folder, std::string id, fs::path path, std::uint64_t size)
        : folder_(std::move(folder))
        , id_(std::move(id))
        , path_(std::move(path))
        , size_(size) {}

    ~DiskBlob() override {
        if (!folder_->is_closed) ::unlink(path_.c_str());
    }

    const std::string& id() const override { return id_; }

    std::uint64_t size() const override { return size_; }

    std::shared_ptr<const std::string> bytes() const override { return nullptr; }

    void read(std::uint64_t offset, std::size_t length, std::string& target) const override {
        if (offset >= size_) return;
        length = static_cast<std::size_t>(std::min<std::uint64_t>(length, size_ - offset));
        const File file(path_, O_RDONLY);
        const auto start = target.size();
        target.resize(start + length);
        if (file.read(offset, target.data() + start, length) != length)
            throw BlobError(fmt::format("{} is shorter than it was", path_.string()));
    }

private:
    std::shared_ptr<Folder> folder_;
    std::string id_;
    fs::path path_;
    std::uint64_t size_;
};

class DiskWriter final : public BlobWriter {
public:
    explicit DiskWriter(std::shared_ptr<Folder> folder)
        : folder_(std::move(folder))
        , number_(++folder_->last_number)
        , id_(fmt::format("{:016x}", number_))
        , path_(folder_->shard(number_) / id_)
        , file_(std::make_unique<File>(path_, O_WRONLY | O_CREAT | O_EXCL)) {}

    ~DiskWriter() override {
        if (!is_finished_) ::unlink(path_.c_str());
    }

    void append(std::string_view bytes) override {
        file_->write(bytes);
        if (is_synced()) file_->begin_to_sync(size_, bytes.size());
        size_ += bytes.size();
    }

    std::shared_ptr<const Blob> finish() override {
        if (is_synced()) file_->sync();
        file_.reset();
        if (is_synced()) folder_->syncs[Folder::shard_of(number_)].sync(path_.parent_path());
        is_finished_ = true;
        return std::make_shared<DiskBlob>(folder_, id_, path_, size_);
    }

private:
    bool is_synced() const { return folder_->durability == Durability::full; }

    std::shared_ptr<Folder> folder_;
    std::uint64_t number_;
    std::string id_;
    fs::path path_;
    std::unique_ptr<File> file_;
    std::uint64_t size_ = 0;
    bool is_finished_ = false;
};

class DiskBlobs final : public BlobStore {
public:
    DiskBlobs(const std::string& root, Durability durability)
        : folder_(std::make_shared<Folder>()) {
        folder_->root = root;
        folder_->durability = durability;
        try {
            fs::create_directories(folder_->root);
            for (int shard = 0; shard < 256; ++shard)
                fs::create_directory(folder_->root / fmt::format("{:02x}", shard));
            sync_folder(folder_->root);
            // The folder itself may be new as well, and the one it stands in.
            const auto above = fs::absolute(folder_->root).parent_path();
            sync_if_allowed(above);
            sync_if_allowed(above.parent_path());
            take_stock();
        } catch (const fs::filesystem_error& error) {
            throw BlobError(error.what());
        }
    }

    ~DiskBlobs() override { folder_->is_closed = true; }

    std::unique_ptr<BlobWriter> begin(std::uint64_t) override {
        return std::make_unique<DiskWriter>(folder_);
    }

    std::shared_ptr<const Blob> open(const std::string& id) override {
        if (const auto opened = opened_.find(id); opened != opened_.end()) return opened->second;
        const auto found = found_.find(id);
        if (found == found_.end()) return nullptr;
        std::error_code error;
        const auto size = fs::file_size(found->second, error);
        if (error) return nullptr;
        return opened_[id] = std::make_shared<DiskBlob>(folder_, id, found->second, size);
    }

    void remove_orphans() override {
        for (const auto& [id, path] : found_) {
            if (!opened_.contains(id)) ::unlink(path.c_str());
        }
        found_.clear();
        opened_.clear();
    }

    bool blocks() const override { return true; }

private:
    // What lies in the folder, and the greatest number given so far.
    void take_stock() {
        for (const auto& entry : fs::recursive_directory_iterator(folder_->root)) {
            if (!entry.is_regular_file()) continue;
            const auto name = entry.path().filename().string();
            if (name.size() != 16 || name.find_first_not_of("0123456789abcdef") != name.npos)
                continue; // not ours
            const std::uint64_t number = std::stoull(name, nullptr, 16);
            folder_->last_number = std::max(folder_->last_number.load(), number);
            found_.emplace(name, entry.path());
        }
    }

    std::shared_ptr<Folder> folder_;
    std::map<std::string, fs::path> found_; // at the start, by id
    // Of those; one Blob for each file, whoever asks, since the last Blob takes the file along.
    std::map<std::string, std::shared_ptr<const Blob>> opened_;
};

} // namespace

std::unique_ptr<BlobStore> make_disk_blobs(const std::string& folder, Durability durability) {
    return std::make_unique<DiskBlobs>(folder, durability);
}

} // namespace diorama::storage
