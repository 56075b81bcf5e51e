// The folder of --data: made if it is missing, and held by one process at a time, since two would
// write over each other's records. The hold ends with the process, however that ends.
#pragma once

#include <stdexcept>
#include <string>

namespace diorama::storage {

// Says in one sentence why the folder cannot be used.
struct DataFolderError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class DataFolder {
public:
    // An empty path stands for no folder: everything stays in memory.
    explicit DataFolder(const std::string& path);
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;
    ~DataFolder();

private:
    int lock_ = -1;
};

} // namespace diorama::storage
