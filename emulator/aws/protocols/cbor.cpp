// See cbor.hpp.
#include "emulator/aws/protocols/cbor.hpp"

#include "emulator/aws/protocols/input.hpp"
#include "emulator/aws/utf8.hpp"
#include "emulator/time/time.hpp"

#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <vector>

namespace diorama::aws {
namespace {

using nlohmann::json;

// RFC 8949 3: the major types.
enum Major : unsigned { natural, negative, byte_string, text_string, array, map, tag, simple };

constexpr unsigned indefinite = 31;

class Reader {
public:
    explicit Reader(std::string_view bytes)
        : bytes_(bytes) {}

    std::optional<json> read_document() {
        json value;
        if (!read(value, 0) || at_ != bytes_.size()) return std::nullopt;
        return value;
    }

private:
    struct Head {
        unsigned major = 0;
        unsigned low = 0; // the low five bits
        std::uint64_t argument = 0;

        bool is_indefinite() const { return low == indefinite; }
    };

    bool read_head(Head& head) {
        if (at_ >= bytes_.size()) return false;
        const auto first = static_cast<unsigned char>(bytes_[at_++]);
        head.major = first >> 5;
        head.low = first & 31;
        head.argument = head.low;
        if (head.low < 24 || head.is_indefinite()) return true;
        if (head.low > 27) return false;
        const std::size_t length = std::size_t(1) << (head.low - 24);
        if (bytes_.size() - at_ < length) return false;
        head.argument = 0;
        for (std::size_t i = 0; i < length; ++i)
            head.argument = head.argument << 8 | static_cast<unsigned char>(bytes_[at_++]);
        return true;
    }

    bool at_break() {
        if (at_ >= bytes_.size() || bytes_[at_] != '\xFF') return false;
        ++at_;
        return true;
    }

    bool read(json& value, int depth) {
        Head head;
        if (depth > deepest_input || !read_head(head)) return false;
        switch (head.major) {
        case natural:
            value = head.argument;
            return !head.is_indefinite();
        case negative:
            if (head.argument > static_cast<std::uint64_t>(INT64_MAX)) return false;
            value = -1 - static_cast<std::int64_t>(head.argument);
            return !head.is_indefinite();
        case byte_string:
        case text_string:
            return read_string(value, head);
        case array:
            return read_array(value, head, depth);
        case map:
            return read_map(value, head, depth);
        case tag:
            return !head.is_indefinite() && read(value, depth + 1);
        default:
            return read_simple(value, head);
        }
    }

    bool read_bytes(std::string& text, const Head& head) {
        if (!head.is_indefinite()) {
            if (head.argument > bytes_.size() - at_) return false;
            const auto piece = bytes_.substr(at_, head.argument);
            text += piece;
            at_ += head.argument;
            // RFC 8949 3.1: a text string that is not UTF-8 "is well-formed but invalid".
            return head.major != text_string || is_utf8(piece);
        }
        while (!at_break()) {
            Head piece;
            if (!read_head(piece) || piece.major != head.major || piece.is_indefinite() ||
                !read_bytes(text, piece))
                return false;
        }
        return true;
    }

    bool read_string(json& value, const Head& head) {
        std::string text;
        if (!read_bytes(text, head)) return false;
        if (head.major == text_string)
            value = std::move(text);
        else
            value = json::binary(std::vector<std::uint8_t>(text.begin(), text.end()));
        return true;
    }

    bool read_array(json& value, const Head& head, int depth) {
        value = json::array();
        for (std::uint64_t i = 0; head.is_indefinite() ? !at_break() : i < head.argument; ++i) {
            json element;
            if (!read(element, depth + 1)) return false;
            value.push_back(std::move(element));
        }
        return true;
    }

    bool read_map(json& value, const Head& head, int depth) {
        value = json::object();
        for (std::uint64_t i = 0; head.is_indefinite() ? !at_break() : i < head.argument; ++i) {
            Head key_head;
            std::string key;
            if (!read_head(key_head) || key_head.major != text_string ||
                !read_bytes(key, key_head) || !read(value[key], depth + 1))
                return false;
        }
        return true;
    }

