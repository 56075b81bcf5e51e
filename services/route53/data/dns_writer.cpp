// Message to bytes, with name compression; see dns_message.hpp. Also the names of types and codes.
#include "services/route53/data/dns_message.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace diorama::route53 {

namespace {

// Names written so far that later ones may point at. Bounded, so that a message with very many
// names costs no more than linear time; the question and the zone come first and matter most.
constexpr std::size_t compression_targets_max = 64;

class MessageWriter {
public:
    void u8(std::uint8_t value) { bytes_ += static_cast<char>(value); }

    void u16(std::uint16_t value) {
        u8(static_cast<std::uint8_t>(value >> 8));
        u8(static_cast<std::uint8_t>(value));
    }

    void u32(std::uint32_t value) {
        u16(static_cast<std::uint16_t>(value >> 16));
        u16(static_cast<std::uint16_t>(value));
    }

    void name(std::string_view wire);
    void record(const Record& record);
    void opt(const EDNS& edns, Rcode rcode);

    std::string take() { return std::move(bytes_); }

private:
    bool equals_at(std::size_t offset, std::string_view wire) const;
    void record_data(const Record& record);
    void set_length(std::size_t length_at);

    std::string bytes_;
    std::array<std::uint16_t, compression_targets_max> targets_{};
    std::size_t target_count_ = 0;
};

// Whether the (possibly compressed) name at `offset` is this one. Without regard to case: the
// answer then carries the spelling of the question.
bool MessageWriter::equals_at(std::size_t offset, std::string_view wire) const {
    std::size_t at = 0;
    for (;;) {
        const auto length = static_cast<std::uint8_t>(bytes_[offset]);
        if ((length & 0xC0) == 0xC0) {
            offset = static_cast<std::size_t>(length & 0x3F) << 8 |
                     static_cast<std::uint8_t>(bytes_[offset + 1]);
            continue;
        }
        if (static_cast<std::uint8_t>(wire[at]) != length) return false;
        if (length == 0) return true;
        for (std::size_t i = 1; i <= length; ++i) {
            if (lower_ascii(bytes_[offset + i]) != lower_ascii(wire[at + i])) return false;
        }
        offset += 1u + length;
        at += 1u + length;
    }
}

void MessageWriter::name(std::string_view wire) {
    // A name cannot point into itself: it is not all there yet.
    const auto known = target_count_;
    while (wire[0] != 0) {
        for (std::size_t i = 0; i < known; ++i) {
            if (equals_at(targets_[i], wire)) {
                u16(static_cast<std::uint16_t>(0xC000 | targets_[i]));
                return;
            }
        }
        if (target_count_ < targets_.size() && bytes_.size() < 0x4000) {
            targets_[target_count_++] = static_cast<std::uint16_t>(bytes_.size());
        }
        const auto length = 1u + static_cast<std::uint8_t>(wire[0]);
        bytes_.append(wire.substr(0, length));
        wire.remove_prefix(length);
    }
    u8(0);
}

std::size_t wire_length(std::string_view bytes) {
    std::size_t at = 0;
    while (bytes[at] != 0) {
        at += 1u + static_cast<std::uint8_t>(bytes[at]);
    }
    return at + 1;
}

// RFC 3597 4: only names in the record data of RFC 1035's types may be compressed.
void MessageWriter::record_data(const Record& record) {
    std::string_view rest = record.record_data;
    switch (record.type) {
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::ptr:
        name(rest);
        return;
    case RecordType::mx:
        bytes_.append(rest.substr(0, 2));
        name(rest.substr(2));
        return;
    case RecordType::soa:
        for (int i = 0; i < 2; ++i) {
            const auto length = wire_length(rest);
            name(rest.substr(0, length));
            rest.remove_prefix(length);
        }
        bytes_.append(rest);
        return;
    default:
        bytes_.append(rest);
    }
}

void MessageWriter::record(const Record& record) {
    name(record.name.wire());
    u16(static_cast<std::uint16_t>(record.type));
    u16(record.record_class);
    u32(record.ttl);
    const auto length_at = bytes_.size();
    u16(0);
    record_data(record);
    set_length(length_at);
}

// Of everything behind the two bytes kept for it.
void MessageWriter::set_length(std::size_t length_at) {
    const auto length = bytes_.size() - length_at - 2;
    bytes_[length_at] = static_cast<char>(length >> 8);
    bytes_[length_at + 1] = static_cast<char>(length);
}

void MessageWriter::opt(const EDNS& edns, Rcode rcode) {
    u8(0);
    u16(static_cast<std::uint16_t>(RecordType::opt));
    u16(edns.udp_payload_size);
    u8(static_cast<std::uint8_t>(static_cast<std::uint16_t>(rcode) >> 4));
    u8(edns.version);
    u16(edns.dnssec_ok ? 0x8000 : 0);
    const auto length_at = bytes_.size();
    u16(0);
    if (edns.client_subnet) {
        const auto& client = *edns.client_subnet;
        u16(option_client_subnet);
        u16(static_cast<std::uint16_t>(4 + client.address.size()));
        u16(client.family);
        u8(client.source_prefix);
        u8(client.scope_prefix);
        bytes_.append(client.address);
    }
    if (edns.cookie) {
        u16(option_cookie);
        u16(static_cast<std::uint16_t>(edns.cookie->size()));
        bytes_.append(*edns.cookie);
    }
    set_length(length_at);
}

constexpr std::pair<RecordType, std::string_view> type_names[] = {
    {RecordType::a, "A"},         {RecordType::ns, "NS"},       {RecordType::cname, "CNAME"},
    {RecordType::soa, "SOA"},     {RecordType::ptr, "PTR"},     {RecordType::mx, "MX"},
    {RecordType::txt, "TXT"},     {RecordType::aaaa, "AAAA"},   {RecordType::srv, "SRV"},
    {RecordType::opt, "OPT"},     {RecordType::ds, "DS"},       {RecordType::ixfr, "IXFR"},
    {RecordType::axfr, "AXFR"},   {RecordType::any, "ANY"},     {RecordType::caa, "CAA"},
    {RecordType::naptr, "NAPTR"}, {RecordType::sshfp, "SSHFP"}, {RecordType::tlsa, "TLSA"},
    {RecordType::svcb, "SVCB"},   {RecordType::https, "HTTPS"}, {RecordType::spf, "SPF"},
};

} // namespace

