// my_json_table(document, table): the rows of a JSON_TABLE, packed as my_lateral() takes them.
#include "services/rds/data/sql/assign.hpp"
#include "services/rds/data/sql/functions.hpp"
#include "services/rds/data/sql/json.hpp"
#include "services/rds/data/sql/json_path.hpp"
#include "services/rds/data/sql/json_table.hpp"
#include "services/rds/data/sql/lateral.hpp"

#include <fmt/core.h>

#include <array>

namespace diorama::rds::sql {

namespace {

using JSON = nlohmann::json;
using Kind = JSONTable::Column::Kind;

JSON otherwise_document(const JSONTable::Otherwise& otherwise) {
    return JSON::array({static_cast<int>(otherwise.kind), otherwise.value});
}

JSONTable::Otherwise otherwise_of(const JSON& document) {
    return {
        static_cast<JSONTable::Otherwise::Kind>(document[0].get<int>()),
        document[1].get<std::string>()
    };
}

JSON columns_document(const std::vector<JSONTable::Column>& columns) {
    auto list = JSON::array();
    for (const auto& column : columns) {
        const auto& type = column.type;
        list.push_back(
            {{"kind", static_cast<int>(column.kind)},
             {"name", column.name},
             {"path", column.path},
             {"type", static_cast<int>(type.kind)},
             {"unsigned", type.is_unsigned},
             {"length", type.length},
             {"scale", type.scale},
             {"collation", static_cast<int>(type.collation)},
             {"empty", otherwise_document(column.on_empty)},
             {"error", otherwise_document(column.on_error)},
             {"nested", columns_document(column.nested)}}
        );
    }
    return list;
}

std::vector<JSONTable::Column> columns_of(const JSON& list) {
    std::vector<JSONTable::Column> columns;
    for (const auto& item : list) {
        auto& column = columns.emplace_back();
        column.kind = static_cast<Kind>(item["kind"].get<int>());
        column.name = item["name"];
        column.path = item["path"];
        column.type.kind = static_cast<TypeKind>(item["type"].get<int>());
        column.type.is_unsigned = item["unsigned"];
        column.type.length = item["length"];
        column.type.scale = item["scale"];
        column.type.collation = static_cast<Collation>(item["collation"].get<int>());
        column.on_empty = otherwise_of(item["empty"]);
        column.on_error = otherwise_of(item["error"]);
        column.nested = columns_of(item["nested"]);
    }
    return columns;
}

void flatten(
    const std::vector<JSONTable::Column>& columns,
    std::vector<const JSONTable::Column*>& all
) {
    for (const auto& column : columns)
        if (column.kind == Kind::nested)
            flatten(column.nested, all);
        else
            all.push_back(&column);
}

JSONPath path_of(const std::string& text) {
    auto path = parse_json_path(text);
    if (const auto* position = std::get_if<std::size_t>(&path))
        throw SQLError{
            3143,
            "42000",
            fmt::format(
                "Invalid JSON path expression. The error is around character position {}.",
                *position
            )
        };
    return std::get<JSONPath>(std::move(path));
}

using Row = std::vector<Value>;

class Rows {
public:
    explicit Rows(Context& context)
        : context_(context) {}

    // The rows that the columns make of a value: nested paths beside each other, not multiplied.
    std::vector<Row>
    of(const JSON& value, const std::vector<JSONTable::Column>& columns, std::int64_t number) {
        Row own;
        std::vector<std::pair<std::size_t, std::size_t>> nested; // column, place in the row
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto& column = columns[i];
            if (column.kind == Kind::nested) {
                nested.emplace_back(i, own.size());
                std::vector<const JSONTable::Column*> below;
                flatten(column.nested, below);
                own.resize(own.size() + below.size());
            } else {
                own.push_back(cell(value, column, number));
            }
        }
        std::vector<Row> rows;
        for (const auto& [column, place] : nested)
            for (const auto& part : below(value, columns[column])) {
                auto& row = rows.emplace_back(own);
                std::copy(
                    part.begin(),
                    part.end(),
                    row.begin() + static_cast<std::ptrdiff_t>(place)
                );
            }
        if (rows.empty()) rows.push_back(std::move(own));
        return rows;
    }

