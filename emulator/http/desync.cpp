// See desync.hpp. Every field is judged for itself first, then what the framing fields say
// together; the most dangerous finding is the answer, and of several equally dangerous ones the one
// nearest to the framing.
#include "emulator/http/desync.hpp"

#include "emulator/http/control_characters.hpp"
#include "emulator/http/framing.hpp"

#include <array>
#include <cstdint>

namespace diorama::http {

namespace {

// RFC 9110 5.6.2: what a token (method, field name) consists of.
constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (unsigned char c = '0'; c <= '9'; ++c)
        table[c] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c)
        table[c] = true;
    for (unsigned char c = 'A'; c <= 'Z'; ++c)
        table[c] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

enum class Text { clean, has_controls, breaks_lines };

// Controls other than a tab are odd; those that end lines or strings in some parser are dangerous.
Text judge_text(std::string_view text) {
    if (!has_control_characters(text)) return Text::clean;
    Text result = Text::clean;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) continue;
        if (byte == '\0' || byte == '\r' || byte == '\n') return Text::breaks_lines;
        if (byte != '\t') result = Text::has_controls;
    }
    return result;
}

bool is_token(std::string_view text) {
    for (const char c : text) {
        if (!token_characters[static_cast<unsigned char>(c)]) return false;
    }
    return !text.empty();
}

enum class Likeness { none, similar, exact };

// Whether a lenient parser might take `name` for `wanted`: the same letters and digits, whatever
// stands between them. Two letters outside ASCII have ASCII counterparts when their case is
// changed: U+017F (s) and U+0131 (i).
Likeness likeness(std::string_view name, std::string_view wanted) {
    if (equal_ignoring_case(name, wanted)) return Likeness::exact;
    // Almost every name begins with another letter.
    const auto first = static_cast<unsigned char>(name.empty() ? '\0' : name.front());
    const bool is_letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
    if (is_letter && (first | 0x20) != static_cast<unsigned char>(wanted.front()))
        return Likeness::none;
    std::size_t matched = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        auto byte = static_cast<unsigned char>(name[i]);
        const auto next = static_cast<unsigned char>(i + 1 < name.size() ? name[i + 1] : '\0');
        if (byte == 0xc5 && next == 0xbf) byte = 's';
        if (byte == 0xc4 && next == 0xb1) byte = 'i';
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<unsigned char>(byte + ('a' - 'A'));
        if ((byte < 'a' || byte > 'z') && (byte < '0' || byte > '9')) continue;
        if (matched < wanted.size() && wanted[matched] == '-') ++matched;
        if (matched == wanted.size() || static_cast<unsigned char>(wanted[matched]) != byte) {
            return Likeness::none;
        }
        ++matched;
    }
    return matched == wanted.size() ? Likeness::similar : Likeness::none;
}

// The findings about one request, one bit for each reason.
class Findings {
public:
    void add(DesyncReason reason) { bits_ |= bit(reason); }

    bool has(DesyncReason reason) const { return (bits_ & bit(reason)) != 0; }

    bool empty() const { return bits_ == 0; }

private:
    static std::uint32_t bit(DesyncReason reason) { return 1U << static_cast<unsigned>(reason); }

    std::uint32_t bits_ = 0;
};

// Reads the fields one after another and remembers what they say about the body.
class Judge {
public:
    explicit Judge(const RawHead& head)
        : head_(head) {}

    Findings findings() {
        for (const auto& [name, value] : head_.headers)
            judge_field(name, value);
        judge_body();
        judge_request_line();
        return findings_;
    }

private:
    void judge_field(std::string_view name, std::string_view value) {
        const auto text = judge_text(value);
        if (text == Text::breaks_lines || judge_text(name) == Text::breaks_lines) {
            findings_.add(DesyncReason::bad_header);
            return;
        }
        if (const auto like = likeness(name, "transfer-encoding"); like != Likeness::none) {
            take_transfer_encoding(value, like);
            return;
        }
        if (const auto like = likeness(name, "content-length"); like != Likeness::none) {
            take_content_length(value, like);
            return;
        }
        if (without_blanks(name).empty() || name.front() == ':') {
            findings_.add(DesyncReason::empty_header);
        } else if (text != Text::clean || !is_token(name)) {
            findings_.add(DesyncReason::non_compliant_header);
        }
    }

