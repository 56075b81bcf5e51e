// The binary protocol's values.
#include "services/rds/data/protocol/parameters.hpp"

#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/exact.hpp"

#include <fmt/core.h>

#include <bit>

namespace diorama::rds {

using mysql::FieldType;
using sql::Parameter;
using sql::ParameterClass;
using sql::Value;

namespace {

// What is longer than its parts is no moment; the rest is skipped.
std::string moment_parameter(mysql::PacketReader& whole) {
    mysql::PacketReader reader(whole.length_encoded_text());
    const auto length = reader.left();
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

std::string time_parameter(mysql::PacketReader& whole) {
    mysql::PacketReader reader(whole.length_encoded_text());
    const auto length = reader.left();
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

std::optional<std::vector<Parameter>> read_parameters(
    mysql::PacketReader& reader,
    std::size_t count,
    bool has_names,
    ParameterTypes& types,
    const std::map<std::size_t, std::string>& long_values
) {
    const auto nulls = reader.bytes((count + 7) / 8);
    if (reader.failed()) return std::nullopt;
    if (reader.fixed(1) == 1) {
        types = {};
        for (std::size_t i = 0; i < count && !reader.failed(); ++i) {
            types.types.push_back(static_cast<FieldType>(reader.fixed(1)));
            types.is_unsigned.push_back((reader.fixed(1) & 0x80) != 0);
            if (has_names) types.names.emplace_back(reader.length_encoded_text());
        }
    }
    if (reader.failed() || types.types.size() != count) return std::nullopt;
    std::vector<Parameter> parameters(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto found = long_values.find(i); found != long_values.end()) {
            parameters[i] = {Value::text(found->second), ParameterClass::text};
            continue;
        }
        const bool is_null = (static_cast<std::uint8_t>(nulls[i / 8]) >> (i % 8) & 1) != 0;
        if (!is_null) parameters[i] = parameter_of(reader, types.types[i], types.is_unsigned[i]);
    }
    if (reader.failed()) return std::nullopt;
    return parameters;
}

namespace {

std::string text_of(const Parameter& parameter) {
    switch (parameter.value.kind) {
    case Value::Kind::integer:
        return fmt::format("{}", parameter.value.integer);
    case Value::Kind::real:
        return fmt::format("{}", parameter.value.real);
    case Value::Kind::blob: // beyond the signed integers
        return fmt::format("{}", sql::bits_of(parameter.value));
    default:
        return parameter.value.bytes;
    }
}

} // namespace

void add_attributes(
    QueryAttributes& attributes,
    const ParameterTypes& types,
    const std::vector<Parameter>& parameters,
    std::size_t first
) {
    for (auto i = first; i < parameters.size() && i < types.names.size(); ++i)
        if (!types.names[i].empty() && !parameters[i].value.is_null())
            attributes.emplace(types.names[i], text_of(parameters[i]));
}

} // namespace diorama::rds
