// Any text as the small languages of listener rules and health checks: wildcards, CIDR blocks,
// matchers, trace ids, redirect patterns. The input is two texts with a line feed between them.
#include "emulator/assert.hpp"
#include "emulator/aws/wildcard.hpp"
#include "services/elbv2/background/health_transitions.hpp"
#include "services/elbv2/data/forwarded_headers.hpp"
#include "services/elbv2/data/own_responses.hpp"
#include "services/elbv2/data/rules.hpp"
#include "services/elbv2/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace diorama;
using namespace diorama::elbv2;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(bytes), size);
    const auto end = std::min(input.find('\n'), input.size());
    const auto pattern = input.substr(0, end);
    const auto text = input.substr(std::min(end + 1, input.size()));

    constexpr aws::WildcardOptions with_case{.ignores_case = false, .has_escapes = true};
    constexpr aws::WildcardOptions without_case{.ignores_case = true, .has_escapes = true};
    // What matches with case matches without it, and every text matches itself and "*".
    if (aws::matches_wildcard(pattern, text, with_case))
        ASSERT(aws::matches_wildcard(pattern, text, without_case));
    ASSERT(aws::matches_wildcard("*", text, with_case));
    if (text.find_first_of("*?\\") == std::string_view::npos)
        ASSERT(aws::matches_wildcard(text, text, with_case));

    if (const auto block = CIDR::parse(pattern)) ASSERT(block->contains(block->address));
    if (const auto matcher = Matcher::parse(pattern)) {
        ASSERT(!matcher->matches(199));
        ASSERT(!matcher->matches(500));
    }
    const http::RequestHead head{"GET", "/?" + std::string(text), 11, {}};
    matches(QueryStringCondition{{{std::nullopt, std::string(pattern)}}}, {head, {}});

    Random random(1);
    const auto id = trace_id(input, epoch, random);
    ASSERT(id.size() <= limits::trace_id_length_max);
    RedirectAction redirect;
    redirect.path = pattern;
    redirect_location(redirect, {"http", "host", 80, text, text});
    return 0;
}
