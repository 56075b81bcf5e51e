// A DB instance in a folder of its own that goes away with it, and the results of its statements as
// text.
#pragma once

#include "emulator/time/virtual_time.hpp"
#include "services/rds/data/engine.hpp"

#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>

namespace diorama::test {

class Folder {
public:
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "diorama-rds-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }

    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// "a|b;c|d" for rows, "ok 3" for what gives none, "1146 42S02 Table …" for errors.
class ResultText final : public rds::sql::ResultSink {
public:
    void columns(const std::vector<rds::sql::OutputColumn>& columns) override {
        columns_ = columns;
        if (results_++ > 0) text += " / ";
    }

    void row(std::span<const rds::sql::ValueView> values) override {
        if (!text.empty() && !text.ends_with(" / ")) text += ";";
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) text += "|";
            text += values[i].is_null() ? "NULL" : rds::sql::text_of(columns_[i].type, values[i]);
        }
    }

    void end() override {}

    void done(const rds::sql::Done& done) override {
        if (results_ == 0) text = fmt::format("ok {}", done.affected_rows);
    }

    void failed(const rds::sql::SQLError& error) override {
        text = fmt::format("{} {} {}", error.code, error.sqlstate, error.message);
    }

    const std::vector<rds::sql::OutputColumn>& described() const { return columns_; }

    std::string text;

private:
    std::vector<rds::sql::OutputColumn> columns_;
    std::size_t results_ = 0; // of a CALL there may be several
};

inline std::string run(rds::sql::Connection& connection, std::string_view sql) {
    auto prepared = connection.prepare(sql);
    if (auto* error = std::get_if<rds::sql::SQLError>(&prepared))
        return fmt::format("{} {} {}", error->code, error->sqlstate, error->message);
    ResultText result;
    const auto progress =
        connection.execute(*std::get<rds::sql::PreparedPtr>(prepared), {}, result);
    return progress == rds::sql::Progress::waits ? "waits" : result.text;
}

// One instance with a database `q` and a session in it.
struct Instance {
    explicit Instance(const std::string& name = "db")
        : engine(
              {.path = folder.file(name), .has_one_thread = true, .variables = {}},
              time,
              Random(7)
          ) {
        session = engine.connect("root", "localhost");
        run("CREATE DATABASE q");
        run("USE q");
    }

    std::string run(std::string_view sql) { return test::run(*session, sql); }

    Folder folder;
    VirtualTime time;
    rds::Engine engine;
    std::unique_ptr<rds::sql::Connection> session;
};

} // namespace diorama::test
