// See contents.hpp.
#include "services/rds/data/contents.hpp"

#include "services/rds/data/log_segment.hpp"
#include "services/rds/limits.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace diorama::rds {

namespace {

Outcome failed(std::string why) {
    Outcome outcome;
    outcome.failure = std::move(why);
    return outcome;
}

void remove_database_files(const std::string& path) {
    for (const auto* ending : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(path + ending);
}

// A file that goes away with the scope.
class ScratchFile {
public:
    explicit ScratchFile(std::string path)
        : path_(std::move(path)) {}

    ~ScratchFile() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// Only whether it worked matters here.
class OutcomeSink final : public sql::ResultSink {
public:
    void columns(const std::vector<sql::OutputColumn>&) override {}

    void row(std::span<const sql::ValueView>) override {}

    void end() override {}

    void done(const sql::Done&) override {}

    void failed(const sql::SQLError& error) override { failure = error.message; }

    std::string failure;
};

// Repeats the entries that come next; false when the log goes past `until`.
std::variant<bool, std::string>
repeat(Engine& engine, const std::vector<LogEntry>& entries, Timestamp until) {
    for (const auto& entry : entries) {
        if (entry.position <= engine.position()) continue;
        if (entry.committed > until) return false;
        if (entry.position != engine.position() + 1)
            return fmt::format("the change log has no entry {}", engine.position() + 1);
        if (!engine.apply(entry)) return std::string("the database is being written to");
    }
    return true;
}

} // namespace

Outcome
make_empty(EngineSettings settings, const Clock& clock, Random random, const Contents& contents) {
    remove_database_files(settings.path);
    Engine engine(std::move(settings), clock, std::move(random));
    engine.put_user(contents.master_user, contents.master_password);
    if (!contents.database.empty()) {
        const auto connection = engine.connect("rdsadmin", "localhost");
        auto prepared = connection->prepare(fmt::format("CREATE DATABASE `{}`", contents.database));
        if (const auto* error = std::get_if<sql::SQLError>(&prepared))
            return failed(error->message);
        OutcomeSink sink;
        connection->execute(*std::get<sql::PreparedPtr>(prepared), {}, sink);
        if (!sink.failure.empty()) return failed(sink.failure);
    }
    return {.position = engine.position()};
}

Outcome make_from_backup(
    EngineSettings settings,
    const Clock& clock,
    Random random,
    const Contents& contents,
    BackupStore& store,
    const std::string& scratch
) {
    remove_database_files(settings.path);
    if (const auto failure = store.get_file(contents.backup, settings.path))
        return failed(*failure);
    Engine engine(std::move(settings), clock, std::move(random));
    const ScratchFile segment(scratch);
    for (const auto& object : contents.log) {
        if (const auto failure = store.get_file(object, segment.path())) return failed(*failure);
        std::ifstream file(segment.path(), std::ios::binary);
        const std::string bytes(std::istreambuf_iterator<char>(file), {});
        const auto entries = decode_segment(bytes);
        if (!entries) return failed(object.key + " is not a piece of a change log");
        const auto repeated = repeat(engine, *entries, contents.until);
        if (const auto* failure = std::get_if<std::string>(&repeated)) return failed(*failure);
        if (!std::get<bool>(repeated)) break;
    }
    // The log of the original serves nobody here.
    engine.purge_log(engine.position());
    return {.position = engine.position()};
}

Outcome make_copy(const EngineSettings& settings, const Engine& source) {
    remove_database_files(settings.path);
    source.backup_to(settings.path);
    return {.position = source.position()};
}

Outcome back_up(
    const Engine& engine,
    const BackupObject& object,
    BackupStore& store,
    const std::string& scratch
) {
    const ScratchFile copy(scratch);
    // Not younger than the copy: what is repeated twice is recognised, a gap would not be filled.
    const auto position = engine.position();
    engine.backup_to(copy.path());
    if (const auto failure = store.put_file(object, copy.path())) return failed(*failure);
    return {.position = position};
}

Outcome ship_log(
    const Engine& engine,
    std::uint64_t position,
    const BackupObject& object,
    BackupStore& store,
    const std::string& scratch
) {
    constexpr std::size_t batch = 1000;
    Outcome outcome;
    outcome.position = position;
    std::string segment;
    std::size_t count = 0;
    while (true) {
        const auto entries = engine.read_log(outcome.position, batch);
        for (const auto& entry : entries)
            append_entry(segment, entry);
        if (!entries.empty()) outcome.position = entries.back().position;
        count += entries.size();
        if (entries.size() < batch) break;
        if (count >= limits::log_entries_per_object) {
            outcome.is_complete = false;
            break;
        }
    }
    if (count == 0) return outcome;
    const ScratchFile file(scratch);
    {
        std::ofstream out(file.path(), std::ios::binary | std::ios::trunc);
        out.write(segment.data(), static_cast<std::streamsize>(segment.size()));
        if (!out.flush()) return failed("the disk does not take a piece of the change log");
    }
    if (const auto failure = store.put_file(object, file.path())) return failed(*failure);
    return outcome;
}

} // namespace diorama::rds
