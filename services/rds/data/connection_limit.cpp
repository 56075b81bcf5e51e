// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
#include "services/rds/data/connection_limit.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace diorama::rds {

namespace {

// In GiB.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> burstable = {{
    {"micro", 1},
    {"small", 2},
    {"medium", 4},
    {"large", 8},
    {"xlarge", 16},
    {"2xlarge", 32},
}};

// "large", "xlarge", "12xlarge".
std::optional<std::int64_t> processors_of(std::string_view size) {
    if (size == "large") return 2;
    if (!size.ends_with("xlarge")) return std::nullopt;
    size.remove_suffix(std::string_view("xlarge").size());
    std::int64_t times = 1;
    if (!size.empty()) std::from_chars(size.data(), size.data() + size.size(), times);
    return times * 4;
}

std::optional<std::int64_t> memory_of(std::string_view instance_class) {
    if (!instance_class.starts_with("db.")) return std::nullopt;
    instance_class.remove_prefix(3);
    const auto point = instance_class.find('.');
    if (point == std::string_view::npos) return std::nullopt;
    const auto family = instance_class.substr(0, point);
    const auto size = instance_class.substr(point + 1);
    if (family.starts_with("t")) {
        for (const auto& [name, memory] : burstable)
            if (name == size) return memory;
        return std::nullopt;
    }
    const auto processors = processors_of(size);
    if (!processors) return std::nullopt;
    constexpr std::int64_t of_memory = 8; // GiB for each processor
    constexpr std::int64_t of_general_purpose = 4;
    return *processors * (family.starts_with("r") ? of_memory : of_general_purpose);
}

} // namespace

std::int64_t max_connections_of(std::string_view instance_class) {
    constexpr std::int64_t gibibyte = std::int64_t{1} << 30;
    constexpr std::int64_t of_connection = 12'582'880;
    constexpr std::int64_t otherwise = 151;
    const auto memory = memory_of(instance_class);
    return memory ? *memory * gibibyte / of_connection : otherwise;
}

} // namespace diorama::rds
