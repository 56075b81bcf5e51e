// Text to wire and back; see dns_name.hpp.
#include "services/route53/data/dns_name.hpp"

#include <fmt/format.h>

#include <vector>

namespace diorama::route53 {

namespace {

bool is_octal(char c) {
    return c >= '0' && c <= '7';
}

// The byte that an escape at text[at] (just after the backslash) stands for; moves `at` past it.
std::optional<char> unescape(std::string_view text, std::size_t& at) {
    if (at >= text.size()) return std::nullopt;
    if (at + 2 < text.size() && is_octal(text[at]) && is_octal(text[at + 1]) &&
        is_octal(text[at + 2])) {
        const int value = (text[at] - '0') * 64 + (text[at + 1] - '0') * 8 + (text[at + 2] - '0');
        if (value > 255) return std::nullopt;
        at += 3;
        return static_cast<char>(value);
    }
    if (text[at] >= '0' && text[at] <= '9') return std::nullopt;
    return text[at++];
}

// AWS: characters other than a-z, 0-9, - (hyphen), _ and . are returned as "\ooo".
void append_escaped(std::string& text, std::string_view label) {
    for (const char c : label) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (plain) {
            text += c;
        } else {
            text += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        }
    }
}

std::vector<std::string_view> labels_of(std::string_view wire) {
    std::vector<std::string_view> labels;
    for (std::size_t at = 0; wire[at] != 0;) {
        const auto length = static_cast<unsigned char>(wire[at]);
        labels.push_back(wire.substr(at + 1, length));
        at += 1u + length;
    }
    return labels;
}

} // namespace

std::optional<DNSName> DNSName::parse(std::string_view text) {
    if (text == ".") return DNSName();
    std::string wire;
    std::string label;
    const auto end_label = [&] {
        if (label.empty() || label.size() > label_bytes_max) return false;
        wire += static_cast<char>(label.size());
        wire += label;
        label.clear();
        return true;
    };
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at++];
        if (c == '.') {
            if (!end_label()) return std::nullopt;
        } else if (c == '\\') {
            const auto byte = unescape(text, at);
            if (!byte) return std::nullopt;
            label += *byte;
        } else {
            label += c;
        }
    }
    if (!label.empty() && !end_label()) return std::nullopt;
    if (wire.empty() || wire.size() + 1 > name_bytes_max) return std::nullopt;
    wire += '\0';
    return DNSName(std::move(wire));
}

std::string DNSName::to_string() const {
    if (is_root()) return ".";
    std::string text;
    for (const auto label : labels_of(wire_)) {
        append_escaped(text, label);
        text += '.';
    }
    return text;
}

std::string DNSName::sort_text() const {
    const auto labels = labels_of(wire_);
    std::string text;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
        append_escaped(text, *label);
        text += '.';
    }
    return text;
}

DNSName DNSName::lower() const {
    auto wire = wire_;
    // Lengths are below 64 and so below 'A': they stay as they are.
    for (char& c : wire) {
        c = lower_ascii(c);
    }
    return DNSName(std::move(wire));
}

DNSName DNSName::parent() const {
    if (is_root()) return *this;
    return DNSName(wire_.substr(1u + static_cast<unsigned char>(wire_[0])));
}

std::optional<DNSName> DNSName::child(std::string_view label) const {
    if (label.empty() || label.size() > label_bytes_max) return std::nullopt;
    if (wire_.size() + 1 + label.size() > name_bytes_max) return std::nullopt;
    std::string wire(1, static_cast<char>(label.size()));
    wire.append(label).append(wire_);
    return DNSName(std::move(wire));
}

bool DNSName::is_within(const DNSName& ancestor) const {
    const auto& tail = ancestor.wire_;
    if (wire_.size() < tail.size()) return false;
    const std::size_t start = wire_.size() - tail.size();
    if (wire_.compare(start, std::string::npos, tail) != 0) return false;
    std::size_t at = 0; // the match must begin where a label does
    while (at < start) {
        at += 1u + static_cast<unsigned char>(wire_[at]);
    }
    return at == start;
}

std::size_t DNSName::label_count() const {
    return labels_of(wire_).size();
}

} // namespace diorama::route53
