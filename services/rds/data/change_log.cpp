// The bytes of a log entry: numbers and texts as in MySQL's own packets.
#include "services/rds/data/change_log.hpp"

#include "emulator/mysql/packet.hpp"

#include <bit>

namespace diorama::rds {

namespace {

void put_row(std::string& out, const std::vector<sql::Value>& row) {
    mysql::put_length_encoded(out, row.size());
    for (const auto& value : row) {
        out.push_back(static_cast<char>(value.kind));
        switch (value.kind) {
        case sql::Value::Kind::null:
            break;
        case sql::Value::Kind::integer:
            mysql::put_fixed(out, static_cast<std::uint64_t>(value.integer), 8);
            break;
        case sql::Value::Kind::real:
            mysql::put_fixed(out, std::bit_cast<std::uint64_t>(value.real), 8);
            break;
        case sql::Value::Kind::text:
        case sql::Value::Kind::blob:
            mysql::put_text(out, value.bytes);
            break;
        }
    }
}

bool take_row(mysql::PacketReader& reader, std::vector<sql::Value>& row) {
    const auto count = reader.length_encoded();
    for (std::uint64_t i = 0; i < count && !reader.failed(); ++i) {
        const auto kind = reader.fixed(1);
        if (kind > static_cast<std::uint64_t>(sql::Value::Kind::blob)) return false;
        sql::Value value;
        value.kind = static_cast<sql::Value::Kind>(kind);
        if (value.kind == sql::Value::Kind::integer)
            value.integer = static_cast<std::int64_t>(reader.fixed(8));
        else if (value.kind == sql::Value::Kind::real)
            value.real = std::bit_cast<double>(reader.fixed(8));
        else if (value.kind != sql::Value::Kind::null)
            value.bytes = reader.length_encoded_text();
        row.push_back(std::move(value));
    }
    return !reader.failed();
}

} // namespace

std::string encode(const std::vector<Change>& changes) {
    std::string out;
    for (const auto& change : changes) {
        out.push_back(static_cast<char>(change.kind));
        mysql::put_text(out, change.schema);
        mysql::put_text(out, change.table);
        mysql::put_text(out, change.statement);
        put_row(out, change.old_row);
        put_row(out, change.new_row);
    }
    return out;
}

std::optional<std::vector<Change>> decode_changes(std::string_view bytes) {
    mysql::PacketReader reader(bytes);
    std::vector<Change> changes;
    while (!reader.at_end()) {
        Change change;
        const auto kind = reader.fixed(1);
        if (kind < 1 || kind > 4) return std::nullopt;
        change.kind = static_cast<Change::Kind>(kind);
        change.schema = reader.length_encoded_text();
        change.table = reader.length_encoded_text();
        change.statement = reader.length_encoded_text();
        if (!take_row(reader, change.old_row) || !take_row(reader, change.new_row))
            return std::nullopt;
        changes.push_back(std::move(change));
    }
    if (reader.failed()) return std::nullopt;
    return changes;
}

} // namespace diorama::rds
