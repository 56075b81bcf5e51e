// The lines and fields of a file as LOAD DATA takes them apart: bytes in, texts out.
// https://dev.mysql.com/doc/refman/8.0/en/load-data.html#load-data-field-line-handling
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::rds::sql {

struct RecordFormat {
    std::string field_end = "\t";
    std::string enclosure;     // one byte, or none
    std::string escape = "\\"; // one byte, or none
    std::string line_start;    // what stands before it is left out
    std::string line_end = "\n";
};

class Records {
public:
    using Field = std::optional<std::string>; // nothing: NULL

    Records(std::string_view bytes, const RecordFormat& format)
        : bytes_(bytes)
        , format_(format) {}

    // Over this many line ends, whatever stands between them.
    void skip_lines(std::uint64_t count);
    // The fields of the next line; nothing at the end.
    std::optional<std::vector<Field>> next();

private:
    enum class Ended { field, line, file };

    bool at(std::string_view separator) const {
        return !separator.empty() && bytes_.substr(at_).starts_with(separator);
    }

    bool find_line();
    Ended field(Field& field);
    Ended enclosed(Field& field);
    Ended plain(Field& field);
    Ended separator();
    bool ends_field() const;
    bool escaped(std::string& text);

    std::string_view bytes_;
    const RecordFormat& format_;
    std::size_t at_ = 0;
};

} // namespace diorama::rds::sql
