// See shapes.hpp.
#include "services/s3/control/shapes.hpp"

#include "emulator/http/message.hpp"

namespace diorama::s3 {

api::Owner owner_of(const std::string& account) {
    api::Owner owner;
    owner.id = canonical_user_id(account);
    return owner;
}

std::string encoded(const std::string& text, const std::optional<api::EncodingType>& encoding) {
    return encoding ? http::percent_encode(text, true) : text;
}

api::ChecksumType shape_of(ChecksumType type) {
    return type == ChecksumType::composite ? api::ChecksumType::COMPOSITE
                                           : api::ChecksumType::FULL_OBJECT;
}

api::ChecksumAlgorithm shape_of(ChecksumAlgorithm algorithm) {
    return *api::parse_checksum_algorithm(name_of(algorithm));
}

} // namespace diorama::s3
