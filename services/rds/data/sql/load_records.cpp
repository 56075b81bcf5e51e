// See load_records.hpp.
#include "services/rds/data/sql/load_records.hpp"

#include <algorithm>

namespace diorama::rds::sql {

void Records::skip_lines(std::uint64_t count) {
    for (; count > 0 && at_ < bytes_.size(); --count) {
        const auto end = bytes_.find(format_.line_end, at_);
        at_ = end == std::string_view::npos ? bytes_.size() : end + format_.line_end.size();
    }
}

// MySQL: LINES STARTING BY: "If a line does not include the prefix, the entire line is skipped."
bool Records::find_line() {
    if (at_ >= bytes_.size()) return false;
    if (format_.line_start.empty()) return true;
    const auto start = bytes_.find(format_.line_start, at_);
    at_ = start == std::string_view::npos ? bytes_.size() : start + format_.line_start.size();
    return start != std::string_view::npos;
}

std::optional<std::vector<Records::Field>> Records::next() {
    if (!find_line()) return std::nullopt;
    std::vector<Field> fields;
    auto ended = Ended::field;
    while (ended == Ended::field)
        ended = field(fields.emplace_back());
    return fields;
}

Records::Ended Records::field(Field& field) {
    field.emplace();
    if (!at(format_.enclosure)) return plain(field);
    at_ += format_.enclosure.size();
    return enclosed(field);
}

// What stands after a backslash; NULL is decided by whoever knows that it is all there is.
// https://dev.mysql.com/doc/refman/8.0/en/load-data.html: "0 An ASCII NUL", "b A backspace", …
bool Records::escaped(std::string& text) {
    if (!at(format_.escape) || at_ + 1 >= bytes_.size()) return false;
    constexpr std::string_view letters = "0bnrtZ";
    constexpr std::string_view meanings("\0\b\n\r\t\x1a", 6);
    const char letter = bytes_[at_ + 1];
    const auto known = letters.find(letter);
    text.push_back(known == std::string_view::npos ? letter : meanings[known]);
    at_ += 2;
    return true;
}

bool Records::ends_field() const {
    return at_ >= bytes_.size() || at(format_.field_end) || at(format_.line_end);
}

Records::Ended Records::separator() {
    if (at_ >= bytes_.size()) return Ended::file;
    const bool is_line = at(format_.line_end);
    at_ += is_line ? format_.line_end.size() : format_.field_end.size();
    return is_line ? Ended::line : Ended::field;
}

// MySQL: "If the field begins with the ENCLOSED BY character, instances of that character are
// recognized as terminating a field value only if followed by the field or line TERMINATED BY
// sequence. […] occurrences […] within a field value can be doubled".
Records::Ended Records::enclosed(Field& field) {
    while (at_ < bytes_.size()) {
        if (escaped(*field)) continue;
        if (at(format_.enclosure)) {
            ++at_;
            if (ends_field()) return separator();
            if (at(format_.enclosure)) ++at_;
            field->push_back(format_.enclosure[0]);
            continue;
        }
        field->push_back(bytes_[at_++]);
    }
    return Ended::file;
}

// MySQL: \N is NULL; the word NULL, too, where fields may be enclosed and this one is not.
Records::Ended Records::plain(Field& field) {
    const auto begun = at_;
    while (!ends_field())
        if (!escaped(*field)) field->push_back(bytes_[at_++]);
    const auto raw = bytes_.substr(begun, at_ - begun);
    const bool is_null = (!format_.escape.empty() && raw == format_.escape + "N") ||
                         (raw == "NULL" && !format_.enclosure.empty());
    if (is_null) field.reset();
    return separator();
}

} // namespace diorama::rds::sql
