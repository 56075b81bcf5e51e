// SHOW in terms of information_schema.
// https://dev.mysql.com/doc/refman/8.0/en/show.html
#include "services/rds/data/sql/connection.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

std::string like(const Show& show, std::string_view column) {
    return show.like ? fmt::format(" AND {} LIKE {}", column, quoted_text(*show.like))
                     : std::string();
}

// Of what there is none here.
std::string empty_result(std::string_view word) {
    std::string_view columns = "'' AS `Name`, '' AS `Status`, '' AS `Type`, '' AS `Library`, "
                               "'' AS `License`"; // PLUGINS
    if (word == "OPEN")
        columns = "'' AS `Database`, '' AS `Table`, 0 AS `In_use`, 0 AS `Name_locked`";
    if (word == "PROFILES") columns = "0 AS `Query_ID`, 0.0 AS `Duration`, '' AS `Query`";
    if (word == "MASTER")
        columns = "'' AS `File`, 0 AS `Position`, '' AS `Binlog_Do_DB`, '' AS `Binlog_Ignore_DB`, "
                  "'' AS `Executed_Gtid_Set`";
    return fmt::format("SELECT {} FROM information_schema.SCHEMATA WHERE 0", columns);
}

std::string columns_query(const Show& show, const TableName& table) {
    return fmt::format(
        "SELECT COLUMN_NAME AS `Field`, COLUMN_TYPE AS `Type`{}, IS_NULLABLE AS `Null`, "
        "COLUMN_KEY AS `Key`, "
        "COLUMN_DEFAULT AS `Default`, EXTRA AS `Extra`{} FROM information_schema.COLUMNS WHERE "
        "TABLE_SCHEMA={} AND "
        "TABLE_NAME={}{} ORDER BY ORDINAL_POSITION",
        show.is_full ? ", COLLATION_NAME AS `Collation`" : "",
        show.is_full ? ", PRIVILEGES AS `Privileges`, COLUMN_COMMENT AS `Comment`" : "",
        quoted_text(table.schema),
        quoted_text(table.table),
        like(show, "COLUMN_NAME")
    );
}

std::string index_query(const TableName& table) {
    return fmt::format(
        "SELECT TABLE_NAME AS `Table`, NON_UNIQUE AS `Non_unique`, INDEX_NAME AS `Key_name`, "
        "SEQ_IN_INDEX AS "
        "`Seq_in_index`, COLUMN_NAME AS `Column_name`, COLLATION AS `Collation`, CARDINALITY "
        "AS `Cardinality`, "
        "SUB_PART AS `Sub_part`, PACKED AS `Packed`, NULLABLE AS `Null`, INDEX_TYPE AS "
        "`Index_type`, COMMENT AS "
        "`Comment`, INDEX_COMMENT AS `Index_comment`, IS_VISIBLE AS `Visible`, EXPRESSION AS "
        "`Expression` FROM "
        "information_schema.STATISTICS WHERE TABLE_SCHEMA={} AND TABLE_NAME={}",
        quoted_text(table.schema),
        quoted_text(table.table)
    );
}

} // namespace

