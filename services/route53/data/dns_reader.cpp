// Bytes to message; see dns_message.hpp. Every read is checked against the end of the message, and
// a compression pointer must point backwards, so that no input can make this loop.
#include "services/route53/data/cookies.hpp"
#include "services/route53/data/dns_message.hpp"

namespace diorama::route53 {

namespace {

class MessageReader {
public:
    explicit MessageReader(std::string_view bytes)
        : bytes_(bytes) {}

    std::optional<DNSMessage> read();

private:
    bool u8(std::uint8_t& value);
    bool u16(std::uint16_t& value);
    bool u32(std::uint32_t& value);
    bool name(DNSName& value);
    bool question(Question& value);
    bool section(std::size_t count, std::vector<Record>& records, DNSMessage& message);
    bool record_data(RecordType type, std::size_t length, std::string& value);
    bool names_in_record_data(RecordType type, std::string& value);
    bool edns(const Record& record, DNSMessage& message);

    std::string_view bytes_;
    std::size_t at_ = 0;
};

bool MessageReader::u8(std::uint8_t& value) {
    if (at_ + 1 > bytes_.size()) return false;
    value = static_cast<std::uint8_t>(bytes_[at_++]);
    return true;
}

bool MessageReader::u16(std::uint16_t& value) {
    std::uint8_t high = 0;
    std::uint8_t low = 0;
    if (!u8(high) || !u8(low)) return false;
    value = static_cast<std::uint16_t>(high << 8 | low);
    return true;
}

bool MessageReader::u32(std::uint32_t& value) {
    std::uint16_t high = 0;
    std::uint16_t low = 0;
    if (!u16(high) || !u16(low)) return false;
    value = static_cast<std::uint32_t>(high) << 16 | low;
    return true;
}

// RFC 1035 4.1.4: a name is labels, or labels ending with a pointer, or a pointer.
bool MessageReader::name(DNSName& value) {
    std::string wire;
    std::size_t at = at_;
    std::size_t lowest = at_; // a pointer must go below everything read so far
    bool jumped = false;
    for (;;) {
        if (at >= bytes_.size()) return false;
        const auto length = static_cast<std::uint8_t>(bytes_[at]);
        if ((length & 0xC0) == 0xC0) {
            if (at + 1 >= bytes_.size()) return false;
            const std::size_t target = static_cast<std::size_t>(length & 0x3F) << 8 |
                                       static_cast<std::uint8_t>(bytes_[at + 1]);
            if (!jumped) at_ = at + 2;
            jumped = true;
            if (target >= lowest || target < header_bytes) return false;
            lowest = at = target;
            continue;
        }
        if ((length & 0xC0) != 0) return false;
        if (at + 1 + length > bytes_.size()) return false;
        wire.append(bytes_.substr(at, 1u + length));
        if (wire.size() > name_bytes_max) return false;
        at += 1u + length;
        if (length == 0) break;
    }
    if (!jumped) at_ = at;
    value = DNSName::from_wire(std::move(wire));
    return true;
}

bool MessageReader::question(Question& value) {
    std::uint16_t type = 0;
    if (!name(value.name) || !u16(type) || !u16(value.record_class)) return false;
    value.type = static_cast<RecordType>(type);
    return true;
}

bool MessageReader::names_in_record_data(RecordType type, std::string& value) {
    std::size_t before = 0; // fixed bytes in front of the names
    int names = 1;
    std::size_t after = 0;
    switch (type) {
    case RecordType::mx:
        before = 2;
        break;
    case RecordType::srv:
        before = 6;
        break;
    case RecordType::soa:
        names = 2;
        after = 20;
        break;
    default:
        break;
    }
    if (at_ + before > bytes_.size()) return false;
    value.assign(bytes_.substr(at_, before));
    at_ += before;
    for (int i = 0; i < names; ++i) {
        DNSName target;
        if (!name(target)) return false;
        value += target.wire();
    }
    if (at_ + after > bytes_.size()) return false;
    value.append(bytes_.substr(at_, after));
    at_ += after;
    return true;
}

bool MessageReader::record_data(RecordType type, std::size_t length, std::string& value) {
    if (at_ + length > bytes_.size()) return false;
    const std::size_t end = at_ + length;
    switch (type) {
    case RecordType::ns:
    case RecordType::cname:
    case RecordType::ptr:
    case RecordType::mx:
    case RecordType::srv:
    case RecordType::soa:
        return names_in_record_data(type, value) && at_ == end;
    default:
        value.assign(bytes_.substr(at_, length));
        at_ = end;
        return true;
    }
}

// RFC 6891 6.1.2: the options are pairs of code and length-prefixed bytes.
bool MessageReader::edns(const Record& record, DNSMessage& message) {
    if (message.edns || !record.name.is_root()) return false; // 6.1.1: at most one
    EDNS edns;
    edns.udp_payload_size = record.record_class;
    edns.version = static_cast<std::uint8_t>(record.ttl >> 16);
    edns.dnssec_ok = (record.ttl & 0x8000) != 0;
    const auto upper_rcode = static_cast<std::uint16_t>((record.ttl >> 24) << 4);
    message.rcode = static_cast<Rcode>(static_cast<std::uint16_t>(message.rcode) | upper_rcode);
    MessageReader options(record.record_data);
    while (options.at_ < options.bytes_.size()) {
        std::uint16_t code = 0;
        std::uint16_t length = 0;
        if (!options.u16(code) || !options.u16(length)) return false;
        if (options.at_ + length > options.bytes_.size()) return false;
        const auto value = options.bytes_.substr(options.at_, length);
        options.at_ += length;
        if (code == option_cookie) {
            // RFC 7873 5.2.2: another length is a format error.
            if (!is_cookie_length(value.size())) return false;
            edns.cookie = value;
        }
        if (code != option_client_subnet) continue;
        MessageReader subnet(value);
        ClientSubnet client;
        if (!subnet.u16(client.family) || !subnet.u8(client.source_prefix) ||
            !subnet.u8(client.scope_prefix)) {
            return false;
        }
        client.address = value.substr(subnet.at_);
        // RFC 7871 6: the address has as many bytes as the prefix needs.
        if (client.address.size() != (client.source_prefix + 7u) / 8u) return false;
        const std::size_t address_bytes = client.family == 1 ? 4 : 16;
        if (client.address.size() > address_bytes) return false;
        edns.client_subnet = std::move(client);
    }
    message.edns = std::move(edns);
    return true;
}

bool MessageReader::section(std::size_t count, std::vector<Record>& records, DNSMessage& message) {
    const bool may_have_edns = &records == &message.additional;
    for (std::size_t i = 0; i < count; ++i) {
        Record record;
        std::uint16_t type = 0;
        std::uint16_t length = 0;
        if (!name(record.name) || !u16(type) || !u16(record.record_class) || !u32(record.ttl) ||
            !u16(length)) {
            return false;
        }
        record.type = static_cast<RecordType>(type);
        if (!record_data(record.type, length, record.record_data)) return false;
        if (record.type == RecordType::opt) {
            if (!may_have_edns || !edns(record, message)) return false;
        } else {
            records.push_back(std::move(record));
        }
    }
    return true;
}

std::optional<DNSMessage> MessageReader::read() {
    DNSMessage message;
    std::uint16_t flags = 0;
    std::uint16_t counts[4] = {};
    if (!u16(message.id) || !u16(flags)) return std::nullopt;
    for (auto& count : counts) {
        if (!u16(count)) return std::nullopt;
    }
    message.is_response = (flags & 0x8000) != 0;
    message.opcode = static_cast<std::uint8_t>(flags >> 11 & 0xF);
    message.is_authoritative = (flags & 0x0400) != 0;
    message.is_truncated = (flags & 0x0200) != 0;
    message.recursion_desired = (flags & 0x0100) != 0;
    message.recursion_available = (flags & 0x0080) != 0;
    message.authentic_data = (flags & 0x0020) != 0;
    message.checking_disabled = (flags & 0x0010) != 0;
    message.rcode = static_cast<Rcode>(flags & 0xF);
    for (std::size_t i = 0; i < counts[0]; ++i) {
        Question value;
        if (!question(value)) return std::nullopt;
        message.questions.push_back(std::move(value));
    }
    if (!section(counts[1], message.answers, message)) return std::nullopt;
    if (!section(counts[2], message.authority, message)) return std::nullopt;
    if (!section(counts[3], message.additional, message)) return std::nullopt;
    if (at_ != bytes_.size()) return std::nullopt;
    return message;
}

} // namespace

std::optional<DNSMessage> parse_message(std::string_view bytes) {
    if (bytes.size() > message_bytes_max) return std::nullopt;
    return MessageReader(bytes).read();
}

} // namespace diorama::route53
