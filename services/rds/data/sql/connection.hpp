// One session's view of the database: its SQLite connection, variables, transaction and prepared
// statements. Statements come in as MySQL text and their results leave through a ResultSink; there
// is no socket here and nothing blocks but the disk.
#pragma once

#include "services/rds/data/change_log.hpp"
#include "services/rds/data/row_locks.hpp"
#include "services/rds/data/sql/access.hpp"
#include "services/rds/data/sql/assign.hpp"
#include "services/rds/data/sql/attempt.hpp"
#include "services/rds/data/sql/catalog.hpp"
#include "services/rds/data/sql/context.hpp"
#include "services/rds/data/sql/foreign_keys.hpp"
#include "services/rds/data/sql/parent_tables.hpp"
#include "services/rds/data/sql/temporary_tables.hpp"
#include "services/rds/data/sql/view_changes.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <span>

namespace diorama::rds {
class Engine;
}

namespace diorama::rds::sql {

struct ExplainedPlan;

class Connection {
public:
    Connection(Engine& engine, Context context);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    std::variant<PreparedPtr, SQLError> prepare(std::string_view text);
    // The columns that executing it will give; none for what gives no rows.
    std::variant<std::vector<OutputColumn>, SQLError> describe(PreparedStatement& statement);
    Progress
    execute(PreparedStatement& statement, std::span<const Parameter> parameters, ResultSink& sink);

    // Called on whichever thread, when execute should be repeated, when the writer's place is
    // wanted (is_wanted()), or when it is killed.
    void set_wake_up(std::function<void()> wake_up);
    // What the next LOAD DATA LOCAL reads.
    void give_file(std::string bytes);
    // 1205. False: it was told to a CALL, which is executed again and may go on.
    bool give_up_waiting(ResultSink& sink);
    // A CALL waits; it has said its results so far.
    bool is_in_call() const;

    // For threads that serve others too: a statement ends with takes_long after so much time, and
    // what it commits is not yet on the disk (must_be_synced()).
    void limit_time(std::optional<Duration> limit) { inline_limit_ = limit; }

    // Something was committed that must be on the disk before the client hears of it
    // (Engine::when_durable()). Told once.
    bool must_be_synced();
    // It has the writer's place between two statements of a transaction, and another waits for it.
    bool is_wanted() const;
    // Gives the place up. The changes are taken out of the file until the next statement; the locks
    // stay. Between statements only.
    void park();

    // KILL and KILL QUERY, from any thread: the statement that runs ends with 1317; a killed
    // connection wakes its driver, which closes it.
    void kill(bool is_query_only);
    bool is_killed() const;
    std::optional<SQLError> use(std::string_view database);
    bool needs_writer(const Statement& statement) const;
    void reset(); // as COM_RESET_CONNECTION: rollback, variables and names as at first

    bool is_in_transaction() const;
    bool is_in_read_only_transaction() const;
    bool autocommits() const;
    std::size_t warning_count() const;
    Context& context();
    bool finds_matched_rows = false; // CLIENT_FOUND_ROWS
    // For the engine's own work: replication, restore. Not bound by read_only.
    void become_internal();
    // False: the writer's place is taken.
    bool apply(const LogEntry& entry);

private:
    friend class RowWriter;
    friend class SettingAside;
    friend class Interpreter;
    friend class SessionAccounts;
    friend class SessionEvents;
    friend class SessionPrograms;
    friend class TableCreation;
    friend class TableTriggers;

    // Steps.
    void dispatch(Run& run);
    bool is_definition(const Statement& statement) const;
    bool is_strict() const;

    Progress attempt(Attempt& attempt);
    void run_once(Attempt& attempt);
    void undo(Attempt& attempt, bool starts_over);
    void fail(Attempt& attempt, const SQLError& error);
    void take_back(Attempt& attempt, const SQLError& error);
    Attempt attempt_of(
        PreparedStatement& statement,
        std::span<const Parameter> parameters,
        ResultSink& sink
    ) const;
    SQLError end_waiting();
    void refuse_writing(const Attempt& attempt) const;
    bool may_go_on();
    static bool may_start_over(const Statement& statement);
    bool wait_for(const Lock& wanted);
    void end_attempt(const Statement* statement = nullptr);

