// https://dev.mysql.com/doc/refman/8.0/en/information-schema.html
#include "services/rds/data/sql/system_tables.hpp"

#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/uninterrupted.hpp"

#include <array>

namespace diorama::rds::sql {

namespace {

struct SystemTable {
    std::string_view schema;
    std::string_view name;
    std::string_view columns; // a leading '#' marks a number
};

// clang-format off
constexpr std::array system_tables = {
    SystemTable{"information_schema", "SCHEMATA", "CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH DEFAULT_ENCRYPTION"},
    SystemTable{"information_schema", "TABLES", "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE #VERSION ROW_FORMAT #TABLE_ROWS #AVG_ROW_LENGTH #DATA_LENGTH #MAX_DATA_LENGTH #INDEX_LENGTH #DATA_FREE #AUTO_INCREMENT CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION #CHECKSUM CREATE_OPTIONS TABLE_COMMENT"},
    SystemTable{"information_schema", "COLUMNS", "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE #CHARACTER_MAXIMUM_LENGTH #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION #NUMERIC_SCALE #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION #SRS_ID"},
    SystemTable{"information_schema", "STATISTICS", "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME #NON_UNIQUE INDEX_SCHEMA INDEX_NAME #SEQ_IN_INDEX COLUMN_NAME COLLATION #CARDINALITY #SUB_PART PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT IS_VISIBLE EXPRESSION"},
    SystemTable{"information_schema", "TABLE_CONSTRAINTS", "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE ENFORCED"},
    SystemTable{"information_schema", "KEY_COLUMN_USAGE", "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION #POSITION_IN_UNIQUE_CONSTRAINT REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME"},
    SystemTable{"information_schema", "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME"},
    SystemTable{"information_schema", "CHECK_CONSTRAINTS", "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME CHECK_CLAUSE"},
    SystemTable{"information_schema", "PROCESSLIST", "#ID USER HOST DB COMMAND #TIME STATE INFO"},
    SystemTable{"information_schema", "ENGINES", "ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS"},
    SystemTable{"information_schema", "COLLATIONS", "COLLATION_NAME CHARACTER_SET_NAME #ID IS_DEFAULT IS_COMPILED #SORTLEN PAD_ATTRIBUTE"},
    SystemTable{"information_schema", "COLLATION_CHARACTER_SET_APPLICABILITY", "COLLATION_NAME CHARACTER_SET_NAME"},
    SystemTable{"information_schema", "CHARACTER_SETS", "CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION #MAXLEN"},
    SystemTable{"information_schema", "ST_GEOMETRY_COLUMNS", "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME SRS_NAME #SRS_ID GEOMETRY_TYPE_NAME"},
    SystemTable{"information_schema", "VIEWS", "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE CHARACTER_SET_CLIENT COLLATION_CONNECTION"},
    SystemTable{"information_schema", "TRIGGERS", "TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_CATALOG EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE #ACTION_ORDER ACTION_CONDITION ACTION_STATEMENT ACTION_ORIENTATION ACTION_TIMING ACTION_REFERENCE_OLD_TABLE ACTION_REFERENCE_NEW_TABLE ACTION_REFERENCE_OLD_ROW ACTION_REFERENCE_NEW_ROW CREATED SQL_MODE DEFINER CHARACTER_SET_CLIENT COLLATION_CONNECTION DATABASE_COLLATION"},
    SystemTable{"information_schema", "EVENTS", "EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER TIME_ZONE EVENT_BODY EVENT_DEFINITION EVENT_TYPE EXECUTE_AT INTERVAL_VALUE INTERVAL_FIELD SQL_MODE STARTS ENDS STATUS ON_COMPLETION CREATED LAST_ALTERED LAST_EXECUTED EVENT_COMMENT #ORIGINATOR CHARACTER_SET_CLIENT COLLATION_CONNECTION DATABASE_COLLATION"},
    SystemTable{"information_schema", "ROUTINES", "SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE #CHARACTER_MAXIMUM_LENGTH #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION #NUMERIC_SCALE #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME DTD_IDENTIFIER ROUTINE_BODY ROUTINE_DEFINITION EXTERNAL_NAME EXTERNAL_LANGUAGE PARAMETER_STYLE IS_DETERMINISTIC SQL_DATA_ACCESS SQL_PATH SECURITY_TYPE CREATED LAST_ALTERED SQL_MODE ROUTINE_COMMENT DEFINER CHARACTER_SET_CLIENT COLLATION_CONNECTION DATABASE_COLLATION"},
    SystemTable{"information_schema", "PARAMETERS", "SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME #ORDINAL_POSITION PARAMETER_MODE PARAMETER_NAME DATA_TYPE #CHARACTER_MAXIMUM_LENGTH #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION #NUMERIC_SCALE #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME DTD_IDENTIFIER ROUTINE_TYPE"},
    SystemTable{"information_schema", "FILES", "FILE_ID FILE_NAME FILE_TYPE TABLESPACE_NAME LOGFILE_GROUP_NAME ENGINE #EXTENT_SIZE #INITIAL_SIZE #TOTAL_EXTENTS EXTRA"},
    SystemTable{"information_schema", "PARTITIONS", "TABLE_SCHEMA TABLE_NAME PARTITION_NAME TABLESPACE_NAME"},
    SystemTable{"information_schema", "COLUMN_STATISTICS", "SCHEMA_NAME TABLE_NAME COLUMN_NAME HISTOGRAM"},
    SystemTable{"information_schema", "KEYWORDS", "WORD #RESERVED"},
    SystemTable{"information_schema", "USER_PRIVILEGES", "GRANTEE TABLE_CATALOG PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "SCHEMA_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "TABLE_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "COLUMN_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "APPLICABLE_ROLES", "USER HOST GRANTEE GRANTEE_HOST ROLE_NAME ROLE_HOST IS_GRANTABLE IS_DEFAULT IS_MANDATORY"},
    SystemTable{"information_schema", "ADMINISTRABLE_ROLE_AUTHORIZATIONS", "USER HOST GRANTEE GRANTEE_HOST ROLE_NAME ROLE_HOST IS_GRANTABLE IS_DEFAULT IS_MANDATORY"},
    SystemTable{"information_schema", "ENABLED_ROLES", "ROLE_NAME ROLE_HOST IS_DEFAULT IS_MANDATORY"},
    SystemTable{"information_schema", "ROLE_TABLE_GRANTS", "GRANTOR GRANTOR_HOST GRANTEE GRANTEE_HOST TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "ROLE_COLUMN_GRANTS", "GRANTOR GRANTOR_HOST GRANTEE GRANTEE_HOST TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"information_schema", "ROLE_ROUTINE_GRANTS", "GRANTOR GRANTOR_HOST GRANTEE GRANTEE_HOST SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME PRIVILEGE_TYPE IS_GRANTABLE"},
    SystemTable{"mysql", "role_edges", "FROM_HOST FROM_USER TO_HOST TO_USER WITH_ADMIN_OPTION"},
    SystemTable{"mysql", "default_roles", "HOST USER DEFAULT_ROLE_HOST DEFAULT_ROLE_USER"},
    SystemTable{"mysql", "general_log", "event_time user_host #thread_id #server_id command_type argument"},
    SystemTable{"mysql", "slow_log", "start_time user_host query_time lock_time #rows_sent #rows_examined db #last_insert_id #insert_id #server_id sql_text #thread_id"},
    SystemTable{"mysql", "user", "Host User Select_priv Insert_priv Update_priv Delete_priv Create_priv Drop_priv Reload_priv Process_priv References_priv Index_priv Alter_priv Grant_priv Super_priv Execute_priv Create_user_priv plugin authentication_string password_expired account_locked"},
    SystemTable{"performance_schema", "SESSION_CONNECT_ATTRS", "#PROCESSLIST_ID ATTR_NAME ATTR_VALUE #ORDINAL_POSITION"},
    SystemTable{"performance_schema", "SESSION_ACCOUNT_CONNECT_ATTRS", "#PROCESSLIST_ID ATTR_NAME ATTR_VALUE #ORDINAL_POSITION"},
    SystemTable{"performance_schema", "SESSION_VARIABLES", "VARIABLE_NAME VARIABLE_VALUE"},
    SystemTable{"performance_schema", "GLOBAL_VARIABLES", "VARIABLE_NAME VARIABLE_VALUE"},
    SystemTable{"performance_schema", "GLOBAL_STATUS", "VARIABLE_NAME VARIABLE_VALUE"},
    SystemTable{"performance_schema", "SESSION_STATUS", "VARIABLE_NAME VARIABLE_VALUE"},
};
// clang-format on

bool is_long(std::string_view column) {
    return column.ends_with("TYPE") || column.ends_with("CLAUSE") ||
           column.ends_with("DEFINITION") || column == "ACTION_STATEMENT" || column == "SQL_MODE";
}

std::string storage_of(const SystemTable& table) {
    return "temp.is_" + lower_case(table.name);
}

// Their rows stay what they were when they were first filled.
bool is_constant(std::string_view table) {
    return table == "COLLATIONS" || table == "COLLATION_CHARACTER_SET_APPLICABILITY" ||
           table == "CHARACTER_SETS" || table == "KEYWORDS";
}

} // namespace

void add_system_tables(Catalog& catalog) {
    for (const auto& system : system_tables) {
        Table table;
        table.schema = system.schema;
        table.name = system.name;
        table.storage_name = storage_of(system);
        table.is_system = true;
        table.collation = Collation::utf8mb3_general_ci;
        auto rest = system.columns;
        while (!rest.empty()) {
            const auto space = rest.find(' ');
            auto name = rest.substr(0, space);
            Column column;
            const bool is_number = name[0] == '#';
            if (is_number) name.remove_prefix(1);
            column.name = name;
            column.type = is_number ? integer_type() : text_type(is_long(name) ? 16383 : 64);
            column.type.collation = Collation::utf8mb3_general_ci;
            table.columns.push_back(std::move(column));
            rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
        }
        auto& database = catalog.databases[table.schema];
        database.name = table.schema;
        database.collation = Collation::utf8mb3_general_ci;
        const auto name = table.name;
        database.tables[name] = std::make_shared<const Table>(std::move(table));
    }
}

void Connection::refresh_system_tables() {
    const Uninterrupted uninterrupted(rows_being_written_);
    for (const auto& system : system_tables) {
        const auto table = catalog_->find_table(system.schema, system.name);
        if (system_tables_version_ == 0) {
            auto statement = storage_definition(*table).front();
            execute_sqlite(
                sqlite_.get(),
                statement.replace(statement.find("TABLE "), 6, "TABLE IF NOT EXISTS ")
            );
        }
        if (!is_constant(system.name))
            execute_sqlite(sqlite_.get(), "DELETE FROM " + table->storage_name);
    }
    system_tables_version_ = catalog_->version;
    fill_system_tables(sqlite_.get(), *catalog_, engine_, context_);
}

} // namespace diorama::rds::sql
