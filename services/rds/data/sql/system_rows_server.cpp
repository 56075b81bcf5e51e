// What the server has: engines, collations, character sets and counters, as information_schema and
// performance_schema show them.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/lexer.hpp"
#include "services/rds/data/sql/system_tables.hpp"

#include <fmt/core.h>

namespace diorama::rds::sql {

namespace {

Value t(std::string_view text) {
    return Value::text(std::string(text));
}

Value n(std::int64_t number) {
    return Value::of(number);
}

void fill_status(const PutRow& put, Engine& engine, const Context& context) {
    const auto& c = engine.counters;
    const std::pair<const char*, std::uint64_t> status[] = {
        {"Bytes_received", c.bytes_received},
        {"Bytes_sent", c.bytes_sent},
        {"Connections", c.connections_made},
        {"Queries", c.statements},
        {"Questions", c.statements},
        {"Threads_connected", c.connections_open},
        {"Uptime",
         static_cast<std::uint64_t>(
             std::chrono::duration_cast<std::chrono::seconds>(context.now - engine.opened()).count()
         )},
        {"Com_commit", c.commits},
        {"Com_rollback", c.rollbacks},
        {"Innodb_os_log_fsyncs", engine.log_sync().syncs()},
        {"Innodb_rows_read", c.rows_sent},
        {"Prepared_stmt_count", static_cast<std::uint64_t>(c.prepared_statements.load())}
    };
    for (const auto* table : {"global_status", "session_status"})
        for (const auto& [name, value] : status)
            put(table, {t(name), t(fmt::format("{}", value))});
    put("session_status", {t("Ssl_cipher"), t(context.tls_cipher)});
    put("session_status", {t("Ssl_version"), t(context.tls_version)});
}

// https://dev.mysql.com/doc/refman/8.0/en/performance-schema-connection-attribute-tables.html
void fill_attributes(const PutRow& put, const Engine& engine, const Context& context) {
    for (const auto& session : engine.sessions()) {
        std::int64_t position = 0;
        for (const auto& [name, value] : session.attributes) {
            const auto number = position++;
            for (const auto* table : {"session_connect_attrs", "session_account_connect_attrs"})
                if (table == std::string_view("session_connect_attrs") ||
                    session.user == context.user)
                    put(table, {n(session.id), t(name), t(value), n(number)});
        }
    }
}

} // namespace

void fill_server(const PutRow& put, Engine& engine, const Context& context) {
    put("engines",
        {t("InnoDB"),
         t("DEFAULT"),
         t("Supports transactions, row-level locking, and foreign keys"),
         t("YES"),
         t("NO"),
         t("YES")});
    for (int i = 0; i <= static_cast<int>(Collation::binary); ++i) {
        const auto c = static_cast<Collation>(i);
        const bool is_default = i == 0 || c == Collation::binary;
        put("collations",
            {t(collation_name(c)),
             t(character_set_of(c)),
             n(collation_id(c)),
             t(is_default ? "Yes" : ""),
             t("Yes"),
             n(i == 0 ? 0 : 1),
             t(i == 0 || c == Collation::binary ? "NO PAD" : "PAD SPACE")});
    }
    put("character_sets", {t("utf8mb4"), t("utf8mb4_0900_ai_ci"), t("UTF-8 Unicode"), n(4)});
    put("character_sets", {t("binary"), t("binary"), t("Binary pseudo charset"), n(1)});
    for (const auto word : reserved_words())
        put("keywords", {t(word), n(1)});
    fill_status(put, engine, context);
    fill_attributes(put, engine, context);
}

} // namespace diorama::rds::sql