    // Transactions: transactions.cpp.
    enum class Isolation { read_uncommitted, read_committed, repeatable_read, serializable };

    Isolation isolation() const;
    bool take_writer();
    void begin_writing();
    void repeat_changes();
    // Rows without a primary key that have another rowid than when they were changed.
    using RowMoves = std::map<std::pair<std::string, std::int64_t>, std::int64_t>;
    std::int64_t repeat_change(const Change& change, RowMoves& moves);
    bool needs_own_changes(const Statement& statement) const;
    bool needs_place_to_read(const Statement& statement) const;
    void begin_read();
    void control(std::string_view text);
    void keep_history();
    void commit();
    std::uint64_t write_log();
    std::uint64_t position_in_file();
    void rollback();
    void forget_transaction();
    void close_snapshot();
    void start_clock(const Statement& statement, bool is_inside);
    bool must_stop();
    bool is_due_to_stop();
    Context::Pause pause(Duration duration);
    void stop_if_due();
    void roll_back_to(std::size_t savepoint);

    // Locks: locking.cpp.
    bool locks_rows(const Select& select) const;
    bool others_have_locks() const;
    void require(const Lock& lock);
    void
    lock_row(const Table& table, std::span<const Value> row, std::int64_t rowid, LockMode mode);
    void lock_selected(const Select& select);
    bool is_by_unique_key(const Select& select) const;
    void lock_found(const std::string& sql, const std::vector<TablePtr>& tables, LockMode mode);
    void lock_table(const Table& table, LockMode mode);
    void enter(const Lock& lock);
    void lock_defined(const Statement& statement);
    // Rows without a primary key, by table and rowid.
    using Rowids = std::set<std::pair<std::string, std::int64_t>>;
    Rowids inserted_rows() const;
    std::vector<Lock> locks_of(const Change& change, const Rowids& inserted) const;
    std::set<LockKey> entered_insertions(std::size_t first_change) const;
    void keep_locks(std::size_t first_change, bool of_inserted_too);
    void enter_locks();

    // What a plain SELECT sees of others' changes: views.cpp.
    class ReadView;
    bool needs_view() const;
    void show_uncommitted();
    void show_snapshot();

    // Statements.
    void run(Run& run, const Select& select);
    void run(Run& run, const Insert& insert);
    void run(Run& run, const LoadData& load);
    void run(Run& run, const Update& update);
    void update_joined(Run& run, const Update& update);
    std::vector<Value> joined_row(
        const Table& table,
        const std::vector<std::pair<std::size_t, std::size_t>>& assignments,
        const FoundRow& found,
        const std::vector<Type>& types,
        bool is_strict_row
    );
    void run(Run& run, const Delete& remove);
    void run(Run& run, const CreateTable& create);
    void run(Run& run, const AlterTable& alter);
    void run(Run& run, const DropTables& drop);
    void run(Run& run, const RenameTables& rename);
    void run(Run& run, const TruncateTable& truncate);
    void run(Run& run, const CreateDatabase& create);
    void run(Run& run, const AlterDatabase& alter);
    void run(Run& run, const DropDatabase& drop);
    void run(Run& run, const Use& use);
    void run(Run& run, const Transaction& transaction);
    void run(Run& run, const SetVariables& set);
    void run(Run& run, const SetNames& set);
    void run(Run& run, const SetTransaction& set);
    void run(Run& run, const Show& show);
    void run(Run& run, const LockTables& lock);
    void run(Run& run, const Kill& kill);
    void run(Run& run, const AcceptedAdministration& administration);
    void run(Run& run, const Prepare& prepare);
    void run(Run& run, const ExecutePrepared& execute);
    void run(Run& run, const DeallocatePrepared& deallocate);
    void run(Run& run, const CreateView& create);
    void run(Run& run, const DropViews& drop);
    void run(Run& run, const CreateProgram& create);
    void run(Run& run, const DropProgram& drop);
    void run(Run& run, const AlterRoutine& alter);
    void run(Run& run, const CallProcedure& call);
    void run(Run& run, const Signal& signal);
    void run(Run& run, const GetDiagnostics& get);
    void run(Run& run, const Explain& explain);
    ExplainedPlan plan_of(const Statement& statement);
    void run_on_view(Run& run);

