// See scratch_folder.hpp.
#include "tests/support/scratch_folder.hpp"

#include <cstdlib>
#include <stdexcept>

namespace diorama::test {

ScratchFolder::ScratchFolder() {
    auto name = (std::filesystem::temp_directory_path() / "diorama-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("cannot make a folder at " + name);
    path_ = name;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace diorama::test
