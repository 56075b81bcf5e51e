// Levels, names and the text of grants.
#include "services/rds/data/sql/privileges.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

constexpr std::array<std::string_view, 31> names = {
    "SELECT",
    "INSERT",
    "UPDATE",
    "DELETE",
    "CREATE",
    "DROP",
    "RELOAD",
    "SHUTDOWN",
    "PROCESS",
    "FILE",
    "REFERENCES",
    "INDEX",
    "ALTER",
    "SHOW DATABASES",
    "SUPER",
    "CREATE TEMPORARY TABLES",
    "LOCK TABLES",
    "EXECUTE",
    "REPLICATION SLAVE",
    "REPLICATION CLIENT",
    "CREATE VIEW",
    "SHOW VIEW",
    "CREATE ROUTINE",
    "ALTER ROUTINE",
    "CREATE USER",
    "EVENT",
    "TRIGGER",
    "CREATE TABLESPACE",
    "CREATE ROLE",
    "DROP ROLE",
    "GRANT OPTION",
};

constexpr Privileges of_tables = {
    Privilege::select,
    Privilege::insert,
    Privilege::update,
    Privilege::remove,
    Privilege::create,
    Privilege::drop,
    Privilege::references,
    Privilege::index,
    Privilege::alter,
    Privilege::create_view,
    Privilege::show_view,
    Privilege::trigger,
};

constexpr Privileges of_databases = of_tables.with({
    Privilege::create_temporary_tables,
    Privilege::lock_tables,
    Privilege::execute,
    Privilege::create_routine,
    Privilege::alter_routine,
    Privilege::event,
});

// MySQL: `%` and `_` in the name of a database stand for other letters, unless escaped.
bool matches(std::string_view pattern, std::string_view name) {
    if (pattern.empty()) return name.empty();
    if (pattern[0] == '%') {
        for (std::size_t i = 0; i <= name.size(); ++i)
            if (matches(pattern.substr(1), name.substr(i))) return true;
        return false;
    }
    const bool is_escaped = pattern[0] == '\\' && pattern.size() > 1;
    if (is_escaped) pattern.remove_prefix(1);
    if (name.empty() || (pattern[0] != name[0] && (is_escaped || pattern[0] != '_'))) return false;
    return matches(pattern.substr(1), name.substr(1));
}

std::string backquoted(std::string_view name) {
    return fmt::format("`{}`", name);
}

} // namespace

Privileges all_privileges(const GrantLevel& level) {
    if (!level.table.empty()) return of_tables;
    if (!level.schema.empty()) return of_databases;
    constexpr auto count = names.size() - 1; // all but GRANT OPTION
    return Privileges::of_bits((std::uint64_t{1} << count) - 1);
}

Privileges master_privileges() {
    return of_databases.with({
        Privilege::reload,
        Privilege::process,
        Privilege::show_databases,
        Privilege::replication_slave,
        Privilege::replication_client,
        Privilege::create_user,
        Privilege::create_role,
        Privilege::drop_role,
        Privilege::grant_option,
    });
}

std::string_view privilege_name(Privilege privilege) {
    return names[static_cast<std::size_t>(privilege)];
}

std::optional<Privilege> find_privilege(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Privilege>(found - names.begin());
}

Privileges Grants::at(const GrantLevel& level) const {
    const auto found = levels_.find(level);
    return found == levels_.end() ? Privileges() : found->second;
}

Privileges Grants::effective(const GrantLevel& level) const {
    Privileges privileges;
    for (const auto& [given, held] : levels_) {
        const bool holds =
            given.schema.empty() || (matches(given.schema, level.schema) &&
                                     (given.table.empty() || given.table == level.table));
        if (holds) privileges = privileges.with(held);
    }
    return privileges;
}

bool Grants::allows(Privilege privilege, std::string_view schema, std::string_view table) const {
    if (at({}).has(privilege)) return true;
    return effective({std::string(schema), std::string(table)}).has(privilege);
}

bool Grants::sees(std::string_view schema, std::string_view table) const {
    const auto of_server = all_privileges({"d", ""}).with({Privilege::show_databases});
    for (const auto& [given, held] : levels_) {
        if (held.is_empty()) continue;
        if (given.schema.empty()) {
            if ((held.bits() & of_server.bits()) != 0) return true;
            continue;
        }
        const bool is_of_table = table.empty() || given.table.empty() || given.table == table;
        if (matches(given.schema, schema) && is_of_table) return true;
    }
    return false;
}

void Grants::set(const GrantLevel& level, Privileges privileges) {
    if (privileges.is_empty())
        levels_.erase(level);
    else
        levels_[level] = privileges;
}

std::vector<std::string> Grants::text(std::string_view user, std::string_view host) const {
    std::vector<std::string> lines;
    const auto line = [&](const GrantLevel& level, Privileges held) {
        std::string list;
        for (std::size_t i = 0; i + 1 < names.size(); ++i)
            if (held.has(static_cast<Privilege>(i)))
                list += fmt::format("{}{}", list.empty() ? "" : ", ", names[i]);
        const bool is_all = !level.schema.empty() && held.has_all(all_privileges(level));
        if (is_all) list = "ALL PRIVILEGES";
        if (list.empty()) list = "USAGE";
        lines.push_back(fmt::format(
            "GRANT {} ON {}.{} TO {}@{}{}",
            list,
            level.schema.empty() ? "*" : backquoted(level.schema),
            level.table.empty() ? "*" : backquoted(level.table),
            backquoted(user),
            backquoted(host),
            held.has(Privilege::grant_option) ? " WITH GRANT OPTION" : ""
        ));
    };
    line({}, at({}));
    for (const bool is_of_tables : {false, true})
        for (const auto& [level, held] : levels_)
            if (!level.schema.empty() && level.table.empty() != is_of_tables) line(level, held);
    return lines;
}

} // namespace diorama::rds::sql
