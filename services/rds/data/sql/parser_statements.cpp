// Statements by their first word, and those that change rows.
// https://dev.mysql.com/doc/refman/8.0/en/sql-data-manipulation-statements.html
#include "services/rds/data/sql/parser.hpp"

namespace diorama::rds::sql {

Statement Parser::statement() {
    if (at_query()) return std::move(*query());
    if (accept("INSERT")) return insert(false);
    if (accept("REPLACE")) return insert(true);
    if (at("LOAD") && at("DATA", 1)) {
        ++at_;
        return load_data();
    }
    if (accept("UPDATE")) return update();
    if (accept("DELETE")) return delete_from();
    if (accept("CREATE")) return create();
    if (accept("ALTER")) return alter();
    if (at_any({"PREPARE", "EXECUTE", "DEALLOCATE"}) || (at("DROP") && at("PREPARE", 1)))
        return prepared_by_name();
    if (accept("DROP")) return drop();
    if (accept_all({"RENAME", "USER"})) return rename_user();
    if (accept("RENAME")) return rename_tables();
    if (accept("TRUNCATE")) {
        accept("TABLE");
        return TruncateTable{table_name()};
    }
    if (accept("USE")) return Use{name()};
    if (accept("SET")) return set();
    if (accept("SHOW")) return show();
    if (at_any({"DESCRIBE", "DESC", "EXPLAIN"})) return describe();
    if (at_any({"BEGIN", "START", "COMMIT", "SAVEPOINT", "ROLLBACK", "RELEASE"}))
        return transaction_statement();
    if (at("LOCK") || at("UNLOCK")) return lock_tables();
    if (accept("KILL")) return kill();
    if (accept("CALL")) return call();
    if (accept("DO")) { // a SELECT whose values go nowhere
        Select select;
        do {
            select.items.push_back(select_item());
            select.into.emplace_back();
        } while (accept(","));
        return select;
    }
    if (accept("SIGNAL")) return signal(false);
    if (accept("RESIGNAL")) return signal(true);
    if (at("GET") && (at("DIAGNOSTICS", 1) || at("DIAGNOSTICS", 2))) return get_diagnostics();
    if (at_any({"ANALYZE", "OPTIMIZE", "CHECK", "REPAIR", "CHECKSUM", "FLUSH"})) {
        auto operation = lower_case(tokens_[at_++].raw);
        return administration(std::move(operation));
    }
    if (at("GRANT") || at("REVOKE")) return grant();
    if (at_any(
            {"HANDLER",
             "XA",
             "IMPORT",
             "INSTALL",
             "UNINSTALL",
             "CHANGE",
             "RESET",
             "PURGE",
             "STOP",
             "CLONE",
             "HELP",
             "SHUTDOWN"}
        ))
        throw not_supported(upper_case(peek().raw));
    fail();
}

Statement Parser::transaction_statement() {
    if (at_any({"BEGIN", "START"})) return begin_transaction();
    if (accept("COMMIT")) return end_of_transaction(Transaction::Kind::commit);
    if (accept("SAVEPOINT")) return savepoint_statement(Transaction::Kind::savepoint);
    if (accept("ROLLBACK")) {
        if (!at("TO") && !at("TO", 1)) return end_of_transaction(Transaction::Kind::rollback);
        accept("WORK");
        expect("TO");
        accept("SAVEPOINT");
        return savepoint_statement(Transaction::Kind::rollback_to_savepoint);
    }
    if (accept_all({"RELEASE", "SAVEPOINT"}))
        return savepoint_statement(Transaction::Kind::release_savepoint);
    fail();
}

// After COMMIT or ROLLBACK: [WORK] [AND [NO] CHAIN] [[NO] RELEASE]
Statement Parser::end_of_transaction(Transaction::Kind kind) {
    Transaction transaction{.kind = kind, .name = {}};
    accept("WORK");
    if (accept("AND")) {
        transaction.is_chained = !accept("NO");
        expect("CHAIN");
    }
    const bool stays = accept("NO");
    if (stays) expect("RELEASE");
    transaction.releases = !stays && accept("RELEASE");
    if (transaction.releases && transaction.is_chained) fail();
    return transaction;
}

Statement Parser::kill() {
    Kill kill;
    if (accept("QUERY"))
        kill.is_query_only = true;
    else
        accept("CONNECTION");
    kill.connection = integer_literal();
    return kill;
}

// https://dev.mysql.com/doc/refman/8.0/en/sql-prepared-statements.html
Statement Parser::prepared_by_name() {
    if (accept("EXECUTE")) return execute_prepared();
    if (accept("DEALLOCATE") || accept("DROP")) {
        expect("PREPARE");
        return DeallocatePrepared{lower_case(name())};
    }
    expect("PREPARE");
    Prepare prepare;
    prepare.name = lower_case(name());
    expect("FROM");
    if (peek().kind == TokenKind::user_variable)
        prepare.variable = token_value(tokens_[at_++]);
    else
        prepare.text = text_literal();
    return prepare;
}

Statement Parser::execute_prepared() {
    ExecutePrepared execute;
    execute.name = lower_case(name());
    if (!accept("USING")) return execute;
    do {
        if (peek().kind != TokenKind::user_variable) fail();
        execute.variables.push_back(token_value(tokens_[at_++]));
    } while (accept(","));
    return execute;
}

Statement Parser::insert(bool is_replace) {
    Insert insert;
    insert.is_replace = is_replace;
    while (accept("LOW_PRIORITY") || accept("DELAYED") || accept("HIGH_PRIORITY")) {
    }
    insert.ignores_errors = accept("IGNORE");
    accept("INTO");
    insert.table = table_name();
    if (at("PARTITION")) throw not_supported("PARTITION");
    if (at("(") && !at_query()) {
        insert.names_columns = true;
        expect("(");
        while (!at(")")) {
            auto column = name();
            if (accept(".")) column = name_after_point();
            insert.columns.push_back(std::move(column));
            if (!accept(",")) break;
        }
        expect(")");
    }
    if (at_query() && !at("VALUES"))
        insert.select = query();
    else
        insert_rows(insert);
    if (accept("AS")) {
        insert.row_alias = name();
        if (at("(")) insert.row_columns = name_list();
    }
    if (accept_all({"ON", "DUPLICATE", "KEY", "UPDATE"})) insert.on_duplicate = assignments();
    return insert;
}

void Parser::insert_rows(Insert& insert) {
    if (accept("SET")) {
        insert.names_columns = true;
        insert.rows.emplace_back();
        for (auto& assignment : assignments()) {
            insert.columns.push_back(std::move(assignment.column));
            insert.rows.back().push_back(std::move(assignment.value));
        }
        return;
    }
    if (!accept("VALUES")) expect("VALUE");
    do {
        accept("ROW");
        expect("(");
        auto& row = insert.rows.emplace_back();
        if (!at(")")) {
            do
                row.push_back(expression());
            while (accept(","));
        }
        expect(")");
    } while (accept(","));
}

Assignment Parser::assignment() {
    Assignment assignment;
    assignment.column = name();
    while (accept(".")) {
        assignment.table = std::move(assignment.column);
        assignment.column = name_after_point();
    }
    if (!accept(":=")) expect("=");
    assignment.value = expression();
    return assignment;
}

std::vector<Assignment> Parser::assignments() {
    std::vector<Assignment> list;
    do
        list.push_back(assignment());
    while (accept(","));
    return list;
}

Statement Parser::update() {
    Update update;
    accept("LOW_PRIORITY");
    update.ignores_errors = accept("IGNORE");
    update.tables = table_references();
    expect("SET");
    update.assignments = assignments();
    if (accept("WHERE")) update.where = expression();
    if (accept_all({"ORDER", "BY"})) update.order_by = order_items();
    if (accept("LIMIT")) update.limit = primary();
    return update;
}

Statement Parser::delete_from() {
    Delete statement;
    while (accept("LOW_PRIORITY") || accept("QUICK") || accept("IGNORE")) {
    }
    const auto target = [this] {
        auto table = table_name();
        if (accept(".")) expect("*");
        return table;
    };
    if (!at("FROM")) { // DELETE a, b FROM …
        do
            statement.targets.push_back(target());
        while (accept(","));
        expect("FROM");
        statement.tables = table_references();
    } else {
        expect("FROM");
        statement.tables = table_references();
        if (accept("USING")) { // DELETE FROM a, b USING …
            const auto* reference = statement.tables.get();
            std::vector<const TableReference*> pending{reference};
            while (!pending.empty()) {
                reference = pending.back();
                pending.pop_back();
                if (reference->kind == TableReference::Kind::join) {
                    pending.push_back(reference->right.get());
                    pending.push_back(reference->left.get());
                } else {
                    statement.targets.push_back(reference->name);
                }
            }
            statement.tables = table_references();
        }
    }
    if (accept("WHERE")) statement.where = expression();
    if (accept_all({"ORDER", "BY"})) statement.order_by = order_items();
    if (accept("LIMIT")) statement.limit = primary();
    return statement;
}

Statement Parser::begin_transaction() {
    Transaction transaction{.kind = Transaction::Kind::begin, .name = {}};
    if (accept("BEGIN")) {
        accept("WORK");
        return transaction;
    }
    expect("START");
    expect("TRANSACTION");
    while (true) {
        if (accept_all({"WITH", "CONSISTENT", "SNAPSHOT"}))
            transaction.takes_snapshot = true;
        else if (accept_all({"READ", "ONLY"}))
            transaction.is_read_only = true;
        else if (!accept_all({"READ", "WRITE"}))
            break;
        accept(",");
    }
    return transaction;
}

Statement Parser::savepoint_statement(Transaction::Kind kind) {
    return Transaction{.kind = kind, .name = name()};
}

Statement Parser::lock_tables() {
    LockTables lock;
    lock.is_unlock = at("UNLOCK");
    ++at_;
    if (!accept("TABLES")) expect("TABLE");
    if (lock.is_unlock) return lock;
    do {
        lock.tables.push_back(table_name());
        if (accept("AS") || at_name()) {
            if (!at("READ") && !at("WRITE")) name();
        }
        accept("LOW_PRIORITY");
        if (accept("READ"))
            accept("LOCAL");
        else
            expect("WRITE");
    } while (accept(","));
    return lock;
}

Statement Parser::administration(std::string operation) {
    AcceptedAdministration administration{std::move(operation), {}};
    if (administration.operation == "flush") {
        while (!at_end() && !at(";"))
            ++at_;
        return administration;
    }
    if (!accept("NO_WRITE_TO_BINLOG")) accept("LOCAL");
    expect("TABLE");
    do
        administration.tables.push_back(table_name());
    while (accept(","));
    while (at_any({"QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED"}))
        ++at_;
    return administration;
}

} // namespace diorama::rds::sql
