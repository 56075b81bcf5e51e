// What requests say about their signatures: the text is an Authorization header and a target.
#include "emulator/aws/sigv4.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace diorama;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    http::RequestHead request{.method = "GET", .target = "/", .version = 11, .headers = {}};
    request.headers.add("X-Amz-Date", "20261122T120000Z");
    request.headers.add("Authorization", std::string(text));
    auto parsed = aws::sigv4::parse_authorization(request);
    aws::sigv4::verify(request, parsed.authorization, "", "secret");
    request.headers.clear();
    request.target = std::string(text);
    parsed = aws::sigv4::parse_authorization(request);
    aws::sigv4::verify(request, parsed.authorization, "", "secret");
    return 0;
}
