// COM_STMT_PREPARE and COM_STMT_EXECUTE: parameters as the binary protocol sends them.
// https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_execute.html
#include "services/rds/data/protocol/session.hpp"
#include "services/rds/data/sql/exact.hpp"
#include "services/rds/limits.hpp"

#include <fmt/core.h>

#include <bit>

namespace diorama::rds {

using mysql::FieldType;
using sql::Parameter;
using sql::ParameterClass;
using sql::SQLError;
using sql::Value;

void Session::prepare(std::string_view text) {
    if (prepared_.size() >= limits::max_prepared_statements)
        return send(
            {1461,
             "42000",
             fmt::format(
                 "Can't create more than max_prepared_stmt_count statements (current value: {})",
                 limits::max_prepared_statements
             )}
        );
    auto prepared = connection_->prepare(text);
    if (auto* error = std::get_if<SQLError>(&prepared)) return send(*error);
    auto statement = std::get<sql::PreparedPtr>(prepared);
    if (statement->parsed.length < text.size() &&
        text.substr(statement->parsed.length).find_first_not_of(" \t\r\n;") !=
            std::string_view::npos)
        return send(sql::syntax_error(text.substr(statement->parsed.length), 1));
    auto described = connection_->describe(*statement);
    if (auto* error = std::get_if<SQLError>(&described)) return send(*error);
    const auto& columns = std::get<std::vector<sql::OutputColumn>>(described);
    const auto parameters = statement->parsed.parameter_count;
    const auto id = next_statement_++;
    prepared_[id] = {std::move(statement), {}, {}, {}};
    auto& out = frames_.open();
    out.push_back(0);
    mysql::put_fixed(out, id, 4);
    mysql::put_fixed(out, columns.size(), 2);
    mysql::put_fixed(out, parameters, 2);
    out.push_back(0);
    mysql::put_fixed(out, 0, 2); // warnings
    frames_.close();
    auto results = writer();
    const bool has_eof = (capabilities_ & mysql::client_deprecate_eof) == 0;
    sql::OutputColumn parameter;
    parameter.name = "?";
    parameter.type = sql::binary_type(0);
    for (std::size_t i = 0; i < parameters; ++i)
        results.definition(parameter, false);
    if (parameters > 0 && has_eof) results.eof();
    for (const auto& column : columns)
        results.definition(column, false);
    if (!columns.empty() && has_eof) results.eof();
}

namespace {

std::string moment_parameter(mysql::PacketReader& reader) {
    const auto length = reader.fixed(1);
    sql::DateTime moment;
    if (length >= 4) {
        moment.year = static_cast<int>(reader.fixed(2));
        moment.month = static_cast<int>(reader.fixed(1));
        moment.day = static_cast<int>(reader.fixed(1));
    }
    if (length >= 7) {
        moment.hour = static_cast<int>(reader.fixed(1));
        moment.minute = static_cast<int>(reader.fixed(1));
        moment.second = static_cast<int>(reader.fixed(1));
    }
    if (length >= 11) moment.microsecond = static_cast<int>(reader.fixed(4) % 1'000'000);
    return length > 4 ? sql::datetime_text(moment, moment.microsecond != 0 ? 6 : 0)
                      : sql::date_text(moment);
}

std::string time_parameter(mysql::PacketReader& reader) {
    const auto length = reader.fixed(1);
    if (length < 8) return "00:00:00";
    const bool is_negative = reader.fixed(1) != 0;
    const auto days = static_cast<std::int64_t>(reader.fixed(4));
    const auto hours = static_cast<std::int64_t>(reader.fixed(1));
    const auto minutes = static_cast<std::int64_t>(reader.fixed(1));
    const auto seconds = static_cast<std::int64_t>(reader.fixed(1));
    const auto fraction = length >= 12 ? static_cast<std::int64_t>(reader.fixed(4)) : 0;
    const auto total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1'000'000 + fraction;
    return sql::time_text(is_negative ? -total : total, fraction != 0 ? 6 : 0);
}

// Sign-extends what was read as that many bytes.
std::int64_t integer_of(std::uint64_t bits, std::size_t bytes, bool is_unsigned) {
    if (is_unsigned || bytes == 8) return static_cast<std::int64_t>(bits);
    const auto shift = 64 - bytes * 8;
    return static_cast<std::int64_t>(bits << shift) >> shift;
}

Parameter parameter_of(mysql::PacketReader& reader, FieldType type, bool is_unsigned) {
    const auto integer = [&](std::size_t bytes) -> Parameter {
        const auto bits = reader.fixed(bytes);
        if (is_unsigned && bytes == 8 && bits > INT64_MAX)
            return {sql::from_bits(bits), ParameterClass::unsigned_integer};
        return {Value::of(integer_of(bits, bytes, is_unsigned)), ParameterClass::integer};
    };
    switch (type) {
    case FieldType::null:
        return {};
    case FieldType::tiny:
        return integer(1);
    case FieldType::short_integer:
    case FieldType::year:
        return integer(2);
    case FieldType::int24:
    case FieldType::long_integer:
        return integer(4);
    case FieldType::longlong:
        return integer(8);
    case FieldType::float_number:
        return {
            Value::of(static_cast<double>(
                std::bit_cast<float>(static_cast<std::uint32_t>(reader.fixed(4)))
            )),
            ParameterClass::real
        };
    case FieldType::double_number:
        return {Value::of(std::bit_cast<double>(reader.fixed(8))), ParameterClass::real};
    case FieldType::date:
    case FieldType::datetime:
    case FieldType::timestamp:
        return {Value::text(moment_parameter(reader)), ParameterClass::text};
    case FieldType::time:
        return {Value::text(time_parameter(reader)), ParameterClass::text};
    default:
        return {Value::text(std::string(reader.length_encoded_text())), ParameterClass::text};
    }
}

} // namespace

bool Session::read_parameters(Prepared& prepared, mysql::PacketReader& reader) {
    const auto count = prepared.statement->parsed.parameter_count;
    parameters_.assign(count, {});
    if (count == 0) return true;
    const auto nulls = reader.bytes((count + 7) / 8);
    if (reader.failed()) return false;
    if (reader.fixed(1) == 1) {
        prepared.types.clear();
        prepared.is_unsigned.clear();
        for (std::size_t i = 0; i < count; ++i) {
            prepared.types.push_back(static_cast<FieldType>(reader.fixed(1)));
            prepared.is_unsigned.push_back((reader.fixed(1) & 0x80) != 0);
        }
    }
    if (prepared.types.size() != count) return false;
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto found = prepared.long_values.find(i); found != prepared.long_values.end()) {
            parameters_[i] = {Value::text(found->second), ParameterClass::text};
            continue;
        }
        const bool is_null = (static_cast<std::uint8_t>(nulls[i / 8]) >> (i % 8) & 1) != 0;
        if (!is_null)
            parameters_[i] = parameter_of(reader, prepared.types[i], prepared.is_unsigned[i]);
    }
    return !reader.failed();
}