    void fire_before_insert(Insertion& insertion, const GivenRow& given, std::vector<Value>& row);
    void fire_before_update(
        RowWriter& writer,
        const std::vector<Value>& old_row,
        std::vector<Value>& row,
        const std::vector<std::size_t>& targets
    );

    // Temporary tables.
    CatalogPtr session_catalog();
    void drop_temporary(const Table& table);
    void alter_temporary(Run& run, const TablePtr& old_table, Table table, const Origins& origins);
    void copy_rows(const Table& old_table, const TablePtr& fresh, const Origins& origins);
    TablePtr find_temporary(const TableName& name) const;
    Account account() const;
    std::shared_ptr<const Grants> rights() const;
    bool may_use(std::string_view schema) const;
    TableName existing_relation(const TableName& name) const;
    Progress execute_named(const ExecutePrepared& execute, ResultSink& sink);
    std::vector<Parameter> parameters_named(const std::vector<std::string>& variables) const;
    void send_replica_status(const Show& show, ResultSink& sink) const;

    // Queries.
    PreparedStatement::Plan&
    plan(PreparedStatement& statement, const Select& select, std::span<const Parameter> parameters);
    void send_rows(
        PreparedStatement::Plan& plan,
        std::span<const Parameter> parameters,
        ResultSink& sink,
        const Select& select
    );
    void step_error();
    Translator::Names names(const std::vector<ParameterClass>& classes) const;
    void refresh_system_tables();
    void run_text(std::string_view text, ResultSink& sink);
    void show_create_table(ResultSink& sink, const Show& show);
    void show_create_database(ResultSink& sink, const std::string& name);
    void show_warnings(ResultSink& sink, const Show& show);
    void show_where(ResultSink& sink, const Show& show);
    std::string show_query(const Show& show);
    std::string show_server_query(const Show& show) const;
    using Evaluated = sql::Evaluated;
    Evaluated evaluate(
        const Expr& expression,
        const Table* row_of,
        std::span<const Value> row,
        std::span<const Value> inserted,
        const Insert* insert = nullptr
    );
    Evaluated constant(const Expr& expression);
    std::optional<Evaluated> literal(const Expr& expression) const;
    // An expression as the default may name other columns of the row.
    Value default_of(const Table& table, std::size_t column, std::span<const Value> row = {});
    Generated& generated(const Table& table, std::size_t column);
    void
    fill_generated(const Table& table, std::vector<Value>& row, std::size_t number, bool strict);
    void check_constraints(const Table& table, std::span<const Value> row);
    void
    insert_row(class RowWriter& writer, const Insert& insert, std::vector<Value> row, Done& done);
    void update_duplicate(
        class RowWriter& writer,
        const Insert& insert,
        std::span<const Value> old_row,
        std::span<const Value> inserted,
        Done& done
    );
    void load_record(
        const LoadData& load,
        const std::vector<LoadData::Target>& targets,
        Insertion& insertion,
        const std::vector<Records::Field>& fields
    );
    std::vector<std::size_t> insert_targets(const Insert& insert, const Table& table) const;
    void store(
        Insertion& insertion,
        GivenRow& given,
        std::size_t target,
        const Type& type,
        const ValueView& value
    );
    void complete(Insertion& insertion, GivenRow given);
    void insert_selected(Insertion& insertion);
    using SelectedRows = std::vector<std::vector<Value>>;
    SelectedRows rows_of(const TranslatedSelect& query);
    void insert_rows(Insertion& insertion, const TranslatedSelect& query, const SelectedRows& rows);
    void insert_values(Insertion& insertion);
    Evaluated inserted_value(Insertion& insertion, const GivenRow& given, const Expr& expression);
    using FindingPtr = std::shared_ptr<const PreparedStatement::Finding>;
    FindingPtr finding(Run& run, bool may_be_kept, const Wanted& wanted);
    std::vector<FoundRow> find_rows(const std::string& sql, const Table& table, std::size_t extra);
    std::vector<Value> updated_row(const Updating& updating, FoundRow& found, std::size_t number);
    std::vector<ParameterClass> parameter_classes() const;
    void refuse_system_table(const Table& table) const;
    std::vector<std::string> target_names(const TableReference& tables) const;

