// What a statement can ask about its session, and the functions of JSON.
// https://dev.mysql.com/doc/refman/8.0/en/information-functions.html
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"
#include "services/rds/data/sql/row_keys.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace diorama::rds::sql {

namespace {

Duration duration_of(double seconds) {
    constexpr double longest = 31'536'000; // a year: nobody waits for more
    return std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::min(seconds, longest))
    );
}

void database(const Call& call) {
    call.context.database.empty() ? call.null()
                                  : call.result(std::string_view(call.context.database));
}

void user(const Call& call) {
    const auto& login = call.context.login.empty() ? call.context.user : call.context.login;
    call.result(fmt::format("{}@{}", login, call.context.host));
}

void current_user(const Call& call) {
    call.result(call.context.user + "@" + call.context.account_host);
}

void current_role(const Call& call) {
    std::string list;
    for (const auto& role : call.context.roles)
        list += (list.empty() ? "" : ",") + quoted(role);
    call.result(list.empty() ? std::string("NONE") : list);
}

void connection_id(const Call& call) {
    call.result(std::int64_t{call.context.connection_id});
}

void last_insert_id(const Call& call) {
    if (call.size() > 0) call.context.last_insert_id = call.integer(0);
    call.result(call.context.last_insert_id);
}

void row_count(const Call& call) {
    call.result(call.context.row_count);
}

void found_rows(const Call& call) {
    call.result(call.context.found_rows);
}

void uuid(const Call& call) {
    call.result(call.context.random.uuid());
}

void user_variable(const Call& call) {
    const auto found = call.context.user_variables.find(call.text(0));
    found == call.context.user_variables.end() ? call.null()
                                               : call.result(ValueView(found->second));
}

void assign_user_variable(const Call& call) {
    call.context.assign_user_variable(std::string(call.text(0)), call.value(1).owned());
    call.result(call.value(1));
}

// https://dev.mysql.com/doc/refman/8.0/en/query-attributes.html
void query_attribute(const Call& call) {
    const auto found = call.context.query_attributes.find(call.text(0));
    found == call.context.query_attributes.end() ? call.null()
                                                 : call.result(std::string_view(found->second));
}

void system_variable(const Call& call) {
    const auto found = call.context.variables.find(call.text(0));
    found == call.context.variables.end() ? call.null()
                                          : call.result(std::string_view(found->second));
}

// MySQL: cte_max_recursion_depth. A row of a recursive table is one deeper than the one it is from.
void deeper(const Call& call) {
    const auto depth = call.integer(0) + 1;
    const auto limit = call.context.variables.find("cte_max_recursion_depth");
    const auto most = limit == call.context.variables.end()
                          ? 1000
                          : std::strtoll(limit->second.c_str(), nullptr, 10);
    if (depth <= most) return call.result(depth);
    call.fail(
        {3636,
         "HY000",
         fmt::format(
             "Recursive query aborted after {} iterations. Try increasing "
             "@@cte_max_recursion_depth to a larger value.",
             depth
         )}
    );
}

// MySQL: "A negative timeout value means infinite timeout."
void get_lock(const Call& call) {
    auto& context = call.context;
    const std::string name(call.text(0));
    const bool is_patient = call.real(1) < 0;
    auto left = duration_of(call.real(1));
    while (!context.engine->take_named_lock(name, context.connection_id)) {
        constexpr Duration nap = std::chrono::milliseconds(20);
        if (!is_patient && left <= Duration::zero()) return call.result(std::int64_t{0});
        if (context.pause(is_patient ? nap : std::min(left, nap)) != Context::Pause::over)
            return call.interrupt();
        left -= nap;
        if (context.engine->settings().has_one_thread) left = Duration::zero();
    }
    context.cannot_start_over = true;
    call.result(std::int64_t{1});
}

// https://dev.mysql.com/doc/refman/8.0/en/miscellaneous-functions.html#function_sleep
void sleep(const Call& call) {
    if (call.is_null(0) || call.real(0) < 0)
        return call.fail({1210, "HY000", "Incorrect arguments to sleep."});
    const auto pause = call.context.pause(duration_of(call.real(0)));
    if (pause == Context::Pause::ends) return call.interrupt();
    call.result(std::int64_t{pause == Context::Pause::cut_short});
}

void release_lock(const Call& call) {
    call.context.cannot_start_over = true;
    const auto released = call.context.engine->release_named_lock(
        std::string(call.text(0)),
        call.context.connection_id
    );
    released ? call.result(std::int64_t{*released}) : call.null();
}

void release_all_locks(const Call& call) {
    call.context.cannot_start_over = true;
    call.result(call.context.engine->release_named_locks(call.context.connection_id));
}

void is_free_lock(const Call& call) {
    const auto holder = call.context.engine->named_lock_holder(std::string(call.text(0)));
    call.result(std::int64_t{!holder});
}

void is_used_lock(const Call& call) {
    const auto holder = call.context.engine->named_lock_holder(std::string(call.text(0)));
    holder ? call.result(std::int64_t{*holder}) : call.null();
}

void warning_count(const Call& call) {
    call.result(static_cast<std::int64_t>(call.context.warnings.size()));
}

void json(const Call& call) {
    auto text = canonical_json(call.text(0));
    if (!text)
        return call.fail(
            {3141,
             "22032",
             "Invalid JSON text in argument 1 to function cast_as_json: \"Invalid value.\" at "
             "position 0."}
        );
    call.result(*text);
}

