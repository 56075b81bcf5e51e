// JSON bodies of json and rest-json calls.
#include "tests/support/sample_operation.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace diorama;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    static const tests::SampleOperation sample;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    sample.parse(aws::Protocol::json, text);
    sample.parse(aws::Protocol::rest_json, text);
    return 0;
}
