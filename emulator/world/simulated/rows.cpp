// The rows of databases in virtual time: the real engine, in this process and on this thread, with
// a file for each database in a folder that goes away with the run. Statements are executed at the
// virtual moment at which the model says that they are done; replicas repeat the change log up to
// where their lag lets them. See world/simulated/databases.hpp.
#include "emulator/world/simulated/databases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace diorama {

namespace {

// Entries of a change log that are read at once.
constexpr std::size_t log_batch = 1000;

} // namespace

struct SimulatedDatabases::CopiedFile {
    explicit CopiedFile(std::string where)
        : path(std::move(where)) {}

    ~CopiedFile() {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
    }

    CopiedFile(const CopiedFile&) = delete;
    CopiedFile& operator=(const CopiedFile&) = delete;

    std::string path;
};

SimulatedDatabases::RowRoom::RowRoom(Random its_random)
    : random(its_random)
    , folder((std::filesystem::temp_directory_path() / "diorama-run-XXXXXX").string()) {
    if (::mkdtemp(folder.data()) == nullptr)
        throw std::runtime_error("there is no place for the rows of databases: " + folder);
}

SimulatedDatabases::RowRoom::~RowRoom() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

std::string SimulatedDatabases::RowRoom::new_file() {
    return fmt::format("{}/{}.db", folder, ++files);
}

void SimulatedDatabases::keep_rows() {
    room_ = std::make_unique<RowRoom>(environment_.random.fork("rows of databases"));
}

void SimulatedDatabases::make_rows(SimulatedDatabase& made, const rds::Contents& contents) {
    if (!room_) return;
    made.schema = contents.database;
    made.rows = rds::LocalDatabase::make(
        room_->new_file(),
        environment_.clock,
        room_->random.fork(made.identity.resource_id),
        contents
    );
    made.position = made.rows->position();
}

void SimulatedDatabases::copy_rows_of(const SimulatedDatabase& source, SimulatedDatabase& made) {
    if (!room_) return;
    const auto path = room_->new_file();
    source.rows->copy_to(path);
    made.schema = source.schema;
    made.rows = std::make_shared<rds::LocalDatabase>(
        path,
        environment_.clock,
        room_->random.fork(made.identity.resource_id)
    );
    made.position = made.rows->position();
}

void SimulatedDatabases::restore_rows(
    SimulatedDatabase& made,
    const rds::Contents& contents,
    const Backup& backup
) {
    if (!room_) return;
    const auto path = room_->new_file();
    std::filesystem::copy_file(backup.copy->path, path);
    made.schema = backup.schema;
    made.rows = std::make_shared<rds::LocalDatabase>(
        path,
        environment_.clock,
        room_->random.fork(made.identity.resource_id)
    );
    for (const auto& object : contents.log) {
        const auto piece = backups_.find({object.bucket, object.key});
        if (piece == backups_.end()) continue;
        for (const auto& entry : piece->second.log) {
            if (entry.committed > contents.until) break;
            if (const auto failure = made.rows->apply(entry)) throw std::runtime_error(*failure);
        }
    }
    made.position = made.rows->position();
    // The log of the original serves nobody here.
    made.rows->purge_log(made.position);
}

void SimulatedDatabases::copy_rows_to(const SimulatedDatabase& database, Backup& backup) {
    backup.copy = std::make_shared<CopiedFile>(room_->new_file());
    database.rows->copy_to(backup.copy->path);
    backup.schema = database.schema;
    backup.size = std::filesystem::file_size(backup.copy->path);
}

// Not what a replica still needs.
void SimulatedDatabases::forget_log(const std::string& resource_id, std::uint64_t position) {
    auto* database = find(resource_id);
    if (database == nullptr || !database->rows) return;
    for (auto& [id, replica] : databases_) {
        if (replica.source != resource_id) continue;
        catch_up(replica);
        position = std::min(position, replica.position);
    }
    database->rows->purge_log(position);
}

void SimulatedDatabases::catch_up(SimulatedDatabase& replica) {
    const auto source = databases_.find(replica.source);
    if (source == databases_.end() || !replica.replication_failure.empty()) return;
    const auto until = visible_position(replica, environment_.clock.now());
    while (replica.position < until) {
        const auto most = std::min<std::size_t>(log_batch, until - replica.position);
        const auto entries = source->second.rows->read_log(replica.position, most);
        if (entries.empty()) replica.replication_failure = "the log of the source is gone";
        for (const auto& entry : entries)
            if (auto failure = replica.rows->apply(entry))
                replica.replication_failure = std::move(*failure);
        replica.position = replica.rows->position();
        if (!replica.replication_failure.empty()) return;
    }
}

// What was committed after `since` is known to replicas, backups and the ledger.
void SimulatedDatabases::note_commits(SimulatedDatabase& database, std::uint64_t since) {
    const auto position = database.rows->position();
    while (since < position) {
        const auto entries = database.rows->read_log(since, log_batch);
        if (entries.empty()) break;
        for (const auto& entry : entries)
            room_->ledger.committed(database.timeline->number, entry);
        since = entries.back().position;
    }
    if (position != database.position) note_commit(database, position, environment_.clock.now());
}