void Session::start_execute(std::string_view payload) {
    mysql::PacketReader reader(payload);
    executing_ = static_cast<std::uint32_t>(reader.fixed(4));
    const auto flags = reader.fixed(1);
    reader.fixed(4); // iterations, always 1
    const auto found = prepared_.find(executing_);
    if (reader.failed() || found == prepared_.end())
        return send(
            {1243,
             "HY000",
             fmt::format(
                 "Unknown prepared statement handler ({}) given to mysqld_stmt_execute",
                 executing_
             )}
        );
    if ((flags & 0x07) != 0) return send(sql::not_supported("cursors"));
    if (!read_parameters(found->second, reader))
        return send({1210, "HY000", "Incorrect arguments to mysqld_stmt_execute"});
    pending_execute_ = true;
}

void Session::send_long_data(std::string_view payload) {
    mysql::PacketReader reader(payload);
    const auto found = prepared_.find(static_cast<std::uint32_t>(reader.fixed(4)));
    const auto parameter = static_cast<std::size_t>(reader.fixed(2));
    if (reader.failed() || found == prepared_.end() ||
        parameter >= found->second.statement->parsed.parameter_count)
        return;
    auto& value = found->second.long_values[parameter];
    if (value.size() + reader.left() <= limits::max_allowed_packet) value += reader.rest();
}

} // namespace diorama::rds