    std::vector<Row> below(const JSON& value, const JSONTable::Column& column) {
        std::vector<Row> rows;
        std::int64_t number = 0;
        for (const auto* item : json_at(value, path_of(column.path)))
            for (auto& row : of(*item, column.nested, ++number))
                rows.push_back(std::move(row));
        return rows;
    }

private:
    Value cell(const JSON& value, const JSONTable::Column& column, std::int64_t number) {
        if (column.kind == Kind::ordinality) return Value::of(number);
        const auto found = json_at(value, path_of(column.path));
        if (column.kind == Kind::exists) return stored(column, JSON(found.empty() ? 0 : 1));
        if (found.empty()) {
            if (column.on_empty.kind == JSONTable::Otherwise::Kind::error)
                throw SQLError{
                    3665,
                    "22035",
                    fmt::format("Missing value for JSON_TABLE column '{}'", column.name)
                };
            return otherwise(column, column.on_empty);
        }
        const bool is_document = column.type.kind == TypeKind::json;
        const bool fits = is_document || (found.size() == 1 && !found[0]->is_structured());
        if (!fits) {
            if (column.on_error.kind == JSONTable::Otherwise::Kind::error)
                throw SQLError{
                    3666,
                    "2203F",
                    fmt::format(
                        "Can't store an array or an object in the scalar JSON_TABLE column '{}'",
                        column.name
                    )
                };
            return otherwise(column, column.on_error);
        }
        try {
            if (found.size() == 1) return stored(column, *found[0]);
            auto all = JSON::array();
            for (const auto* item : found)
                all.push_back(*item);
            return stored(column, all);
        } catch (const SQLError& error) {
            if (column.on_error.kind == JSONTable::Otherwise::Kind::error) throw;
            return otherwise(column, column.on_error);
        }
    }

    Value otherwise(const JSONTable::Column& column, const JSONTable::Otherwise& what) {
        if (what.kind != JSONTable::Otherwise::Kind::value) return {};
        const auto document = JSON::parse(what.value, nullptr, false);
        if (document.is_discarded())
            throw SQLError{
                3141,
                "22032",
                fmt::format(
                    "Invalid JSON text in argument 1 to function JSON_TABLE: \"Invalid value.\" at "
                    "position 0."
                )
            };
        return stored(column, document);
    }

    Value stored(const JSONTable::Column& column, const JSON& value) {
        if (column.type.kind == TypeKind::json) return Value::text(*canonical_json(value.dump()));
        if (value.is_null()) return {};
        Column target;
        target.name = column.name;
        target.type = column.type;
        const Assignee to{target, 1, true, context_};
        if (value.is_boolean())
            return assigned(
                to,
                integer_type(1),
                column.type.is_character() ? Value::text(value.get<bool>() ? "true" : "false")
                                           : Value::of(std::int64_t{value.get<bool>()})
            );
        const auto text =
            value.is_string() ? value.get<std::string>() : *canonical_json(value.dump());
        return assigned(to, text_type(static_cast<std::uint32_t>(text.size())), Value::text(text));
    }

    Context& context_;
};

void json_table(const Call& call) {
    const auto text = canonical_json(call.text(0));
    if (!text)
        return call.fail(
            {3141,
             "22032",
             "Invalid JSON text in argument 1 to function json_table: \"Invalid value.\" at "
             "position 0."}
        );
    const auto document = JSON::parse(*text, nullptr, false);
    const auto table = JSON::parse(call.text(1), nullptr, false);
    JSONTable::Column whole;
    whole.path = table["path"];
    whole.nested = columns_of(table["columns"]);
    try {
        std::string packed;
        for (const auto& row : Rows(call.context).below(document, whole))
            for (const auto& value : row)
                pack_value(packed, ValueView(value));
        call.result_blob(packed);
    } catch (const SQLError& error) {
        call.fail(error);
    }
}

constexpr std::array functions = {
    Function{"my_json_table", json_table},
};

} // namespace

std::vector<const JSONTable::Column*> flattened(const JSONTable& table) {
    std::vector<const JSONTable::Column*> all;
    flatten(table.columns, all);
    return all;
}

std::string json_table_text(const JSONTable& table) {
    // Paths are looked at now: one that is wrong is wrong without rows too.
    path_of(table.path);
    for (const auto* column : flattened(table))
        if (column->kind != Kind::ordinality) path_of(column->path);
    return JSON({{"path", table.path}, {"columns", columns_document(table.columns)}}).dump();
}

std::span<const Function> json_table_functions() {
    return functions;
}

} // namespace diorama::rds::sql
