// Reading an input: where in it one stands, and what was found wrong with it. Every protocol fills
// values through these functions, so that constraints are checked in one place; each then says what
// was wrong in its own words.
#pragma once

#include "emulator/aws/shape.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws {

// Deeper values are refused: no real request comes near it.
inline constexpr int deepest_input = 64;

// Where a value stands: "changes.1.member.name", "messageAttributes.color.member.dataType". A step
// refers to the one before it, which must live as long: none is made from a temporary.
struct Path {
    enum class Step { root, member, element, entry };

    const Path* outer = nullptr;
    Step step = Step::root;
    std::string_view name = {};
    std::size_t index = 0;
    int depth = 0;

    Path member(std::string_view member_name) const& {
        return {this, Step::member, member_name, 0, depth + 1};
    }

    Path element(std::size_t number) const& { return {this, Step::element, {}, number, depth + 1}; }

    Path entry(std::string_view key) const& { return {this, Step::entry, key, 0, depth + 1}; }

    Path member(std::string_view member_name) && = delete;
    Path element(std::size_t number) && = delete;
    Path entry(std::string_view key) && = delete;

    std::string to_string() const;
};

// A type as AWS's sentences name it: "Integer", "Timestamp".
std::string_view type_name(ShapeKind kind);

struct Violation {
    enum class Kind {
        missing,     // a required member is absent
        constraint,  // present, but not as the model wants it
        unparseable, // not even of its type
    };

    Kind kind;
    std::string path;       // AWS's spelling, first letters in lower case
    std::string parameter;  // as the protocol names it on the wire
    std::string value;      // quoted as AWS quotes it; empty for sensitive values
    std::string constraint; // "Member must not be null"; the type's name for unparseable
};

class InputChecks {
public:
    void missing(const Path& path, std::string parameter);
    void unparseable(const Path& path, std::string_view text, const Shape& shape);
    // Checks a value that has been filled completely: lengths, sizes, ranges, patterns.
    void check(const Shape& shape, const void* value, const Path& path);
    void unknown_enum_value(const Shape& shape, std::string_view text, const Path& path);

    bool passed() const { return violations_.empty(); }

    const std::vector<Violation>& violations() const { return violations_; }

    // "2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must
    // not be null; …"
    std::string sentence() const;

private:
    void add(const Shape& shape, const Path& path, std::string value, std::string constraint);
    void check_pattern(const Shape& shape, const std::string& text, const Path& path);

    std::vector<Violation> violations_;
};

// Fills a scalar from its text form and checks it.
void read_scalar_text(
    const Shape& shape,
    std::string_view text,
    void* value,
    const Path& path,
    InputChecks& checks
);

// Sets an enumeration from its name; false when there is no such name.
bool read_enum(const Shape& shape, std::string_view text, void* value);

// Records every required member of a structure that was not `seen`. Location::body only, or all.
void check_required(
    const Shape& structure,
    const std::vector<bool>& seen,
    const Path& path,
    InputChecks& checks
);

// The text form of a scalar in an output. Timestamps in `format`.
std::string scalar_text(const Shape& shape, const void* value, TimestampFormat format);
std::string timestamp_text(const void* value, TimestampFormat format);
std::string number_text(double number);

} // namespace diorama::aws
