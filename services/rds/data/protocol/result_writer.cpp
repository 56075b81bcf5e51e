// The packets of results.
#include "services/rds/data/protocol/result_writer.hpp"

#include "services/rds/data/protocol/session_tracker.hpp"
#include "services/rds/data/sql/character_set.hpp"
#include "services/rds/data/sql/datetime.hpp"
#include "services/rds/data/sql/exact.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

namespace diorama::rds {

using mysql::FieldType;
using sql::TypeKind;

namespace {

FieldType field_type(const sql::Type& type) {
    switch (type.kind) {
    case TypeKind::null:
        return FieldType::null;
    case TypeKind::tiny_integer:
        return FieldType::tiny;
    case TypeKind::small_integer:
        return FieldType::short_integer;
    case TypeKind::medium_integer:
        return FieldType::int24;
    case TypeKind::integer:
        return FieldType::long_integer;
    case TypeKind::big_integer:
        return FieldType::longlong;
    case TypeKind::decimal:
        return FieldType::new_decimal;
    case TypeKind::float_number:
        return FieldType::float_number;
    case TypeKind::double_number:
        return FieldType::double_number;
    case TypeKind::bit:
        return FieldType::bit;
    case TypeKind::year:
        return FieldType::year;
    case TypeKind::date:
        return FieldType::date;
    case TypeKind::datetime:
        return FieldType::datetime;
    case TypeKind::timestamp:
        return FieldType::timestamp;
    case TypeKind::time:
        return FieldType::time;
    case TypeKind::character:
    case TypeKind::binary:
    case TypeKind::enumeration:
    case TypeKind::set:
        return FieldType::string;
    case TypeKind::varying_character:
    case TypeKind::varying_binary:
        return FieldType::var_string;
    case TypeKind::text:
    case TypeKind::blob:
        return FieldType::blob;
    case TypeKind::json:
        return FieldType::json;
    case TypeKind::geometry:
        return FieldType::geometry;
    }
    return FieldType::var_string;
}

std::uint64_t at_most_four_bytes(std::uint64_t length) {
    return std::min<std::uint64_t>(length, 0xffffffff);
}

// Length and parts as the binary protocol sends a date or datetime.
void put_moment(std::string& out, std::string_view text) {
    const auto moment = sql::parse_datetime(text);
    if (!moment ||
        (moment->month == 0 && moment->hour == 0 && moment->minute == 0 && moment->second == 0)) {
        out.push_back(0);
        return;
    }
    const bool has_time =
        moment->hour != 0 || moment->minute != 0 || moment->second != 0 || moment->microsecond != 0;
    out.push_back(static_cast<char>(moment->microsecond != 0 ? 11 : has_time ? 7 : 4));
    mysql::put_fixed(out, static_cast<std::uint64_t>(moment->year), 2);
    out.push_back(static_cast<char>(moment->month));
    out.push_back(static_cast<char>(moment->day));
    if (!has_time) return;
    out.push_back(static_cast<char>(moment->hour));
    out.push_back(static_cast<char>(moment->minute));
    out.push_back(static_cast<char>(moment->second));
    if (moment->microsecond != 0)
        mysql::put_fixed(out, static_cast<std::uint64_t>(moment->microsecond), 4);
}

// An integer's column may hold a real number beyond all integers.
std::int64_t whole_number(double real) {
    constexpr double limit = 9.2233720368547758e18;
    if (!(real < limit)) return INT64_MAX;
    return real < -limit ? INT64_MIN : static_cast<std::int64_t>(real);
}

void put_time(std::string& out, std::int64_t microseconds) {
    if (microseconds == 0) return out.push_back(0);
    const auto size = std::abs(microseconds);
    const auto seconds = size / 1'000'000;
    const auto fraction = size % 1'000'000;
    out.push_back(static_cast<char>(fraction != 0 ? 12 : 8));
    out.push_back(microseconds < 0 ? 1 : 0);
    mysql::put_fixed(out, static_cast<std::uint64_t>(seconds / 86400), 4);
    out.push_back(static_cast<char>(seconds / 3600 % 24));
    out.push_back(static_cast<char>(seconds / 60 % 60));
    out.push_back(static_cast<char>(seconds % 60));
    if (fraction != 0) mysql::put_fixed(out, static_cast<std::uint64_t>(fraction), 4);
}

} // namespace

FieldDescription
describe(const sql::OutputColumn& column, std::optional<sql::CharacterSet> results) {
    const auto& type = column.type;
    FieldDescription
        field{field_type(type), type.length, column.key_flags, 0, mysql::collation_binary};
    if (!column.is_nullable) field.flags |= mysql::flag_not_null;
    if (type.is_unsigned) field.flags |= mysql::flag_unsigned;
    if (type.is_zerofill || type.kind == TypeKind::year) field.flags |= mysql::flag_zerofill;
    if (type.kind == TypeKind::year) field.flags |= mysql::flag_unsigned;
    if (type.kind == TypeKind::enumeration) field.flags |= mysql::flag_enum;
    if (type.kind == TypeKind::set) field.flags |= mysql::flag_set;
    if (type.kind == TypeKind::timestamp) field.flags |= mysql::flag_timestamp;
    if (type.kind == TypeKind::text || type.kind == TypeKind::blob || type.kind == TypeKind::json ||
        type.kind == TypeKind::geometry)
        field.flags |= mysql::flag_blob;
    // Of numbers only computed ones have it; drivers take a BIT(1) with it for bytes.
    const bool is_number = type.is_integer() || type.is_decimal() || type.is_real();
    const bool is_plain_number = is_number && !column.origin_name.empty();
    if (!type.is_character() && !is_plain_number) field.flags |= mysql::flag_binary;
    if (type.is_character()) {
        const auto& set = sql::entry_of(results.value_or(type.character_set()));
        field.character_set = sql::collation_id(results ? set.default_collation : type.collation);
        const bool counts_bytes = type.kind == TypeKind::text;
        field.length = static_cast<std::uint32_t>(at_most_four_bytes(
            std::uint64_t{sql::display_length(type)} * (counts_bytes ? 1 : set.longest)
        ));
        if (column.origin_name.empty()) field.decimals = 31;
    } else if (type.kind == TypeKind::json) {
        field.length = 0xffffffff;
    } else if (type.is_real()) {
        field.length = type.is_fixed_real()                  ? type.length
                       : type.kind == TypeKind::float_number ? 12
                       : column.origin_name.empty()          ? 23
                                                             : 22;
        field.decimals = type.is_fixed_real() ? type.scale : 31;
    } else if (type.is_decimal() || type.is_temporal()) {
        field.length = sql::display_length(type);
        field.decimals = type.scale;
    }
    return field;
}

std::uint16_t ResultWriter::status() const {
    std::uint16_t status = 0;
    if (connection_.is_in_transaction()) status |= mysql::status_in_transaction;
    if (connection_.autocommits()) status |= mysql::status_autocommit;
    if (more_results_ || is_in_part_) status |= mysql::status_more_results;
    if (are_out_parameters_) status |= mysql::status_out_parameters;
    if (connection_.is_in_read_only_transaction()) status |= mysql::status_in_read_only_transaction;
    return status;
}

void ResultWriter::begin_part(bool is_out_parameters) {
    is_in_part_ = true;
    are_out_parameters_ = is_out_parameters;
}

void ResultWriter::end_part() {
    is_in_part_ = false;
    are_out_parameters_ = false;
}

void ResultWriter::put_name(std::string& out, std::string_view name) const {
    if (results_set_ == sql::CharacterSet::utf8mb4 || !results_set_)
        return mysql::put_text(out, name);
    mysql::put_text(out, sql::encoded(*results_set_, name));
}

// Texts go out in the character set that the client wants.
void ResultWriter::put_value(std::string& out, const sql::Type& type, const sql::ValueView& value) {
    text_.clear();
    sql::append_text(text_, type, value);
    if (results_set_ != sql::CharacterSet::utf8mb4 && type.is_character())
        text_ = sql::encoded(results_set_.value_or(type.character_set()), text_);
    else if (results_set_ && results_set_ != sql::CharacterSet::utf8mb4 &&
             type.kind == TypeKind::json)
        text_ = sql::encoded(*results_set_, text_);
    mysql::put_text(out, text_);
}

void ResultWriter::definition(const sql::OutputColumn& column, bool has_default) {
    const auto field = describe(column, results_set_);
    auto& out = frames_.open();
    mysql::put_text(out, "def");
    put_name(out, column.schema);
    put_name(out, column.table);
    put_name(out, column.origin_table);
    put_name(out, column.name);
    put_name(out, column.origin_name);
    out.push_back(0x0c); // length of what follows
    mysql::put_fixed(out, field.character_set, 2);
    mysql::put_fixed(out, field.length, 4);
    out.push_back(static_cast<char>(field.type));
    mysql::put_fixed(out, field.flags, 2);
    out.push_back(static_cast<char>(field.decimals));
    mysql::put_fixed(out, 0, 2);
    if (has_default) out.push_back(static_cast<char>(0xfb)); // COM_FIELD_LIST
    frames_.close();
}

bool ResultWriter::describes_columns() const {
    if ((capabilities_ & mysql::client_optional_resultset_metadata) == 0) return true;
    const auto& variables = connection_.context().variables;
    const auto found = variables.find("resultset_metadata");
    return found == variables.end() || found->second != "NONE";
}

void ResultWriter::columns(const std::vector<sql::OutputColumn>& columns) {
    columns_ = &columns;
    const bool describes = describes_columns();
    auto& out = frames_.open();
    mysql::put_length_encoded(out, columns.size());
    if ((capabilities_ & mysql::client_optional_resultset_metadata) != 0)
        out.push_back(static_cast<char>(describes ? 1 : 0));
    frames_.close();
    for (std::size_t i = 0; describes && i < columns.size(); ++i)
        definition(columns[i], false);
    // A cursor's definitions are followed by the end that says so.
    if (kept_ == nullptr && (capabilities_ & mysql::client_deprecate_eof) == 0) eof();
}

void ResultWriter::eof(std::uint16_t further_status) {
    auto& out = frames_.open();
    out.push_back(static_cast<char>(0xfe));
    mysql::put_fixed(out, std::min<std::size_t>(connection_.warning_count(), 0xffff), 2);
    mysql::put_fixed(out, static_cast<std::uint16_t>(status() | further_status), 2);
    frames_.close();
}

void ResultWriter::fetched(CursorRows& rows, std::size_t count) {
    const auto start = [&rows](std::size_t row) { return row == 0 ? 0 : rows.ends[row - 1]; };
    const bool is_end = count > rows.ends.size() - rows.next;
    for (; count > 0 && rows.next < rows.ends.size(); --count, ++rows.next) {
        const auto from = start(rows.next);
        frames_.write(std::string_view(rows.bytes).substr(from, rows.ends[rows.next] - from));
    }
    finish(is_end ? mysql::status_last_row_sent : mysql::status_cursor_exists);
}

void ResultWriter::row(std::span<const sql::ValueView> values) {
    if (kept_ != nullptr) {
        binary_row(values, kept_->bytes);
        kept_->ends.push_back(kept_->bytes.size());
        return;
    }
    auto& out = frames_.open();
    format_ == RowFormat::text ? text_row(values, out) : binary_row(values, out);
    frames_.close();
}

void ResultWriter::text_row(std::span<const sql::ValueView> values, std::string& out) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].is_null()) {
            out.push_back(static_cast<char>(0xfb));
            continue;
        }
        put_value(out, (*columns_)[i].type, values[i]);
    }
}

