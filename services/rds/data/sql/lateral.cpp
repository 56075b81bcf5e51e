// LATERAL derived tables. SQLite's subqueries in FROM do not see the tables beside them, but the
// argument of a table-valued function does: in `t, my_lateral((SELECT my_rows(c0,c1) FROM (…)))`
// the inner query is run for each row on its left, my_rows() packs what it gives, and my_lateral()
// has it as rows again. https://www.sqlite.org/vtab.html#tabfunc2
#include "services/rds/data/sql/lateral.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace diorama::rds::sql {

namespace {

constexpr int rows_column = static_cast<int>(most_lateral_columns); // the hidden one

// A packed row: of each value its type, then eight bytes of a number or of a length, then the
// bytes.
void pack_word(std::string& out, const void* word) {
    out.append(static_cast<const char*>(word), sizeof(std::uint64_t));
}

void pack(std::string& out, sqlite3_value* value) {
    const int type = sqlite3_value_type(value);
    out.push_back(static_cast<char>(type));
    if (type == SQLITE_NULL) return;
    if (type == SQLITE_INTEGER) {
        const std::int64_t number = sqlite3_value_int64(value);
        return pack_word(out, &number);
    }
    if (type == SQLITE_FLOAT) {
        const double number = sqlite3_value_double(value);
        return pack_word(out, &number);
    }
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
    const auto size = static_cast<std::uint64_t>(sqlite3_value_bytes(value));
    pack_word(out, &size);
    out.append(bytes, size);
}

struct Packed {
    std::string* bytes; // freed in give_rows()
};

void add_row(sqlite3_context* target, int count, sqlite3_value** values) {
    auto* packed = static_cast<Packed*>(sqlite3_aggregate_context(target, sizeof(Packed)));
    if (packed == nullptr) return sqlite3_result_error_nomem(target);
    if (packed->bytes == nullptr) packed->bytes = new std::string;
    for (int i = 0; i < count; ++i)
        pack(*packed->bytes, values[i]);
}

void give_rows(sqlite3_context* target) {
    const auto* packed = static_cast<const Packed*>(sqlite3_aggregate_context(target, 0));
    const std::unique_ptr<const std::string> bytes(packed == nullptr ? nullptr : packed->bytes);
    if (bytes == nullptr) return sqlite3_result_zeroblob(target, 0);
    sqlite3_result_blob64(target, bytes->data(), bytes->size(), SQLITE_TRANSIENT);
}

// One run over the rows of one argument.
struct Cursor : sqlite3_vtab_cursor {
    std::string packed;
    std::size_t next = 0; // where the row after this one begins
    std::size_t width = 0;
    std::vector<std::size_t> values; // where those of this row begin
    sqlite3_int64 number = 0;
    bool is_at_end = true;

    std::uint64_t word_at(std::size_t at) const {
        std::uint64_t word = 0;
        std::memcpy(&word, packed.data() + at + 1, sizeof word);
        return word;
    }

    std::size_t size_at(std::size_t at) const {
        const int type = packed[at];
        if (type == SQLITE_NULL) return 1;
        return 1 + sizeof(std::uint64_t) +
               (type == SQLITE_TEXT || type == SQLITE_BLOB ? word_at(at) : 0);
    }

