// Blobs as files. A blob is written under incoming/, synced, and only then renamed to its place
// under one of 256 folders, which is synced too: a file that can be found is whole. (With relaxed
// durability nothing is synced, which holds as long as the machine does.) Ids are
// numbers that grow; an earlier process's are never given again. See blob_store.hpp.
#include "emulator/storage/blob_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <set>
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

// What blobs and writers share with their store; outlives it.
struct Folder {
    fs::path root;
    std::atomic<std::uint64_t> last_number{0};
    std::atomic<bool> is_closed{false};
    Durability durability = Durability::full;

    std::string next_id() { return fmt::format("{:016x}", ++last_number); }

    fs::path incoming(const std::string& id) const { return root / "incoming" / id; }

    // The last digits change fastest, so neighbours spread over all folders.
    fs::path shard(const std::string& id) const { return root / id.substr(id.size() - 2); }

    fs::path place(const std::string& id) const { return shard(id) / id; }
};

class DiskBlob final : public Blob {
public:
    DiskBlob(std::shared_ptr<Folder> folder, std::string id, std::uint64_t size)
        : folder_(std::move(folder))
        , id_(std::move(id))
        , size_(size) {}

    ~DiskBlob() override {
        if (!folder_->is_closed) ::unlink(folder_->place(id_).c_str());
    }

    const std::string& id() const override { return id_; }

    std::uint64_t size() const override { return size_; }

    std::shared_ptr<const std::string> bytes() const override { return nullptr; }

    void read(std::uint64_t offset, std::size_t length, std::string& target) const override {
        if (offset >= size_) return;
        length = static_cast<std::size_t>(std::min<std::uint64_t>(length, size_ - offset));
        const auto path = folder_->place(id_);
        const File file(path, O_RDONLY);
        const auto start = target.size();
        target.resize(start + length);
        if (file.read(offset, target.data() + start, length) != length)
            throw BlobError(fmt::format("{} is shorter than it was", path.string()));
    }

private:
    std::shared_ptr<Folder> folder_;
    std::string id_;
    std::uint64_t size_;
};

class DiskWriter final : public BlobWriter {
public:
    explicit DiskWriter(std::shared_ptr<Folder> folder)
        : folder_(std::move(folder))
        , id_(folder_->next_id())
        , file_(
              std::make_unique<File>(folder_->incoming(id_), O_WRONLY | O_CREAT | O_EXCL | O_TRUNC)
          ) {}

    ~DiskWriter() override {
        if (!is_finished_) ::unlink(folder_->incoming(id_).c_str());
    }

    void append(std::string_view bytes) override {
        file_->write(bytes);
        size_ += bytes.size();
    }

    std::shared_ptr<const Blob> finish() override {
        const bool is_synced = folder_->durability == Durability::full;
        if (is_synced) file_->sync();
        file_.reset();
        const auto place = folder_->place(id_);
        if (::rename(folder_->incoming(id_).c_str(), place.c_str()) != 0) fail("rename", place);
        is_finished_ = true;
        auto blob = std::make_shared<DiskBlob>(folder_, id_, size_);
        if (is_synced) sync_folder(folder_->shard(id_));
        return blob;
    }

private:
    std::shared_ptr<Folder> folder_;
    std::string id_;
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
            fs::create_directories(folder_->root / "incoming");
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
        if (!found_.contains(id)) return nullptr;
        std::error_code error;
        const auto size = fs::file_size(folder_->place(id), error);
        if (error) return nullptr;
        return opened_[id] = std::make_shared<DiskBlob>(folder_, id, size);
    }

    void remove_orphans() override {
        for (const auto& id : found_) {
            if (!opened_.contains(id)) ::unlink(folder_->place(id).c_str());
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
            if (entry.path().parent_path().filename() == "incoming") {
                ::unlink(entry.path().c_str());
            } else {
                found_.insert(name);
            }
        }
    }

    std::shared_ptr<Folder> folder_;
    std::set<std::string> found_; // at the start
    // Of those; one Blob for each file, whoever asks, since the last Blob takes the file along.
    std::map<std::string, std::shared_ptr<const Blob>> opened_;
};

} // namespace

std::unique_ptr<BlobStore> make_disk_blobs(const std::string& folder, Durability durability) {
    return std::make_unique<DiskBlobs>(folder, durability);
}

} // namespace diorama::storage
