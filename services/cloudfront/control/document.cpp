// See document.hpp.
#include "services/cloudfront/control/document.hpp"

#include "emulator/assert.hpp"
#include "emulator/aws/shape.hpp"

#include <nlohmann/json.hpp>

namespace diorama::cloudfront {

namespace {

using Json = nlohmann::json;
using aws::Shape;
using aws::ShapeKind;

// The shape of a member of an operation's input.
const Shape& shape_of(std::string_view operation, std::string_view member_name) {
    const auto* found = api::descriptor().find_operation(operation);
    ASSERT(found != nullptr);
    for (const auto& member : found->input->members) {
        if (member.name == member_name) return *member.shape;
    }
    UNREACHABLE();
}

const Shape& distribution_config_shape() {
    return shape_of("CreateDistribution", "DistributionConfig");
}

const Shape& origin_access_control_config_shape() {
    return shape_of("CreateOriginAccessControl", "OriginAccessControlConfig");
}

const Shape& cache_policy_config_shape() {
    return shape_of("CreateCachePolicy", "CachePolicyConfig");
}

template <class Value>
const Value& as(const void* value) {
    return *static_cast<const Value*>(value);
}

Json to_json(const Shape& shape, const void* value);

Json structure_to_json(const Shape& shape, const void* value) {
    auto json = Json::object();
    for (const auto& member : shape.members) {
        if (const auto* present = member.get(value, member))
            json[std::string(member.name)] = to_json(*member.shape, present);
    }
    return json;
}

Json list_to_json(const Shape& shape, const void* value) {
    auto json = Json::array();
    for (std::size_t i = 0; i < shape.list->size(value); ++i)
        json.push_back(to_json(*shape.element().shape, shape.list->at(value, i)));
    return json;
}

Json to_json(const Shape& shape, const void* value) {
    switch (shape.kind) {
    case ShapeKind::structure:
        return structure_to_json(shape, value);
    case ShapeKind::list:
        return list_to_json(shape, value);
    case ShapeKind::string:
    case ShapeKind::blob:
        return as<std::string>(value);
    case ShapeKind::enumeration:
        return shape.values[static_cast<std::size_t>(as<int>(value))];
    case ShapeKind::integer:
        return as<std::int32_t>(value);
    case ShapeKind::long_integer:
        return as<std::int64_t>(value);
    case ShapeKind::number:
        return as<double>(value);
    case ShapeKind::boolean:
        return as<bool>(value);
    case ShapeKind::timestamp:
        return as<Timestamp>(value).time_since_epoch().count();
    case ShapeKind::map:
        break; // no configuration of CloudFront has one
    }
    UNREACHABLE();
}

void from_json(const Shape& shape, const Json& json, void* value);

void structure_from_json(const Shape& shape, const Json& json, void* value) {
    for (const auto& member : shape.members) {
        const auto found = json.find(std::string(member.name));
        if (found != json.end()) from_json(*member.shape, *found, member.set(value, member));
    }
}

void from_json(const Shape& shape, const Json& json, void* value) {
    switch (shape.kind) {
    case ShapeKind::structure:
        structure_from_json(shape, json, value);
        return;
    case ShapeKind::list:
        for (const auto& element : json)
            from_json(*shape.element().shape, element, shape.list->append(value, shape));
        return;
    case ShapeKind::string:
    case ShapeKind::blob:
        *static_cast<std::string*>(value) = json.get<std::string>();
        return;
    case ShapeKind::enumeration:
        for (std::size_t i = 0; i < shape.values.size(); ++i) {
            if (shape.values[i] == json.get_ref<const std::string&>())
                *static_cast<int*>(value) = static_cast<int>(i);
        }
        return;
    case ShapeKind::integer:
        *static_cast<std::int32_t*>(value) = json;
        return;
    case ShapeKind::long_integer:
        *static_cast<std::int64_t*>(value) = json;
        return;
    case ShapeKind::number:
        *static_cast<double*>(value) = json;
        return;
    case ShapeKind::boolean:
        *static_cast<bool*>(value) = json;
        return;
    case ShapeKind::timestamp:
        *static_cast<Timestamp*>(value) = Timestamp(Duration(json.get<std::int64_t>()));
        return;
    case ShapeKind::map:
        break;
    }
    UNREACHABLE();
}

template <class Config>
Config decode(const Shape& shape, std::string_view document) {
    Config config;
    from_json(shape, Json::parse(document), &config);
    return config;
}

void check_quantities(const Shape& shape, const void* value) {
    if (shape.kind == ShapeKind::list) {
        for (std::size_t i = 0; i < shape.list->size(value); ++i)
            check_quantities(*shape.element().shape, shape.list->at(value, i));
        return;
    }
    if (shape.kind != ShapeKind::structure) return;
    std::int64_t quantity = -1;
    std::int64_t items = -1;
    for (const auto& member : shape.members) {
        const auto* present = member.get(value, member);
        if (present == nullptr) continue;
        if (member.name == "Quantity") quantity = as<std::int32_t>(present);
        if (member.name == "Items")
            items = static_cast<std::int64_t>(member.shape->list->size(present));
        check_quantities(*member.shape, present);
    }
    if (quantity >= 0 && items >= 0 && quantity != items)
        throw api::InconsistentQuantities("The value of Quantity and the size of Items don't match."
        );
}

} // namespace

std::string encode(const api::DistributionConfig& config) {
    return to_json(distribution_config_shape(), &config).dump();
}

std::string encode(const api::OriginAccessControlConfig& config) {
    return to_json(origin_access_control_config_shape(), &config).dump();
}

std::string encode(const api::CachePolicyConfig& config) {
    return to_json(cache_policy_config_shape(), &config).dump();
}

api::DistributionConfig decode_distribution_config(std::string_view document) {
    return decode<api::DistributionConfig>(distribution_config_shape(), document);
}

api::OriginAccessControlConfig decode_origin_access_control_config(std::string_view document) {
    return decode<api::OriginAccessControlConfig>(origin_access_control_config_shape(), document);
}

api::CachePolicyConfig decode_cache_policy_config(std::string_view document) {
    return decode<api::CachePolicyConfig>(cache_policy_config_shape(), document);
}

void check_quantities(const api::DistributionConfig& config) {
    check_quantities(distribution_config_shape(), &config);
}

void check_quantities(const api::CachePolicyConfig& config) {
    check_quantities(cache_policy_config_shape(), &config);
}

} // namespace diorama::cloudfront
