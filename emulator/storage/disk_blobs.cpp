// Blobs as files, in 256 folders. A blob is written in its place, synced, and its folder with it;
// only then is its id given out, so that whoever wrote an id down finds the whole blob, and a file
// that nobody names is what a crash left of one. Nothing is renamed: on file systems with a journal
// that would cost a second commit for every blob. Blobs that are finished at the same time lie in
// the same folder and share its sync; a store that is busy has files lie ready whose folder is
// synced already. (With relaxed durability nothing is synced, which holds as long as the machine
// does.) Ids are numbers that grow. See blob_store.hpp.
#include "emulator/storage/blob_folder.hpp"
#include "emulator/storage/blob_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <optional>
#include <unistd.h>
#include <utility>

namespace diorama::storage {

namespace {

namespace fs = std::filesystem;

void sync_if_allowed(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return; // another's, so it was there before
    ::fsync(descriptor);
    ::close(descriptor);
}

class DiskBlob final : public Blob {
public:
    DiskBlob(std::shared_ptr<BlobFolder> folder, std::string id, fs::path path, std::uint64_t size)
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
    std::shared_ptr<BlobFolder> folder_;
    std::string id_;
    fs::path path_;
    std::uint64_t size_;
};

class DiskWriter final : public BlobWriter {
public:
    // `ready` is a file that is there.
    DiskWriter(std::shared_ptr<BlobFolder> folder, std::optional<std::uint64_t> ready)
        : folder_(std::move(folder))
        , is_named_(ready.has_value())
        , number_(ready ? *ready : ++folder_->last_number)
        , path_(folder_->path_of(number_))
        , file_(std::make_unique<File>(path_, O_WRONLY | (is_named_ ? 0 : O_CREAT | O_EXCL))) {}

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
        if (is_synced() && !is_named_)
            folder_->syncs[BlobFolder::shard_of(number_)].sync(path_.parent_path());
        is_finished_ = true;
        return std::make_shared<DiskBlob>(folder_, BlobFolder::id_of(number_), path_, size_);
    }

private:
    bool is_synced() const { return folder_->durability == Durability::full; }

    std::shared_ptr<BlobFolder> folder_;
    bool is_named_; // its folder knows it, also after a loss of power
    std::uint64_t number_;
    fs::path path_;
    std::unique_ptr<File> file_;
    std::uint64_t size_ = 0;
    bool is_finished_ = false;
};

class DiskBlobs final : public BlobStore {
public:
    DiskBlobs(const std::string& root, Durability durability)
        : folder_(std::make_shared<BlobFolder>())
        , reserve_(folder_) {
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
        const bool is_synced = folder_->durability == Durability::full;
        return std::make_unique<DiskWriter>(folder_, is_synced ? reserve_.take() : std::nullopt);
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

    std::shared_ptr<BlobFolder> folder_;
    Reserve reserve_;
    std::map<std::string, fs::path> found_; // at the start, by id
    // Of those; one Blob for each file, whoever asks, since the last Blob takes the file along.
    std::map<std::string, std::shared_ptr<const Blob>> opened_;
};

} // namespace

std::unique_ptr<BlobStore> make_disk_blobs(const std::string& folder, Durability durability) {
    return std::make_unique<DiskBlobs>(folder, durability);
}

} // namespace diorama::storage
