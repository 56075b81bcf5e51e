// See prepared_answers.hpp.
#include "services/route53/data/prepared_answers.hpp"

#include "services/route53/limits.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

namespace diorama::route53 {

namespace {

// How far from its place an answer may be; beyond that it is not kept, so that names which somebody
// chose to collide cost no more than a few steps.
constexpr std::size_t steps_max = 8;
constexpr std::size_t slots_min = 64;
constexpr std::size_t slots_max = 65'536;
constexpr std::size_t bytes_kept_max = 8 * 1024 * 1024;

constexpr std::size_t opt_bytes = 11; // RFC 6891 6.1.2, without options
constexpr std::uint16_t flag_rd = 0x0100;
constexpr std::uint16_t flag_cd = 0x0010;

std::uint16_t u16_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(
        static_cast<std::uint8_t>(bytes[at]) << 8 | static_cast<std::uint8_t>(bytes[at + 1])
    );
}

void put_u16(char* at, unsigned value) {
    at[0] = static_cast<char>(value >> 8);
    at[1] = static_cast<char>(value);
}

// A request of the common shape: one question of class IN, its name spelled out, and perhaps OPT
// without options.
struct PlainRequest {
    std::string_view question; // all its bytes
    bool has_edns = false;
    bool dnssec_ok = false;
    std::uint16_t payload_size = 0;

    static std::optional<PlainRequest> read(std::string_view request);
};

std::optional<PlainRequest> PlainRequest::read(std::string_view request) {
    // A name, type and class at least. A question, of the opcode QUERY; one of it and nothing but
    // OPT besides.
    if (request.size() < header_bytes + 5) return std::nullopt;
    if ((static_cast<std::uint8_t>(request[2]) & 0xF8) != 0) return std::nullopt;
    if (request.substr(4, 7) != std::string_view("\0\1\0\0\0\0\0", 7)) return std::nullopt;
    std::size_t end = header_bytes;
    while (request[end] != 0) {
        const auto length = static_cast<std::uint8_t>(request[end]);
        end += 1u + length;
        if (length > label_bytes_max || end >= request.size()) return std::nullopt;
    }
    ++end;
    if (end - header_bytes > name_bytes_max || end + 4 > request.size()) return std::nullopt;
    if (u16_at(request, end + 2) != class_in) return std::nullopt;
    end += 4;
    PlainRequest plain;
    plain.question = request.substr(header_bytes, end - header_bytes);
    if (request[11] == 0) return end == request.size() ? std::optional(plain) : std::nullopt;
    if (request[11] != 1 || request.size() != end + opt_bytes) return std::nullopt;
    if (request[end] != 0 || u16_at(request, end + 1) != 41) return std::nullopt;
    const bool is_version_0 = request[end + 6] == 0;
    if (!is_version_0 || u16_at(request, end + 9) != 0) return std::nullopt;
    plain.has_edns = true;
    plain.payload_size = u16_at(request, end + 3);
    plain.dnssec_ok = (u16_at(request, end + 7) & 0x8000) != 0;
    return plain;
}

using KeyBytes = std::array<char, name_bytes_max + 2>;

// Lengths of labels are below 'A', so that the whole name may be treated as letters.
std::string_view key_of(const PlainRequest& request, KeyBytes& key) {
    const auto name = request.question.substr(0, request.question.size() - 4);
    std::ranges::transform(name, key.begin(), lower_ascii);
    key[name.size()] = request.question[name.size()];
    key[name.size() + 1] = request.question[name.size() + 1];
    return {key.data(), name.size() + 2};
}

std::uint32_t hash_of(std::string_view key) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>{}(key));
}

} // namespace