void json_unquote(const Call& call) {
    call.result(unquoted_json(call.text(0)));
}

void json_quote(const Call& call) {
    call.result(quoted_json(call.text(0)));
}

void json_valid(const Call& call) {
    call.result(std::int64_t{canonical_json(call.text(0)).has_value()});
}

// (is_object, "t" or "j" per value, values…): values that are JSON themselves are kept as they are.
void json_build(const Call& call) {
    std::string text(call.integer(0) != 0 ? "{" : "[");
    const bool is_object = call.integer(0) != 0;
    const auto kinds = call.text(1);
    for (std::size_t i = 2; i < call.size(); ++i) {
        const bool is_key = is_object && i % 2 == 0;
        if (i > 2) text += is_object && i % 2 == 1 ? ":" : ",";
        const auto value = call.value(i);
        if (value.is_null()) {
            if (is_key)
                return call.fail(
                    {3158, "22032", "JSON documents may not contain NULL member names."}
                );
            text += "null";
        } else if (!is_key && kinds[i - 2] == 'b') {
            text += call.integer(i) != 0 ? "true" : "false";
        } else if (!is_key && (kinds[i - 2] == 'j' || value.kind == Value::Kind::integer)) {
            text += call.text(i);
        } else if (!is_key && value.kind == Value::Kind::real) {
            text += call.text(i);
        } else {
            text += quoted_json(call.text(i));
        }
    }
    text += is_object ? "}" : "]";
    call.result(canonical_json(text).value_or("null"));
}

void json_extract(const Call& call) {
    std::vector<std::string_view> paths;
    for (std::size_t i = 1; i < call.size(); ++i)
        paths.push_back(call.text(i));
    auto result = extracted_json(call.text(0), paths);
    if (result.wrong_at != 0)
        return call.fail(
            {3143,
             "42000",
             fmt::format(
                 "Invalid JSON path expression. The error is around character position {}.",
                 result.wrong_at
             )}
        );
    result.text ? call.result(*result.text) : call.null();
}

void json_contains(const Call& call) {
    const auto result = json_contains_value(call.text(0), call.text(1));
    result ? call.result(std::int64_t{*result})
           : call.fail(
                 {3141,
                  "22032",
                  "Invalid JSON text in argument 1 to function json_contains: \"Invalid value.\" "
                  "at position 0."}
             );
}

// SKIP LOCKED: the table, how its rows are to be locked, and the row's key or rowid.
void is_lockable(const Call& call) {
    const auto& locks = call.context.engine->row_locks();
    if (locks.transactions() == 0 || call.is_null(2)) return call.result(std::int64_t{1});
    const auto name = call.text(0);
    const auto split = name.find('\n');
    const auto table =
        call.context.engine->catalog()->find_table(name.substr(0, split), name.substr(split + 1));
    if (!table) return call.result(std::int64_t{1});
    std::vector<Value> row(table->columns.size());
    if (const auto column = table->rowid_column())
        row[*column] = call.value(2).owned();
    else if (const auto* primary = table->primary_key(); primary != nullptr)
        for (std::size_t i = 0; i < primary->parts.size(); ++i)
            row[primary->parts[i].column] = call.value(2 + i).owned();
    const bool is_update = call.integer(1) == static_cast<int>(Locking::update);
    const Lock wanted{
        row_key(*table, row, call.integer(2)),
        is_update ? LockMode::exclusive : LockMode::shared
    };
    call.result(std::int64_t{locks.is_free(call.context.lock_owner, wanted)});
}

constexpr auto passed = Function::Nulls::are_passed;
constexpr auto nulls = Function::Nulls::give_null;
constexpr auto each = Function::Changes::each_call;

constexpr std::array functions = {
    Function{"my_database", database, passed, each},
    Function{"my_user", user, passed, each},
    Function{"my_current_user", current_user, passed, each},
    Function{"my_current_role", current_role, passed, each},
    Function{"my_connection_id", connection_id, passed, each},
    Function{"my_last_insert_id", last_insert_id, nulls, each},
    Function{"my_row_count", row_count, passed, each},
    Function{"my_found_rows", found_rows, passed, each},
    Function{"my_uuid", uuid, passed, each},
    Function{"my_user_variable", user_variable, passed, each},
    Function{"my_assign", assign_user_variable, passed, each},
    Function{"my_system_variable", system_variable, passed, each},
    Function{"my_query_attribute", query_attribute, nulls, each},
    Function{"my_deeper", deeper, nulls, each},
    Function{"my_get_lock", get_lock, nulls, each},
    Function{"my_sleep", sleep, passed, each},
    Function{"my_release_lock", release_lock, nulls, each},
    Function{"my_release_all_locks", release_all_locks, passed, each},
    Function{"my_is_free_lock", is_free_lock, nulls, each},
    Function{"my_is_used_lock", is_used_lock, nulls, each},
    Function{"my_warning_count", warning_count, passed, each},
    Function{"my_is_lockable", is_lockable, passed, each},
};

constexpr std::array functions_of_json = {
    Function{"my_json", json},
    Function{"my_json_unquote", json_unquote},
    Function{"my_json_quote", json_quote},
    Function{"my_json_valid", json_valid},
    Function{"my_json_build", json_build, passed},
    Function{"my_json_extract", json_extract},
    Function{"my_json_contains", json_contains},
};

} // namespace

std::span<const Function> session_functions() {
    return functions;
}

std::span<const Function> json_functions() {
    return functions_of_json;
}

} // namespace diorama::rds::sql