    // RFC 8949 3.3, and appendix D for half precision.
    bool read_simple(json& value, const Head& head) {
        switch (head.low) {
        case 20:
            value = false;
            return true;
        case 21:
            value = true;
            return true;
        case 22:
        case 23:
            value = nullptr;
            return true;
        case 25: {
            const auto bits = static_cast<unsigned>(head.argument);
            const int exponent = static_cast<int>(bits >> 10 & 31);
            const auto fraction = static_cast<double>(bits & 1023);
            double number = 0;
            if (exponent == 0)
                number = std::ldexp(fraction, -24);
            else if (exponent != 31)
                number = std::ldexp(fraction + 1024, exponent - 25);
            else
                number = fraction == 0 ? HUGE_VAL : std::nan("");
            value = (bits & 0x8000) != 0 ? -number : number;
            return true;
        }
        case 26:
            value =
                static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(head.argument))
                );
            return true;
        case 27:
            value = std::bit_cast<double>(head.argument);
            return true;
        default:
            return false;
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

void write_head(std::string& bytes, Major major, std::uint64_t argument) {
    int length = 0;
    unsigned low = static_cast<unsigned>(argument);
    if (argument > 0xFFFFFFFF)
        length = 8, low = 27;
    else if (argument > 0xFFFF)
        length = 4, low = 26;
    else if (argument > 0xFF)
        length = 2, low = 25;
    else if (argument > 23)
        length = 1, low = 24;
    bytes += static_cast<char>(static_cast<unsigned>(major) << 5 | low);
    for (int i = length - 1; i >= 0; --i)
        bytes += static_cast<char>(argument >> (8 * i) & 0xFF);
}

void write_integer(std::string& bytes, std::int64_t number) {
    if (number >= 0)
        write_head(bytes, natural, static_cast<std::uint64_t>(number));
    else
        write_head(bytes, negative, static_cast<std::uint64_t>(-1 - number));
}

void write_double(std::string& bytes, double number) {
    bytes += '\xFB';
    const auto bits = std::bit_cast<std::uint64_t>(number);
    for (int i = 7; i >= 0; --i)
        bytes += static_cast<char>(bits >> (8 * i) & 0xFF);
}

// RFC 8949 3.4.2: tag 1, then seconds; an integer where they are whole.
void write_timestamp(std::string& bytes, Timestamp when) {
    write_head(bytes, tag, 1);
    const auto seconds = unix_seconds(when);
    if (std::trunc(seconds) == seconds)
        write_integer(bytes, static_cast<std::int64_t>(seconds));
    else
        write_double(bytes, seconds);
}

void write(std::string& bytes, const Shape& shape, const void* value);

void write_map(std::string& bytes, const Shape& shape, const void* value) {
    struct Context {
        std::string& bytes;
        const Shape& value_shape;
    } context{bytes, *shape.value().shape};

    cbor_map_head(bytes, shape.map->size(value));
    shape.map->each(value, &context, [](void* untyped, const std::string& key, const void* held) {
        auto& [out, value_shape] = *static_cast<Context*>(untyped);
        cbor_text(out, key);
        write(out, value_shape, held);
    });
}

void write(std::string& bytes, const Shape& shape, const void* value) {
    switch (shape.kind) {
    case ShapeKind::structure:
        cbor_structure(bytes, shape, value);
        return;
    case ShapeKind::map:
        write_map(bytes, shape, value);
        return;
    case ShapeKind::list:
        write_head(bytes, array, shape.list->size(value));
        for (std::size_t i = 0; i < shape.list->size(value); ++i)
            write(bytes, *shape.element().shape, shape.list->at(value, i));
        return;
    case ShapeKind::blob: {
        const auto& blob = *static_cast<const std::string*>(value);
        write_head(bytes, byte_string, blob.size());
        bytes += blob;
        return;
    }
    case ShapeKind::timestamp:
        write_timestamp(bytes, *static_cast<const Timestamp*>(value));
        return;
    case ShapeKind::number:
        write_double(bytes, *static_cast<const double*>(value));
        return;
    case ShapeKind::integer:
        write_integer(bytes, *static_cast<const std::int32_t*>(value));
        return;
    case ShapeKind::long_integer:
        write_integer(bytes, *static_cast<const std::int64_t*>(value));
        return;
    case ShapeKind::boolean:
        bytes += *static_cast<const bool*>(value) ? '\xF5' : '\xF4';
        return;
    case ShapeKind::string:
    case ShapeKind::enumeration:
        cbor_text(bytes, scalar_text(shape, value, {}));
        return;
    }
}

} // namespace

std::optional<json> parse_cbor(std::string_view bytes) {
    return Reader(bytes).read_document();
}

void cbor_text(std::string& bytes, std::string_view text) {
    write_head(bytes, text_string, text.size());
    bytes += text;
}

void cbor_map_head(std::string& bytes, std::size_t entries) {
    write_head(bytes, map, entries);
}

void cbor_structure(std::string& bytes, const Shape& structure, const void* value) {
    std::size_t present = 0;
    for (const auto& member : structure.members)
        present += member.get(value, member) != nullptr;
    cbor_map_head(bytes, present);
    for (const auto& member : structure.members) {
        const void* held = member.get(value, member);
        if (held == nullptr) continue;
        cbor_text(bytes, member.name);
        write(bytes, *member.shape, held);
    }
}

} // namespace diorama::aws