const Zone*
PreparedAnswers::respond(std::string_view request, Transport transport, std::string& answer) const {
    if (count_ == 0) return nullptr;
    const auto plain = PlainRequest::read(request);
    if (!plain) return nullptr;
    KeyBytes memory;
    const auto key = key_of(*plain, memory);
    const auto hash = hash_of(key);
    const Slot* found = nullptr;
    for (std::size_t i = 0; i < steps_max && found == nullptr; ++i) {
        const auto& slot = slots_[(hash + i) & (slots_.size() - 1)];
        if (slot.zone == nullptr) return nullptr;
        if (slot.hash != hash || slot.key_bytes != key.size()) continue;
        if (std::string_view(bytes_).substr(slot.offset, slot.key_bytes) == key) found = &slot;
    }
    if (found == nullptr) return nullptr;
    const auto size = header_bytes + plain->question.size() + found->section_bytes +
                      (plain->has_edns ? opt_bytes : 0);
    if (size > most_bytes(transport, plain->has_edns ? plain->payload_size : 0)) return nullptr;

    answer.resize(size);
    char* at = answer.data();
    const unsigned asked = u16_at(request, 2) & (flag_rd | flag_cd);
    std::copy_n(request.data(), 2, at);
    put_u16(at + 2, found->flags | asked);
    put_u16(at + 4, 1);
    put_u16(at + 6, found->counts[0]);
    put_u16(at + 8, found->counts[1]);
    put_u16(at + 10, found->counts[2] + (plain->has_edns ? 1U : 0U));
    at = std::ranges::copy(plain->question, at + header_bytes).out;
    at = std::copy_n(bytes_.data() + found->offset + found->key_bytes, found->section_bytes, at);
    if (plain->has_edns) {
        std::fill_n(at, opt_bytes, '\0');
        put_u16(at + 1, static_cast<unsigned>(RecordType::opt));
        put_u16(at + 3, limits::udp_bytes_with_edns);
        put_u16(at + 7, plain->dnssec_ok ? 0x8000 : 0);
    }
    return found->zone;
}

void PreparedAnswers::keep(std::string_view request, const Response& response) {
    if (!response.is_for_everybody || response.zone == nullptr) return;
    const auto plain = PlainRequest::read(request);
    if (!plain) return;
    const auto before = header_bytes + plain->question.size();
    const auto after = plain->has_edns ? opt_bytes : 0;
    const std::string_view bytes = response.bytes;
    const auto sections = bytes.substr(before, bytes.size() - before - after);
    KeyBytes memory;
    const auto key = key_of(*plain, memory);
    if (bytes_.size() + key.size() + sections.size() > bytes_kept_max ||
        2 * (count_ + 1) > slots_max) {
        forget();
    }
    if (2 * (count_ + 1) > slots_.size()) grow();
    const auto hash = hash_of(key);
    auto* slot = free_slot(hash);
    if (slot == nullptr) return;
    slot->zone = response.zone;
    slot->hash = hash;
    slot->offset = static_cast<std::uint32_t>(bytes_.size());
    slot->key_bytes = static_cast<std::uint16_t>(key.size());
    slot->section_bytes = static_cast<std::uint16_t>(sections.size());
    slot->flags = static_cast<std::uint16_t>(u16_at(bytes, 2) & ~(flag_rd | flag_cd));
    slot->counts[0] = u16_at(bytes, 6);
    slot->counts[1] = u16_at(bytes, 8);
    slot->counts[2] = static_cast<std::uint16_t>(u16_at(bytes, 10) - (plain->has_edns ? 1U : 0U));
    bytes_ += key;
    bytes_ += sections;
    ++count_;
}

PreparedAnswers::Slot* PreparedAnswers::free_slot(std::uint32_t hash) {
    for (std::size_t i = 0; i < steps_max; ++i) {
        auto& slot = slots_[(hash + i) & (slots_.size() - 1)];
        if (slot.zone == nullptr) return &slot;
    }
    return nullptr;
}

void PreparedAnswers::grow() {
    auto old = std::move(slots_);
    slots_.assign(std::max(slots_min, 2 * old.size()), {});
    count_ = 0;
    for (const auto& slot : old) {
        if (slot.zone == nullptr) continue;
        if (auto* place = free_slot(slot.hash)) {
            *place = slot;
            ++count_;
        }
    }
}

void PreparedAnswers::forget() {
    if (count_ == 0) return;
    std::ranges::fill(slots_, Slot{});
    bytes_.clear();
    count_ = 0;
}

} // namespace diorama::route53