    void advance() {
        is_at_end = next >= packed.size();
        values.clear();
        for (std::size_t i = 0; i < width && !is_at_end; ++i) {
            values.push_back(next);
            next += size_at(next);
        }
        ++number;
    }
};

int connect(sqlite3* sqlite, void*, int, const char* const*, sqlite3_vtab** made, char**) {
    std::string definition = "CREATE TABLE x(";
    for (std::size_t i = 0; i < most_lateral_columns; ++i)
        definition += "c" + std::to_string(i) + ",";
    const int result =
        sqlite3_declare_vtab(sqlite, (definition + "rows HIDDEN,width HIDDEN)").c_str());
    if (result == SQLITE_OK) *made = new sqlite3_vtab{};
    return result;
}

int disconnect(sqlite3_vtab* table) {
    delete table;
    return SQLITE_OK;
}

// Both arguments, or no plan: so the table comes after those that they are made from.
int choose_plan(sqlite3_vtab*, sqlite3_index_info* info) {
    std::array<bool, 2> is_given{};
    for (int i = 0; i < info->nConstraint; ++i) {
        const auto& constraint = info->aConstraint[i];
        const int argument = constraint.iColumn - rows_column;
        if (argument < 0 || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
        if (constraint.usable == 0) return SQLITE_CONSTRAINT;
        is_given[static_cast<std::size_t>(argument)] = true;
        info->aConstraintUsage[i].argvIndex = argument + 1;
        info->aConstraintUsage[i].omit = 1;
    }
    constexpr double rows_expected = 10;
    info->estimatedCost = rows_expected;
    info->estimatedRows = static_cast<sqlite3_int64>(rows_expected);
    return is_given[0] && is_given[1] ? SQLITE_OK : SQLITE_CONSTRAINT;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** made) {
    *made = new Cursor;
    return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
}

int begin(sqlite3_vtab_cursor* which, int, const char*, int, sqlite3_value** arguments) {
    auto& cursor = *static_cast<Cursor*>(which);
    const auto* bytes = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
    const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
    cursor.packed.assign(bytes == nullptr ? "" : bytes, bytes == nullptr ? 0 : size);
    cursor.width = static_cast<std::size_t>(sqlite3_value_int64(arguments[1]));
    cursor.next = 0;
    cursor.number = 0;
    cursor.advance();
    return SQLITE_OK;
}

int advance(sqlite3_vtab_cursor* cursor) {
    static_cast<Cursor*>(cursor)->advance();
    return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* cursor) {
    return static_cast<Cursor*>(cursor)->is_at_end ? 1 : 0;
}

int column(sqlite3_vtab_cursor* which, sqlite3_context* target, int number) {
    const auto& cursor = *static_cast<Cursor*>(which);
    const auto i = static_cast<std::size_t>(number);
    if (number < 0 || i >= cursor.values.size()) return SQLITE_OK; // NULL
    const auto at = cursor.values[i];
    const int type = cursor.packed[at];
    if (type == SQLITE_NULL) return SQLITE_OK;
    const auto word = cursor.word_at(at);
    const char* bytes = cursor.packed.data() + at + 1 + sizeof word;
    if (type == SQLITE_INTEGER) {
        sqlite3_result_int64(target, static_cast<sqlite3_int64>(word));
    } else if (type == SQLITE_FLOAT) {
        double real = 0;
        std::memcpy(&real, &word, sizeof real);
        sqlite3_result_double(target, real);
    } else if (type == SQLITE_TEXT) {
        sqlite3_result_text64(target, bytes, word, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else {
        sqlite3_result_blob64(target, bytes, word, SQLITE_TRANSIENT);
    }
    return SQLITE_OK;
}

int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* number) {
    *number = static_cast<Cursor*>(cursor)->number;
    return SQLITE_OK;
}

// Without xCreate it is there in every connection and nowhere else.
constexpr sqlite3_module module = {
    .xConnect = connect,
    .xBestIndex = choose_plan,
    .xDisconnect = disconnect,
    .xOpen = open,
    .xClose = close,
    .xFilter = begin,
    .xNext = advance,
    .xEof = is_at_end,
    .xColumn = column,
    .xRowid = row_number,
};

} // namespace

void pack_value(std::string& out, const ValueView& value) {
    using Kind = Value::Kind;
    const auto put = [&out](int type, const void* word) {
        out.push_back(static_cast<char>(type));
        pack_word(out, word);
    };
    if (value.kind == Kind::null) {
        out.push_back(static_cast<char>(SQLITE_NULL));
    } else if (value.kind == Kind::integer) {
        put(SQLITE_INTEGER, &value.integer);
    } else if (value.kind == Kind::real) {
        put(SQLITE_FLOAT, &value.real);
    } else {
        const auto size = static_cast<std::uint64_t>(value.bytes.size());
        put(value.kind == Kind::text ? SQLITE_TEXT : SQLITE_BLOB, &size);
        out.append(value.bytes);
    }
}

void register_lateral(sqlite3* connection) {
    constexpr int flags = SQLITE_UTF8 | SQLITE_INNOCUOUS;
    sqlite3_create_function_v2(
        connection,
        "my_rows",
        -1,
        flags,
        nullptr,
        nullptr,
        add_row,
        give_rows,
        nullptr
    );
    sqlite3_create_module_v2(connection, "my_lateral", &module, nullptr, nullptr);
}

} // namespace diorama::rds::sql
