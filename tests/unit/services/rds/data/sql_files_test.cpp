// Runs tests/sql/*.test against the engine: statements by topic, each with what MySQL answers.
// With DIORAMA_WRITE_ANSWERS=1 the files are written anew with the answers of this engine: for new
// statements, and only together with a look at the difference.
#include "tests/support/database.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

using diorama::test::Instance;

namespace {

struct Block {
    std::string comments;
    std::string statement;
    std::string answer;
};

std::vector<Block> read_blocks(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::vector<Block> blocks;
    std::string line;
    Block block;
    bool in_answer = false;
    const auto finish = [&] {
        if (!block.statement.empty()) blocks.push_back(std::move(block));
        block = {};
        in_answer = false;
    };
    while (std::getline(file, line)) {
        if (line.empty())
            finish();
        else if (line == "----" && !in_answer)
            in_answer = true;
        else {
            const bool is_comment = line[0] == '#' && !in_answer && block.statement.empty();
            auto& target = is_comment ? block.comments : in_answer ? block.answer : block.statement;
            target += (target.empty() ? "" : "\n") + line;
        }
    }
    finish();
    return blocks;
}

// As the files write it: rows on lines of their own, errors without their SQLSTATE.
class Answer final : public diorama::rds::sql::ResultSink {
public:
    void columns(const std::vector<diorama::rds::sql::OutputColumn>& columns) override {
        columns_ = columns;
        if (results_++ > 0) text += "\n==\n";
        rows_ = 0;
    }

    void row(std::span<const diorama::rds::sql::ValueView> values) override {
        if (rows_++ > 0) text += '\n';
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) text += '|';
            text += values[i].is_null() ? "NULL"
                                        : diorama::rds::sql::text_of(columns_[i].type, values[i]);
        }
    }

    void end() override {}

    void done(const diorama::rds::sql::Done& done) override {
        if (results_ == 0) text = fmt::format("ok {}", done.affected_rows);
    }

    void failed(const diorama::rds::sql::SQLError& error) override {
        text = fmt::format("error {} {}", error.code, error.message);
    }

    std::string text;

private:
    std::vector<diorama::rds::sql::OutputColumn> columns_;
    std::size_t rows_ = 0;
    std::size_t results_ = 0; // of a CALL there may be several
};

std::string answer_of(Instance& db, const std::string& statement) {
    Answer answer;
    auto prepared = db.session->prepare(statement);
    if (auto* error = std::get_if<diorama::rds::sql::SQLError>(&prepared)) {
        answer.failed(*error);
        return answer.text;
    }
    auto& ready = *std::get<diorama::rds::sql::PreparedPtr>(prepared);
    db.session->execute(ready, {}, answer);
    return answer.text;
}

} // namespace

TEST_CASE("sql files: every statement has the answer that is written there") {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator("tests/sql"))
        if (entry.path().extension() == ".test") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(!files.empty());
    const bool writes = std::getenv("DIORAMA_WRITE_ANSWERS") != nullptr;
    for (const auto& file : files) {
        Instance db;
        std::string written;
        for (const auto& block : read_blocks(file)) {
            CAPTURE(file.filename().string());
            CAPTURE(block.statement);
            const auto answer = answer_of(db, block.statement);
            if (!writes) CHECK(answer == block.answer);
            written += written.empty() ? "" : "\n";
            if (!block.comments.empty()) written += block.comments + "\n";
            written += block.statement + "\n----\n" + answer + (answer.empty() ? "" : "\n");
        }
        if (writes) std::ofstream(file) << written;
    }
}