std::optional<std::string>
SimulatedDatabases::run_script(const std::string& resource_id, const std::string& text) {
    auto* database = find(resource_id);
    if (database == nullptr || !database->rows) return "there is no such database";
    auto borrowed = borrow_session(*database);
    if (!database->schema.empty()) borrowed.session->use(database->schema);
    const auto before = database->rows->position();
    const auto result = borrowed.session->execute_script(text);
    note_commits(*database, before);
    watch_events(*database);
    give_back(std::move(borrowed));
    if (result.succeeded()) return std::nullopt;
    return fmt::format("{} {}", result.error, result.message);
}

SimulatedDatabases::Executed SimulatedDatabases::run(
    SimulatedDatabase& database,
    const Spoken& spoken,
    BorrowedSession* borrowed
) {
    if (!database.source.empty()) catch_up(database);
    if (borrowed == nullptr && !database.session) database.session = database.rows->connect();
    auto& session = borrowed == nullptr ? *database.session : *borrowed->session;
    const auto& schema = spoken.schema.empty() ? database.schema : spoken.schema;
    Executed executed;
    if (!schema.empty() && !session.use(schema)) {
        executed.result.error = 1049;
        executed.result.message = fmt::format("Unknown database '{}'", schema);
        return executed;
    }
    const auto before = database.rows->position();
    executed.result = session.execute(spoken.statement, spoken.arguments);
    const auto after = database.rows->position();
    const bool has_committed = after > before;
    (has_committed ? database.activity.rows_written : database.activity.rows_read) +=
        executed.result.rows;
    if (!has_committed) return executed;
    note_commits(database, before);
    watch_events(database);
    executed.position = after;
    return executed;
}

// MySQL's events run when they are due, not when the next statement comes.
void SimulatedDatabases::watch_events(SimulatedDatabase& database, Duration pause) {
    environment_.scheduler.cancel(std::exchange(database.event_timer, 0));
    const bool may_run = database.rows && database.is_running;
    const auto next = may_run ? database.rows->next_event() : std::nullopt;
    if (!next) return;
    database.event_timer = environment_.scheduler.at(
        std::max(*next, environment_.clock.now() + pause),
        [this, id = database.identity.resource_id] { run_events(id); }
    );
}

void SimulatedDatabases::run_events(const std::string& resource_id) {
    auto* database = find(resource_id);
    if (database == nullptr || !database->rows || !database->is_running) return;
    database->event_timer = 0;
    const auto before = database->rows->position();
    database->rows->run_due_events();
    note_commits(*database, before);
    constexpr Duration between_looks = std::chrono::seconds(1);
    watch_events(*database, between_looks);
}

BorrowedSession SimulatedDatabases::borrow_session(SimulatedDatabase& database) {
    BorrowedSession borrowed{database.identity.resource_id, database.rows, nullptr};
    if (database.idle_sessions.empty()) {
        borrowed.session = database.rows->connect();
    } else {
        borrowed.session = std::move(database.idle_sessions.back());
        database.idle_sessions.pop_back();
    }
    return borrowed;
}

void SimulatedDatabases::give_back(BorrowedSession borrowed) {
    borrowed.session->reset();
    auto* database = find(borrowed.resource_id);
    if (database != nullptr && database->rows == borrowed.rows)
        database->idle_sessions.push_back(std::move(borrowed.session));
}

rds::StatementResult
SimulatedDatabases::ask(const std::string& resource_id, const std::string& statement) {
    auto* database = find(resource_id);
    rds::StatementResult result;
    result.error = 2003;
    result.message = "there is no such database";
    if (database == nullptr || !database->rows) return result;
    if (!database->source.empty()) catch_up(*database);
    const auto session = database->rows->connect();
    if (!database->schema.empty()) session->use(database->schema);
    // Whatever the statement is: nothing of it stays.
    session->execute("START TRANSACTION READ ONLY");
    return session->execute(statement);
}

std::optional<std::string> SimulatedDatabases::compare_with_source(const SimulatedDatabase& replica
) const {
    const auto source = databases_.find(replica.source);
    if (source == databases_.end() || !replica.rows) return std::nullopt;
    if (!replica.replication_failure.empty()) return replica.replication_failure;
    const CopiedFile copy(room_->folder + "/comparison.db");
    replica.rows->copy_to(copy.path);
    rds::LocalDatabase repeated(copy.path, environment_.clock, Random(0));
    const auto& original = *source->second.rows;
    while (repeated.position() < original.position()) {
        const auto entries = original.read_log(repeated.position(), log_batch);
        if (entries.empty()) return "the log of the source is gone";
        for (const auto& entry : entries)
            if (const auto failure = repeated.apply(entry)) return failure;
    }
    const auto own = repeated.row_hashes();
    const auto wanted = original.row_hashes();
    if (own == wanted) return std::nullopt;
    for (const auto& [table, hashes] : wanted) {
        const auto found = own.find(table);
        if (found == own.end()) return "it has no table " + table;
        if (found->second != hashes)
            return fmt::format(
                "{} rows of {} are not those {} of its source",
                found->second.size(),
                table,
                hashes.size()
            );
    }
    return "it has tables that its source has not";
}

} // namespace diorama
