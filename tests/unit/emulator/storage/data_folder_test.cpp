#include "emulator/storage/data_folder.hpp"
#include "emulator/storage/sqlite.hpp"
#include "tests/support/scratch_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace diorama;

TEST_CASE("data folder: it is made where it is missing, and held by one at a time") {
    test::ScratchFolder folder;
    const auto path = folder.file("a/b");
    {
        const storage::DataFolder held(path);
        CHECK(std::filesystem::is_directory(path));
        CHECK_THROWS_AS(storage::DataFolder{path}, storage::DataFolderError);
    }
    CHECK_NOTHROW(storage::DataFolder{path});
}

TEST_CASE("data folder: a file in its place is refused by name") {
    test::ScratchFolder folder;
    const auto path = folder.file("file");
    std::ofstream(path) << "x";
    std::string sentence;
    try {
        const storage::DataFolder refused(path);
    } catch (const storage::DataFolderError& error) {
        sentence = error.what();
    }
    CHECK(sentence.find(path) != std::string::npos);
}

TEST_CASE("sqlite: a file that is no database is refused by name") {
    test::ScratchFolder folder;
    const auto path = folder.file("garbage.sqlite");
    std::ofstream(path) << std::string(5000, 'x');
    std::string sentence;
    try {
        const storage::Database refused(path);
    } catch (const storage::SQLiteError& error) {
        sentence = error.what();
    }
    CHECK(sentence.find(path) != std::string::npos);
}
