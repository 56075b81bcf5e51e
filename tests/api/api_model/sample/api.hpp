// Generated from services/sample/api.json. Shapes of the API of Sample.
#pragma once

#include "emulator/aws/box.hpp"
#include "emulator/aws/call.hpp"
#include "emulator/aws/error.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/time/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::sample::api {

enum class Kind : int { a_b, a_b_, default_, _1x, NULL_ };
std::string_view to_string(api::Kind value);
std::optional<api::Kind> parse_kind(std::string_view text);

struct DeleteThingInput;
struct DeleteThingOutput;
struct DescribeThingsInput;
struct Thing;
struct DescribeThingsOutput;
struct DeleteThingInput {
    std::string thing_id{};
    std::vector<std::string> names{};
    std::optional<bool> delete_{};
    std::vector<std::string> load_balancer_arns{};
    bool operator==(const DeleteThingInput&) const = default;
};

struct DeleteThingOutput {
    bool operator==(const DeleteThingOutput&) const = default;
};

struct DescribeThingsInput {
    bool operator==(const DescribeThingsInput&) const = default;
};

struct Thing {
    Kind kind{};
    std::optional<diorama::Timestamp> made{};
    aws::Box<Thing> parent{};
    std::vector<Thing> children{};
    std::map<std::string, std::string> tags{};
    std::optional<std::int64_t> size{};
    std::optional<std::int32_t> count{};
    bool operator==(const Thing&) const;
};

struct DescribeThingsOutput {
    std::vector<Thing> things{};
    std::optional<Thing> root{};
    bool operator==(const DescribeThingsOutput&) const = default;
};

inline bool Thing::operator==(const Thing&) const = default;

class Broken : public aws::AWSError {
public:
    template <class... Args>
    explicit Broken(fmt::format_string<Args...> text, Args&&... args)
        : AWSError("Broken", 500, fmt::format(text, std::forward<Args>(args)...), aws::Fault::receiver) {}
};

class ThingNotFoundFault : public aws::AWSError {
public:
    template <class... Args>
    explicit ThingNotFoundFault(fmt::format_string<Args...> text, Args&&... args)
        : AWSError("ThingNotFound", 404, fmt::format(text, std::forward<Args>(args)...), aws::Fault::sender) {
        set_shape("ThingNotFoundFault");
    }
};

class SampleApi : public aws::ServiceApi {
public:
    virtual DeleteThingOutput
    delete_thing(const aws::Call& call, const DeleteThingInput& input) = 0;
    virtual DescribeThingsOutput
    describe_things(const aws::Call& call, const DescribeThingsInput& input) = 0;
};

// Everything the protocols need to know: shapes with wire names, operations, how to call them.
const aws::ServiceDescriptor& descriptor();

} // namespace diorama::sample::api
