// Any bytes, in any pieces, are a form, part of one or none; any text is a POST policy that holds,
// or an error of S3; never a crash.
#include "services/s3/data/form_parser.hpp"
#include "services/s3/data/post_policy.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    s3::form_boundary(text);
    s3::FormFields fields{{"bucket", "b"}, {"key", "k"}};
    const std::size_t piece = size == 0 ? 1 : 1 + bytes[0] % 32;
    s3::FormParser parser(
        "edge",
        {[&](std::string name, std::string value) { fields[std::move(name)] = std::move(value); },
         [](std::string, std::string) {},
         [](std::string_view) {},
         [] {}}
    );
    for (std::size_t at = 0; at < size && parser.state() == s3::FormParser::State::more;
         at += piece)
        parser.add(text.substr(at, piece));
    try {
        s3::check_post_policy(text, fields, Timestamp(std::chrono::seconds(1'767'225'600)));
    } catch (const aws::AWSError&) {
        // It does not hold, or is none.
    }
    return 0;
}