void ResultWriter::binary_row(std::span<const sql::ValueView> values, std::string& out) {
    out.push_back(0);
    const auto bitmap = out.size();
    out.append((values.size() + 9) / 8, '\0');
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto& value = values[i];
        const auto& type = (*columns_)[i].type;
        if (value.is_null()) {
            auto& byte = out[bitmap + (i + 2) / 8];
            byte = static_cast<char>(byte | 1 << ((i + 2) % 8));
            continue;
        }
        const bool is_wide = value.kind == sql::Value::Kind::blob && type.is_integer();
        const auto bits = is_wide
                              ? sql::bits_of(value)
                              : static_cast<std::uint64_t>(
                                    value.kind == sql::Value::Kind::real ? whole_number(value.real)
                                                                         : value.integer
                                );
        const double real =
            value.kind == sql::Value::Kind::real ? value.real : static_cast<double>(value.integer);
        switch (field_type(type)) {
        case FieldType::tiny:
            mysql::put_fixed(out, bits, 1);
            break;
        case FieldType::short_integer:
        case FieldType::year:
            mysql::put_fixed(out, bits, 2);
            break;
        case FieldType::int24:
        case FieldType::long_integer:
            mysql::put_fixed(out, bits, 4);
            break;
        case FieldType::longlong:
            mysql::put_fixed(out, bits, 8);
            break;
        case FieldType::float_number:
            mysql::put_fixed(out, std::bit_cast<std::uint32_t>(static_cast<float>(real)), 4);
            break;
        case FieldType::double_number:
            mysql::put_fixed(out, std::bit_cast<std::uint64_t>(real), 8);
            break;
        case FieldType::date:
        case FieldType::datetime:
        case FieldType::timestamp:
            put_moment(out, value.bytes);
            break;
        case FieldType::time:
            put_time(out, value.integer);
            break;
        default:
            put_value(out, type, value);
        }
    }
}

