// See data_folder.hpp.
#include "emulator/storage/data_folder.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace diorama::storage {

DataFolder::DataFolder(const std::string& path) {
    if (path.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        throw DataFolderError(
            fmt::format("cannot use the data folder {}: {}", path, error.message())
        );
    lock_ = open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ < 0)
        throw DataFolderError(
            fmt::format("cannot write in the data folder {}: {}", path, std::strerror(errno))
        );
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
    const int reason = errno;
    close(lock_);
    throw DataFolderError(
        reason == EWOULDBLOCK
            ? fmt::format("the data folder {} is in use by another process", path)
            : fmt::format("cannot lock the data folder {}: {}", path, std::strerror(reason))
    );
}

DataFolder::~DataFolder() {
    if (lock_ >= 0) close(lock_);
}

} // namespace diorama::storage
