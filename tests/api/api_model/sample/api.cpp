// Generated from services/sample/api.json. Tables for the protocols.
#include "services/sample/api.hpp"

#include "emulator/aws/shape_access.hpp"

#include <array>

#pragma clang diagnostic ignored "-Winvalid-offsetof"
#pragma clang diagnostic ignored "-Wmissing-field-initializers"
#pragma clang diagnostic ignored "-Wunused-parameter"

namespace diorama::sample::api {
namespace {

using aws::Location;
using aws::ShapeKind;
using aws::TimestampFormat;
namespace access = aws::access;

extern const aws::Shape shape_Boolean;
extern const aws::Shape shape_DeleteThingInput;
extern const aws::Shape shape_DeleteThingOutput;
extern const aws::Shape shape_DescribeThingsInput;
extern const aws::Shape shape_DescribeThingsOutput;
extern const aws::Shape shape_Integer;
extern const aws::Shape shape_Kind;
extern const aws::Shape shape_Long;
extern const aws::Shape shape_Names;
extern const aws::Shape shape_Tags;
extern const aws::Shape shape_Thing;
extern const aws::Shape shape_ThingId;
extern const aws::Shape shape_Things;
extern const aws::Shape shape_Timestamp;

constinit const aws::Shape shape_Boolean{.kind = ShapeKind::boolean, .name = "Boolean"};

constinit const aws::Member members_DeleteThingInput[] = {
    {.name = "ThingId", .shape = &shape_ThingId, .required = true, .offset = offsetof(DeleteThingInput, thing_id), .get = &access::get_field, .set = &access::set_field},
    {.name = "Names", .location_name = "TheNames", .shape = &shape_Names, .required = true, .flattened = true, .offset = offsetof(DeleteThingInput, names), .get = &access::get_field, .set = &access::set_field},
    {.name = "delete", .shape = &shape_Boolean, .offset = offsetof(DeleteThingInput, delete_), .get = &access::get_optional<bool>, .set = &access::set_optional<bool>},
    {.name = "LoadBalancerARNs", .shape = &shape_Names, .flattened = true, .offset = offsetof(DeleteThingInput, load_balancer_arns), .get = &access::get_field, .set = &access::set_field}};
constinit const aws::Shape shape_DeleteThingInput{.kind = ShapeKind::structure, .name = "DeleteThingInput", .members = members_DeleteThingInput, .make = &access::make<DeleteThingInput>, .destroy = &access::destroy<DeleteThingInput>};

constinit const aws::Shape shape_DeleteThingOutput{.kind = ShapeKind::structure, .name = "DeleteThingOutput", .make = &access::make<DeleteThingOutput>, .destroy = &access::destroy<DeleteThingOutput>};

constinit const aws::Shape shape_DescribeThingsInput{.kind = ShapeKind::structure, .name = "DescribeThingsInput", .make = &access::make<DescribeThingsInput>, .destroy = &access::destroy<DescribeThingsInput>};

constinit const aws::Member members_DescribeThingsOutput[] = {
    {.name = "Things", .shape = &shape_Things, .offset = offsetof(DescribeThingsOutput, things), .get = &access::get_field, .set = &access::set_field},
    {.name = "Root", .shape = &shape_Thing, .offset = offsetof(DescribeThingsOutput, root), .get = &access::get_optional<Thing>, .set = &access::set_optional<Thing>}};
constinit const aws::Shape shape_DescribeThingsOutput{.kind = ShapeKind::structure, .name = "DescribeThingsOutput", .members = members_DescribeThingsOutput, .make = &access::make<DescribeThingsOutput>, .destroy = &access::destroy<DescribeThingsOutput>};

constinit const aws::Shape shape_Integer{.kind = ShapeKind::integer, .name = "Integer"};

constinit const std::string_view values_Kind[] = {"a-b", "a_b", "default", "1x", "NULL"};
constinit const aws::Shape shape_Kind{.kind = ShapeKind::enumeration, .name = "Kind", .values = values_Kind};

constinit const aws::Shape shape_Long{.kind = ShapeKind::long_integer, .name = "Long"};

constinit const aws::Member members_Names[] = {
    {.name = "member", .location_name = "Name", .shape = &shape_ThingId}};
constinit const aws::Shape shape_Names{.kind = ShapeKind::list, .name = "Names", .members = members_Names, .has_maximum = true, .maximum = 5.0, .list = &access::list_of<std::string>};

constinit const aws::Member members_Tags[] = {
    {.name = "key", .shape = &shape_ThingId},
    {.name = "value", .shape = &shape_ThingId}};
constinit const aws::Shape shape_Tags{.kind = ShapeKind::map, .name = "Tags", .members = members_Tags, .map = &access::map_of<std::string>};

constinit const aws::Member members_Thing[] = {
    {.name = "Kind", .location_name = "xsi:type", .shape = &shape_Kind, .required = true, .xml_attribute = true, .offset = offsetof(Thing, kind), .get = &access::get_field, .set = &access::set_field},
    {.name = "Made", .shape = &shape_Timestamp, .timestamp_format = TimestampFormat::rfc822, .offset = offsetof(Thing, made), .get = &access::get_optional<diorama::Timestamp>, .set = &access::set_optional<diorama::Timestamp>},
    {.name = "Parent", .shape = &shape_Thing, .offset = offsetof(Thing, parent), .get = &access::get_box<Thing>, .set = &access::set_box<Thing>},
    {.name = "Children", .shape = &shape_Things, .offset = offsetof(Thing, children), .get = &access::get_field, .set = &access::set_field},
    {.name = "Tags", .shape = &shape_Tags, .offset = offsetof(Thing, tags), .get = &access::get_field, .set = &access::set_field},
    {.name = "Size", .shape = &shape_Long, .offset = offsetof(Thing, size), .get = &access::get_optional<std::int64_t>, .set = &access::set_optional<std::int64_t>},
    {.name = "Count", .shape = &shape_Integer, .offset = offsetof(Thing, count), .get = &access::get_optional<std::int32_t>, .set = &access::set_optional<std::int32_t>}};
constinit const aws::Shape shape_Thing{.kind = ShapeKind::structure, .name = "Thing", .members = members_Thing, .make = &access::make<Thing>, .destroy = &access::destroy<Thing>};

constinit const aws::Shape shape_ThingId{.kind = ShapeKind::string, .name = "ThingId", .pattern = "[a-z\"\\\\]+", .has_minimum = true, .has_maximum = true, .minimum = 1.0, .maximum = 10.0};

constinit const aws::Member members_Things[] = {
    {.name = "member", .shape = &shape_Thing}};
constinit const aws::Shape shape_Things{.kind = ShapeKind::list, .name = "Things", .members = members_Things, .list = &access::list_of<Thing>};

constinit const aws::Shape shape_Timestamp{.kind = ShapeKind::timestamp, .name = "Timestamp"};

constinit const aws::ErrorDescriptor error_Broken{"Broken", "Broken", 500};
constinit const aws::ErrorDescriptor error_ThingNotFoundFault{"ThingNotFoundFault", "ThingNotFound", 404};
constinit const aws::ErrorDescriptor* const errors_DeleteThing[] = {&error_ThingNotFoundFault, &error_Broken};

void invoke_DeleteThing(aws::ServiceApi& service, const aws::Call& call, const void* input, void* output) {
    *static_cast<DeleteThingOutput*>(output) = static_cast<SampleApi&>(service).delete_thing(
        call, *static_cast<const DeleteThingInput*>(input));
}

void invoke_DescribeThings(aws::ServiceApi& service, const aws::Call& call, const void* input, void* output) {
    *static_cast<DescribeThingsOutput*>(output) = static_cast<SampleApi&>(service).describe_things(
        call, *static_cast<const DescribeThingsInput*>(input));
}

constinit const aws::Protocol protocols[] = {aws::Protocol::query};
constinit const aws::Operation operations[] = {
    {.name = "DeleteThing", .method = "POST", .uri = "/", .input = &shape_DeleteThingInput, .output = &shape_DeleteThingOutput, .errors = errors_DeleteThing, .invoke = &invoke_DeleteThing},
    {.name = "DescribeThings", .method = "POST", .uri = "/", .input = &shape_DescribeThingsInput, .output = &shape_DescribeThingsOutput, .result_wrapper = "DescribeThingsResult", .invoke = &invoke_DescribeThings}};
constinit const aws::ServiceDescriptor service{.name = "sample", .service_id = "Sample", .signing_name = "sample", .endpoint_prefix = "sample", .api_version = "2020-01-01", .xml_namespace = "http://sample/", .protocols = protocols, .operations = operations};

} // namespace

std::string_view to_string(api::Kind value) {
    return values_Kind[static_cast<std::size_t>(value)];
}

std::optional<api::Kind> parse_kind(std::string_view text) {
    for (int i = 0; i < 5; ++i)
        if (values_Kind[i] == text) return static_cast<api::Kind>(i);
    return std::nullopt;
}

const aws::ServiceDescriptor& descriptor() {
    return service;
}

} // namespace diorama::sample::api
