// See listing.hpp.
#include "services/s3/data/listing.hpp"

#include "services/s3/data/checksum.hpp"

namespace diorama::s3 {

std::optional<std::string_view> common_prefix_of(std::string_view key, const ListQuery& query) {
    if (query.delimiter.empty() || key.size() <= query.prefix.size()) return std::nullopt;
    const auto at = key.find(query.delimiter, query.prefix.size());
    if (at == std::string_view::npos) return std::nullopt;
    return key.substr(0, at + query.delimiter.size());
}

std::optional<std::string> after_prefix(std::string prefix) {
    while (!prefix.empty()) {
        if (static_cast<unsigned char>(prefix.back()) != 0xff) {
            ++prefix.back();
            return prefix;
        }
        prefix.pop_back();
    }
    return std::nullopt;
}

std::string encode_token(const ListPosition& position) {
    return aws::hex((position.is_common_prefix ? "p" : "k") + position.after);
}

std::optional<ListPosition> decode_token(std::string_view token) {
    const auto bytes = bytes_of_hex(token);
    if (!bytes || bytes->empty()) return std::nullopt;
    if (bytes->front() != 'p' && bytes->front() != 'k') return std::nullopt;
    return ListPosition{bytes->substr(1), bytes->front() == 'p'};
}

} // namespace diorama::s3