// The text of an OK packet is always there, if only as its length: some clients insist.
void ResultWriter::ok(std::uint8_t head, const sql::Done& done, std::uint16_t further_status) {
    std::string changes;
    if (tracker_ != nullptr && (capabilities_ & mysql::client_session_track) != 0)
        changes = tracker_->take(connection_);
    if (!changes.empty()) further_status |= mysql::status_session_state_changed;
    auto& out = frames_.open();
    out.push_back(static_cast<char>(head));
    mysql::put_length_encoded(out, done.affected_rows);
    mysql::put_length_encoded(out, done.last_insert_id);
    mysql::put_fixed(out, static_cast<std::uint16_t>(status() | further_status), 2);
    mysql::put_fixed(out, std::min<std::size_t>(connection_.warning_count(), 0xffff), 2);
    mysql::put_text(out, done.information);
    if (!changes.empty()) mysql::put_text(out, changes);
    frames_.close();
}

void ResultWriter::finish(std::uint16_t further_status) {
    if ((capabilities_ & mysql::client_deprecate_eof) != 0)
        ok(0xfe, {}, further_status);
    else
        eof(further_status);
}

void ResultWriter::end() {
    if (tracker_ != nullptr) tracker_->sent_rows();
    finish(kept_ != nullptr ? mysql::status_cursor_exists : 0);
}

void ResultWriter::done(const sql::Done& done) {
    ok(0x00, done);
}

void ResultWriter::failed(const sql::SQLError& error) {
    has_failed_ = true;
    auto& out = frames_.open();
    out.push_back(static_cast<char>(0xff));
    mysql::put_fixed(out, error.code, 2);
    out.push_back('#');
    out.append(error.sqlstate);
    out.append(results_set_ ? sql::encoded(*results_set_, error.message) : error.message);
    frames_.close();
}

} // namespace diorama::rds