    void take_transfer_encoding(std::string_view value, Likeness like) {
        has_transfer_encoding_ = true;
        if (like == Likeness::similar) findings_.add(DesyncReason::suspicious_header);
        for (;;) {
            const auto comma = value.find(',');
            const auto coding = value.substr(0, comma);
            const auto name = without_blanks(coding.substr(0, coding.find(';')));
            if (equal_ignoring_case(name, "chunked")) {
                if (has_chunked_) findings_.add(DesyncReason::multiple_transfer_encoding_chunked);
                has_chunked_ = true;
            } else if (like == Likeness::exact && !is_known_coding(name)) {
                findings_.add(DesyncReason::bad_transfer_encoding);
            }
            if (comma == std::string_view::npos) return;
            value.remove_prefix(comma + 1);
        }
    }

    void take_content_length(std::string_view value, Likeness like) {
        if (like == Likeness::similar) findings_.add(DesyncReason::suspicious_header);
        const auto length = parse_content_length(without_blanks(value));
        if (!length) {
            findings_.add(DesyncReason::bad_content_length);
            return;
        }
        if (length_) {
            findings_.add(
                *length_ == *length ? DesyncReason::duplicate_content_length
                                    : DesyncReason::multiple_content_length
            );
        }
        length_ = length;
    }

    static bool is_known_coding(std::string_view name) {
        for (const std::string_view known :
             {"identity", "gzip", "x-gzip", "deflate", "compress", "x-compress"}) {
            if (equal_ignoring_case(name, known)) return true;
        }
        return false;
    }

    void judge_body() {
        if (!has_transfer_encoding_ && !length_) return;
        const bool is_09 = head_.version.empty() || head_.version == "HTTP/0.9";
        // RFC 9110 9.3.1: "content received in a GET request has no generally defined semantics".
        const bool has_no_content = head_.method == "GET" || head_.method == "HEAD";
        if (has_transfer_encoding_ && length_) findings_.add(DesyncReason::both_te_cl_present);
        if (has_transfer_encoding_ && (is_09 || has_no_content || head_.version == "HTTP/1.0")) {
            findings_.add(DesyncReason::undefined_transfer_encoding_semantics);
        }
        if (length_ && (is_09 || (has_no_content && *length_ > 0))) {
            findings_.add(DesyncReason::undefined_content_length_semantics);
        } else if (length_ && has_no_content) {
            findings_.add(DesyncReason::get_head_zero_content_length);
        }
    }

    void judge_request_line() {
        if (!is_token(head_.method)) findings_.add(DesyncReason::bad_method);
        judge_target();
        judge_version();
    }

    void judge_target() {
        for (const char c : head_.target) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte > 0x20 && byte != 0x7f) continue;
            if (byte == ' ') {
                findings_.add(DesyncReason::space_in_uri);
            } else if (byte == '\0' || byte == '\r' || byte == '\n') {
                findings_.add(DesyncReason::bad_uri);
            } else {
                findings_.add(DesyncReason::ambiguous_uri);
            }
        }
    }

    void judge_version() {
        const auto version = head_.version;
        if (version == "HTTP/1.1" || version == "HTTP/1.0") return;
        const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
        const auto bare = without_blanks(version);
        const bool has_form = bare.size() == 8 && bare.substr(0, 5) == "HTTP/" &&
                              is_digit(bare[5]) && bare[6] == '.' && is_digit(bare[7]);
        findings_.add(
            has_form || version.empty() ? DesyncReason::non_compliant_version
                                        : DesyncReason::bad_version
        );
    }

    const RawHead& head_;
    Findings findings_;
    bool has_transfer_encoding_ = false;
    bool has_chunked_ = false;
    std::optional<std::uint64_t> length_;
};