std::string Connection::show_query(const Show& show) {
    using Kind = Show::Kind;
    const auto schema = [&] {
        const auto name = show.table.schema.empty() ? context_.database : show.table.schema;
        if (name.empty()) throw no_database_selected();
        if (catalog_->find_database(name) == nullptr) throw unknown_database(name);
        return name;
    };
    switch (show.kind) {
    case Kind::databases:
        return fmt::format(
            "SELECT SCHEMA_NAME AS `Database` FROM information_schema.SCHEMATA WHERE 1{} ORDER BY "
            "SCHEMA_NAME",
            like(show, "SCHEMA_NAME")
        );
    case Kind::tables:
        return fmt::format(
            "SELECT TABLE_NAME AS `Tables_in_{}`{} FROM information_schema.TABLES WHERE "
            "TABLE_SCHEMA={}{} ORDER BY TABLE_NAME",
            schema(),
            show.is_full ? ", TABLE_TYPE AS Table_type" : "",
            quoted_text(schema()),
            like(show, "TABLE_NAME")
        );
    case Kind::columns:
        return columns_query(show, existing_relation(show.table));
    case Kind::index:
        return index_query(existing_relation(show.table));
    case Kind::table_status:
        return fmt::format(
            "SELECT TABLE_NAME AS `Name`, ENGINE AS `Engine`, VERSION AS `Version`, ROW_FORMAT AS "
            "`Row_format`, "
            "TABLE_ROWS AS `Rows`, AVG_ROW_LENGTH AS `Avg_row_length`, DATA_LENGTH AS "
            "`Data_length`, MAX_DATA_LENGTH AS "
            "`Max_data_length`, INDEX_LENGTH AS `Index_length`, DATA_FREE AS `Data_free`, "
            "AUTO_INCREMENT AS "
            "`Auto_increment`, CREATE_TIME AS `Create_time`, UPDATE_TIME AS `Update_time`, "
            "CHECK_TIME AS `Check_time`, "
            "TABLE_COLLATION AS `Collation`, CHECKSUM AS `Checksum`, CREATE_OPTIONS AS "
            "`Create_options`, TABLE_COMMENT AS "
            "`Comment` FROM information_schema.TABLES WHERE TABLE_SCHEMA={}{} ORDER BY TABLE_NAME",
            quoted_text(schema()),
            like(show, "TABLE_NAME")
        );
    case Kind::programs:
        return programs_->show_query(show);
    default:
        return show_server_query(show);
    }
}

std::string Connection::show_server_query(const Show& show) const {
    using Kind = Show::Kind;
    switch (show.kind) {
    case Kind::variables:
    case Kind::status:
        return fmt::format(
            "SELECT VARIABLE_NAME AS `Variable_name`, VARIABLE_VALUE AS `Value` FROM "
            "performance_schema.{} WHERE 1{} ORDER BY "
            "VARIABLE_NAME",
            fmt::format(
                "{}_{}",
                show.is_global ? "GLOBAL" : "SESSION",
                show.kind == Kind::status ? "STATUS" : "VARIABLES"
            ),
            like(show, "VARIABLE_NAME")
        );
    case Kind::processlist:
        return "SELECT ID AS `Id`, USER AS `User`, HOST AS `Host`, DB AS `db`, COMMAND AS "
               "`Command`, TIME AS `Time`, STATE AS "
               "`State`, INFO AS `Info` FROM information_schema.PROCESSLIST ORDER BY ID";
    case Kind::engines:
        return "SELECT ENGINE AS `Engine`, SUPPORT AS `Support`, COMMENT AS `Comment`, "
               "TRANSACTIONS AS `Transactions`, XA AS "
               "`XA`, SAVEPOINTS AS `Savepoints` FROM information_schema.ENGINES";
    case Kind::collations:
        return fmt::format(
            "SELECT COLLATION_NAME AS `Collation`, CHARACTER_SET_NAME AS `Charset`, ID AS `Id`, "
            "IS_DEFAULT AS `Default`, "
            "IS_COMPILED AS `Compiled`, SORTLEN AS `Sortlen`, PAD_ATTRIBUTE AS `Pad_attribute` "
            "FROM "
            "information_schema.COLLATIONS WHERE 1{} ORDER BY COLLATION_NAME",
            like(show, "COLLATION_NAME")
        );
    case Kind::character_sets:
        return fmt::format(
            "SELECT CHARACTER_SET_NAME AS `Charset`, DESCRIPTION AS `Description`, "
            "DEFAULT_COLLATE_NAME AS `Default collation`, "
            "MAXLEN AS `Maxlen` FROM information_schema.CHARACTER_SETS WHERE 1{} ORDER BY "
            "CHARACTER_SET_NAME",
            like(show, "CHARACTER_SET_NAME")
        );
    case Kind::nothing:
        return empty_result(show.word);
    default:
        throw not_supported("SHOW");
    }
}

} // namespace diorama::rds::sql