    // Definitions.
    std::shared_ptr<Catalog> catalog_to_change();
    void store_table(Catalog& catalog, Table table, bool makes_storage);
    void forget_table(Catalog& catalog, const Table& table);
    void
    rebuild_table(Catalog& catalog, const Table& old_table, Table table, const Origins& origins);
    void apply_clause(Table& table, const AlterClause& clause, Origins& origins);
    // The statement as it was written, or a text that says the same wherever it is read.
    void log_definition(const Run& run, std::string text = {});
    bool checks_foreign_keys() const;
    void check_default(const Table& table, std::size_t column);
    void rename_parents(Catalog& catalog, const AlteredTable& altered);
    void refuse_orphans(const Table& table, const Table& before);
    void note_database(const Database& database);
    const std::string& schema_of(const TableName& name) const;

    void set_variable(const SetVariables::Item& item);
    void forget_plans();
    void follow_characters(const std::string& name);
    bool has_mode(std::string_view mode) const;
    Modes modes() const;
    void refuse_division(bool ignores_errors) const;
    std::string variable_text(const Evaluated& value) const;

    Engine& engine_;
    Context context_;
    ConnectionPtr sqlite_;
    CatalogPtr catalog_;
    bool in_transaction_ = false;
    bool autocommits_ = true;
    bool owns_writer_ = false;
    enum class Waiting { nothing, writer, lock } waiting_ = Waiting::nothing;
    bool has_snapshot_ = false;
    bool is_internal_ = false;
    bool is_read_only_transaction_ = false;
    bool changes_catalog_ = false;
    std::vector<std::string> savepoints_;
    LogEntry pending_;                // changes of the open transaction
    std::size_t entered_changes_ = 0; // so many of them have their locks among the engine's
    std::vector<Lock> noted_locks_;   // others, not entered yet
    bool has_entered_ = false;        // something is among the engine's row locks
    LockedRows locked_rows_ = LockedRows::are_awaited; // of the statement
    std::optional<std::uint64_t> snapshot_position_;   // that a REPEATABLE READ transaction reads
    std::optional<std::uint64_t> history_position_;    // kept open in the engine's history
    Timestamp place_since_{};
    Duration repeating_{}; // how long it took last
    std::vector<std::size_t> savepoint_marks_;
    std::span<const Parameter> parameters_;
    std::vector<ParameterClass> classes_;
    std::vector<ViewCheck> view_checks_; // of the statement that runs
    TemporaryTables temporary_;
    bool keeps_place_ = false; // the transaction has changed one: that cannot be repeated
    std::uint64_t system_tables_version_ = 0;
    std::list<std::pair<std::string, PreparedPtr>> recent_;
    std::map<std::string, std::list<std::pair<std::string, PreparedPtr>>::iterator, std::less<>>
        recent_by_text_;
    std::map<std::string, StatementPtr, std::less<>> kept_; // statements of RowWriter
    std::uint64_t modes_version_ = 0;                       // under which statements are translated
    ParentTables parents_;
    std::map<std::string, Generated, std::less<>> generated_; // by storage and column
    std::uint64_t generated_version_ = 0;                     // of the catalog
    std::map<std::string, PreparedPtr, std::less<>> named_;   // PREPARE name FROM
    void forget_named();
    std::mutex wake_up_mutex_;
    std::function<void()> wake_up_;
    std::atomic<bool> is_interrupted_{false};
    std::atomic<bool> is_killed_{false};
    std::optional<Duration> time_limit_; // max_execution_time
    std::optional<Duration> inline_limit_;
    std::string file_;          // of LOAD DATA LOCAL
    bool is_lone_call_ = false; // a SELECT of one value from no table
    std::condition_variable roused_;
    bool takes_long_ = false;
    bool is_unsynced_ = false;
    bool writes_aside_ = false; // the statement that runs
    bool is_mixed_ = false;     // the transaction has looked at its own changes
    bool statement_writes_ = false;
    std::unique_ptr<SessionPrograms> programs_;
    std::uint32_t rows_written_ = 0;
    int rows_being_written_ = 0; // one, and those that follow from it
    Timestamp begun_{};
};

} // namespace diorama::rds::sql