// Most dangerous first.
constexpr Classification by_danger[] = {
    {DesyncTier::severe, DesyncReason::bad_header},
    {DesyncTier::severe, DesyncReason::bad_transfer_encoding},
    {DesyncTier::severe, DesyncReason::multiple_transfer_encoding_chunked},
    {DesyncTier::severe, DesyncReason::bad_content_length},
    {DesyncTier::severe, DesyncReason::multiple_content_length},
    {DesyncTier::severe, DesyncReason::bad_method},
    {DesyncTier::severe, DesyncReason::bad_uri},
    {DesyncTier::severe, DesyncReason::bad_version},
    {DesyncTier::ambiguous, DesyncReason::suspicious_header},
    {DesyncTier::ambiguous, DesyncReason::both_te_cl_present},
    {DesyncTier::ambiguous, DesyncReason::undefined_transfer_encoding_semantics},
    {DesyncTier::ambiguous, DesyncReason::undefined_content_length_semantics},
    {DesyncTier::ambiguous, DesyncReason::duplicate_content_length},
    {DesyncTier::ambiguous, DesyncReason::empty_header},
    {DesyncTier::ambiguous, DesyncReason::ambiguous_uri},
    {DesyncTier::acceptable, DesyncReason::get_head_zero_content_length},
    {DesyncTier::acceptable, DesyncReason::non_compliant_header},
    {DesyncTier::acceptable, DesyncReason::non_compliant_version},
    {DesyncTier::acceptable, DesyncReason::space_in_uri},
};

} // namespace

std::string_view name_of(DesyncTier tier) {
    switch (tier) {
    case DesyncTier::compliant:
        return "Compliant";
    case DesyncTier::acceptable:
        return "Acceptable";
    case DesyncTier::ambiguous:
        return "Ambiguous";
    case DesyncTier::severe:
        return "Severe";
    }
    return {};
}

std::string_view name_of(DesyncReason reason) {
    switch (reason) {
    case DesyncReason::compliant:
        return "Compliant";
    case DesyncReason::non_compliant_header:
        return "NonCompliantHeader";
    case DesyncReason::non_compliant_version:
        return "NonCompliantVersion";
    case DesyncReason::get_head_zero_content_length:
        return "GetHeadZeroContentLength";
    case DesyncReason::space_in_uri:
        return "SpaceInUri";
    case DesyncReason::suspicious_header:
        return "SuspiciousHeader";
    case DesyncReason::both_te_cl_present:
        return "BothTeClPresent";
    case DesyncReason::undefined_transfer_encoding_semantics:
        return "UndefinedTransferEncodingSemantics";
    case DesyncReason::undefined_content_length_semantics:
        return "UndefinedContentLengthSemantics";
    case DesyncReason::empty_header:
        return "EmptyHeader";
    case DesyncReason::duplicate_content_length:
        return "DuplicateContentLength";
    case DesyncReason::ambiguous_uri:
        return "AmbiguousUri";
    case DesyncReason::bad_header:
        return "BadHeader";
    case DesyncReason::bad_transfer_encoding:
        return "BadTransferEncoding";
    case DesyncReason::bad_content_length:
        return "BadContentLength";
    case DesyncReason::bad_uri:
        return "BadUri";
    case DesyncReason::multiple_transfer_encoding_chunked:
        return "MultipleTransferEncodingChunked";
    case DesyncReason::multiple_content_length:
        return "MultipleContentLength";
    case DesyncReason::bad_method:
        return "BadMethod";
    case DesyncReason::bad_version:
        return "BadVersion";
    }
    return {};
}

Classification classify(const RawHead& head) {
    const auto findings = Judge(head).findings();
    if (findings.empty()) return {};
    for (const auto& candidate : by_danger) {
        if (findings.has(candidate.reason)) return candidate;
    }
    return {};
}

} // namespace diorama::http
