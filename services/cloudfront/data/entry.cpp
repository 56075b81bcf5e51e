// See entry.hpp.
#include "services/cloudfront/data/entry.hpp"

namespace diorama::cloudfront {

std::string_view name_of(CacheResult result) {
    switch (result) {
    case CacheResult::hit:
        return "Hit";
    case CacheResult::refresh_hit:
        return "RefreshHit";
    case CacheResult::miss:
        return "Miss";
    case CacheResult::error:
        return "Error";
    case CacheResult::redirect:
        return "Redirect";
    }
    return "Error";
}

std::size_t Entry::bytes() const {
    std::size_t bytes = sizeof(Entry) + object_path.size() + body->size() + modelled_bytes;
    for (const auto& header : headers)
        bytes += header.name.size() + header.value.size() + 64;
    return bytes;
}

} // namespace diorama::cloudfront
