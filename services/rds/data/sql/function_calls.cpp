// Functions that SQLite calls back and triggers that rows fire: each inside of the statement
// around.
#include "services/rds/data/engine.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/session_programs.hpp"

#include <charconv>

namespace diorama::rds::sql {

namespace {

// What the statement around goes on with when the program is over.
class Suspended {
public:
    Suspended(Context& context, int& nesting)
        : context_(context)
        , nesting_(nesting)
        , last_insert_id_(context.last_insert_id)
        , row_count_(context.row_count)
        , found_rows_(context.found_rows)
        , warnings_(std::exchange(context.warnings, {})) {
        constexpr int deepest = 24; // each takes some of the thread's stack
        if (nesting_ >= deepest) {
            context_.warnings = std::move(warnings_);
            throw SQLError{1436, "HY000", "Thread stack overrun"};
        }
        ++nesting_;
    }

    ~Suspended() {
        --nesting_;
        context_.last_insert_id = last_insert_id_;
        context_.row_count = row_count_;
        context_.found_rows = found_rows_;
        std::swap(context_.warnings, warnings_);
        for (auto& warning : warnings_)
            if (warning.level != "Error") context_.warnings.push_back(std::move(warning));
    }

    Suspended(const Suspended&) = delete;
    Suspended& operator=(const Suspended&) = delete;

private:
    Context& context_;
    int& nesting_;
    std::int64_t last_insert_id_;
    std::int64_t row_count_;
    std::int64_t found_rows_;
    std::vector<Warning> warnings_;
};

// "kind:unsigned:length:scale:collation;…", as Translator::stored_function writes it.
Type take_type(std::string_view& text) {
    const auto number = [&] {
        unsigned value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()) + 1);
        return value;
    };
    Type type;
    type.kind = static_cast<TypeKind>(number());
    type.is_unsigned = number() != 0;
    type.length = number();
    type.scale = static_cast<std::uint8_t>(number());
    type.collation = static_cast<Collation>(number());
    return type;
}

} // namespace

Evaluated SessionPrograms::call_function(std::span<sqlite3_value*> arguments) {
    const auto schema = value_of(arguments[0]).bytes;
    const auto name = value_of(arguments[1]).bytes;
    auto types = value_of(arguments[2]).bytes;
    const auto function = find_program(*connection_.catalog_, ProgramKind::function, schema, name);
    if (!function) throw no_such_function(schema, name);
    check_execution(*function);
    const Suspended suspended(connection_.context_, nesting_);
    std::vector<Value> values;
    for (std::size_t i = 3; i < arguments.size(); ++i) {
        const auto type = take_type(types);
        values.push_back(assigned(
            {function->variables[i - 3], 1, connection_.is_strict(), connection_.context_},
            type,
            value_of(arguments[i])
        ));
    }
    auto checks = std::exchange(connection_.view_checks_, {});
    const auto parameters = connection_.parameters_;
    Interpreter interpreter(connection_, nullptr);
    auto result = interpreter.call(function, std::move(values));
    connection_.parameters_ = parameters;
    connection_.view_checks_ = std::move(checks);
    return result;
}

void SessionPrograms::fire(
    const ProgramPtr& trigger,
    const TablePtr& table,
    std::vector<Value>* new_row,
    const std::vector<Value>* old_row
) {
    const Suspended suspended(connection_.context_, nesting_);
    auto checks = std::exchange(connection_.view_checks_, {});
    const auto parameters = connection_.parameters_;
    const Using with_table(*this, {nullptr, table->schema, table->name, {}});
    Interpreter interpreter(connection_, nullptr);
    interpreter.fire(trigger, table, new_row, old_row);
    connection_.parameters_ = parameters;
    connection_.view_checks_ = std::move(checks);
}

// my_call(schema, name, types, argument…). What it throws waits beside SQLite.
void SessionPrograms::call_from_sqlite(sqlite3_context* target, int count, sqlite3_value** values) {
    const auto& call = *static_cast<StoredCall*>(sqlite3_user_data(target));
    try {
        const auto result = call.run({values, static_cast<std::size_t>(count)});
        Call(target, {values, static_cast<std::size_t>(count)}, *call.context)
            .result(ValueView(result.value));
    } catch (...) {
        call.context->thrown = std::current_exception();
        sqlite3_result_error(target, "see the context", -1);
    }
}

void SessionPrograms::register_calls() {
    stored_call_.context = &connection_.context_;
    stored_call_.run = [this](std::span<sqlite3_value*> arguments) {
        return call_function(arguments);
    };
    sqlite3_create_function_v2(
        connection_.sqlite_.get(),
        "my_call",
        -1,
        SQLITE_UTF8,
        &stored_call_,
        call_from_sqlite,
        nullptr,
        nullptr,
        nullptr
    );
}

} // namespace diorama::rds::sql
