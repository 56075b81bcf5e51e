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

// MySQL: "this is related to the amount of memory required to sort strings".
std::int64_t sort_length(const CollationEntry& collation) {
    if (collation.name.find("_0900_") != std::string_view::npos)
        return collation.weighing == Weighing::bytes ? 1 : 0;
    if (collation.name == "latin1_german2_ci") return 2;
    const bool is_unicode =
        collation.weighing == Weighing::unicode || collation.weighing == Weighing::unicode_plane;
    return is_unicode ? 8 : 1;
}

void fill_collations(const PutRow& put) {
    const auto all = all_collations();
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& entry = all[i];
        const auto set = entry_of(entry.character_set).name;
        put("collations",
            {t(entry.name),
             t(set),
             n(entry.id),
             t(is_default(static_cast<Collation>(i)) ? "Yes" : ""),
             t("Yes"),
             n(sort_length(entry)),
             t(entry.pads ? "PAD SPACE" : "NO PAD")});
        put("collation_character_set_applicability", {t(entry.name), t(set)});
    }
    for (std::size_t i = 0; i < character_set_count; ++i) {
        const auto& set = entry_of(static_cast<CharacterSet>(i));
        put("character_sets",
            {t(set.name),
             t(collation_name(set.default_collation)),
             t(set.description),
             n(set.longest)});
    }
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

void fill_constants(const PutRow& put) {
    fill_collations(put);
    for (const auto word : reserved_words())
        put("keywords", {t(word), n(1)});
}

void fill_server(const PutRow& put, Engine& engine, const Context& context) {
    put("engines",
        {t("InnoDB"),
         t("DEFAULT"),
         t("Supports transactions, row-level locking, and foreign keys"),
         t("YES"),
         t("NO"),
         t("YES")});
    fill_status(put, engine, context);
    fill_attributes(put, engine, context);
}

} // namespace diorama::rds::sql