std::string serialize(const DNSMessage& message) {
    MessageWriter writer;
    unsigned flags = 0;
    if (message.is_response) flags |= 0x8000;
    flags |= static_cast<unsigned>(message.opcode & 0xF) << 11;
    if (message.is_authoritative) flags |= 0x0400;
    if (message.is_truncated) flags |= 0x0200;
    if (message.recursion_desired) flags |= 0x0100;
    if (message.recursion_available) flags |= 0x0080;
    if (message.authentic_data) flags |= 0x0020;
    if (message.checking_disabled) flags |= 0x0010;
    flags |= static_cast<unsigned>(message.rcode) & 0xF;
    const auto count = [&](std::size_t value) { writer.u16(static_cast<std::uint16_t>(value)); };
    writer.u16(message.id);
    writer.u16(static_cast<std::uint16_t>(flags));
    count(message.questions.size());
    count(message.answers.size());
    count(message.authority.size());
    count(message.additional.size() + (message.edns ? 1 : 0));
    for (const auto& question : message.questions) {
        writer.name(question.name.wire());
        writer.u16(static_cast<std::uint16_t>(question.type));
        writer.u16(question.record_class);
    }
    for (const auto* section : {&message.answers, &message.authority, &message.additional}) {
        for (const auto& record : *section) {
            writer.record(record);
        }
    }
    if (message.edns) writer.opt(*message.edns, message.rcode);
    return writer.take();
}

std::string_view to_string(Rcode rcode) {
    switch (rcode) {
    case Rcode::no_error:
        return "NOERROR";
    case Rcode::format_error:
        return "FORMERR";
    case Rcode::server_failure:
        return "SERVFAIL";
    case Rcode::nx_domain:
        return "NXDOMAIN";
    case Rcode::not_implemented:
        return "NOTIMP";
    case Rcode::refused:
        return "REFUSED";
    case Rcode::bad_version:
        return "BADVERS";
    }
    return "RESERVED";
}

std::string to_string(RecordType type) {
    for (const auto& [value, name] : type_names) {
        if (value == type) return std::string(name);
    }
    return fmt::format("TYPE{}", static_cast<std::uint16_t>(type));
}

std::optional<RecordType> parse_record_type(std::string_view text) {
    for (const auto& [value, name] : type_names) {
        if (name == text) return value;
    }
    if (!text.starts_with("TYPE")) return std::nullopt;
    std::uint16_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 4, end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return static_cast<RecordType>(number);
}

} // namespace diorama::route53
