// Any bytes are either an expression that can be evaluated or an error; never a crash.
#include "services/cloudwatch/data/metric_math.hpp"

#include <cstddef>
#include <cstdint>

using namespace diorama;
using namespace diorama::cloudwatch;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const auto parsed = parse_math({reinterpret_cast<const char*>(bytes), size});
    if (!parsed.tree) return 0;
    const Series series{{epoch, 1}, {epoch + std::chrono::minutes(2), 3}};
    MathContext context;
    context.metrics = {"m1", "m2"};
    context.timeline = {epoch, epoch + std::chrono::minutes(1), epoch + std::chrono::minutes(2)};
    context.find = [&](const std::string& id) { return id == "m9" ? nullptr : &series; };
    evaluate_math(*parsed.tree, context);
    return 0;
}
