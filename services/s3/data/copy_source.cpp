// See copy_source.hpp.
#include "services/s3/data/copy_source.hpp"

#include "emulator/aws/utf8.hpp"
#include "emulator/http/message.hpp"

namespace diorama::s3 {

std::optional<CopySource> parse_copy_source(std::string_view header) {
    constexpr std::string_view version_parameter = "?versionId=";
    CopySource source;
    // The key may hold a literal "?versionId=" only when it is encoded, so the last one counts.
    if (const auto at = header.rfind(version_parameter); at != std::string_view::npos) {
        source.version_id = http::percent_decode(header.substr(at + version_parameter.size()));
        header = header.substr(0, at);
    }
    // Some clients encode the slash between bucket and key too, so decoding comes first.
    const auto decoded = http::percent_decode(header);
    if (!aws::is_utf8(decoded)) return std::nullopt;
    std::string_view path = decoded;
    if (path.starts_with('/')) path.remove_prefix(1);
    constexpr std::string_view arn = "arn:aws:s3:::";
    if (path.starts_with(arn)) path.remove_prefix(arn.size());
    const auto slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    source.bucket = path.substr(0, slash);
    source.key = path.substr(slash + 1);
    if (source.key.empty()) return std::nullopt;
    return source;
}

} // namespace diorama::s3
