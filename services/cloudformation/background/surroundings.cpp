// See surroundings.hpp.
#include "services/cloudformation/background/surroundings.hpp"

#include <fmt/ranges.h>

namespace diorama::cloudformation {

namespace {

// AWS: values of NoEcho parameters are masked with asterisks wherever they are told.
std::string told_properties(
    const Template& read,
    const ParameterValues& parameters,
    const StackResource& resource
) {
    if (resource.properties.empty()) return {};
    auto text = resource.properties.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (const auto& [name, declared] : read.parameters) {
        const auto value = parameters.find(name);
        if (!declared.no_echo || value == parameters.end() || value->second.empty()) continue;
        for (auto at = text.find(value->second); at != std::string::npos;
             at = text.find(value->second, at + 4))
            text.replace(at, value->second.size(), "****");
    }
    return text;
}

} // namespace

void Surroundings::set_status(Stack& stack, std::string status, std::string reason) {
    stack.status = status;
    stack.reason = reason;
    environment.log.write(
        LogLevel::note,
        "cloudformation",
        "{} {}{}{}",
        stack.name,
        status,
        reason.empty() ? "" : ": ",
        reason
    );
    state.add_event({
        .stack_id = stack.id,
        .stack_name = stack.name,
        .id = random.uuid(),
        .logical_id = stack.name,
        .physical_id = stack.id,
        .type = "AWS::CloudFormation::Stack",
        .status = std::move(status),
        .reason = std::move(reason),
        .properties = {},
        .token = stack.token,
        .when = now(),
    });
}

void Surroundings::set_status(
    Stack& stack,
    StackResource& resource,
    std::string status,
    std::string reason
) {
    resource.status = status;
    resource.reason = reason;
    resource.changed = now();
    state.add_event({
        .stack_id = stack.id,
        .stack_name = stack.name,
        .id = fmt::format("{}-{}-{}", resource.logical_id, status, iso8601_ms(now())),
        .logical_id = resource.logical_id,
        .physical_id = resource.physical_id,
        .type = resource.type,
        .status = std::move(status),
        .reason = std::move(reason),
        .properties = told_properties(template_of(stack), stack.source.parameters, resource),
        .token = stack.token,
        .when = now(),
    });
}

Work Surroundings::work_on(const Stack& stack, const StackResource& resource) {
    return {
        .calls = calls,
        .random = random,
        .place = stack.place,
        .stack_name = stack.name,
        .stack_id = stack.id,
        .logical_id = resource.logical_id,
        .physical_id = resource.physical_id,
        .stack_tags = stack.source.tags,
        .properties = resource.properties,
        .previous = resource.previous,
        .creation_policy = resource.creation_policy,
        .notes = resource.notes,
    };
}

const Template& Surroundings::template_of(const Stack& stack) {
    auto& [body, read] = templates[stack.id];
    if (body != stack.source.body) {
        read = read_template(stack.source.body);
        body = stack.source.body;
    }
    return read;
}

std::optional<StepFailure> attempt(Work& work, const std::function<void()>& step) {
    try {
        step();
        return std::nullopt;
    } catch (const aws::AWSError& error) {
        if (error.code() == "UnknownParameter" && !error.fields().empty())
            return StepFailure{
                error.code(),
                fmt::format(
                    "Properties validation failed for resource {} with message:\n#: extraneous key "
                    "[{}] is not permitted",
                    work.logical_id,
                    error.fields().front().second
                )
            };
        return StepFailure{
            error.code(),
            fmt::format(
                "Resource handler returned message: \"{} (Status Code: {})\" (RequestToken: {}, "
                "HandlerErrorCode: {})",
                error.message(),
                error.http_status(),
                work.random.uuid(),
                error.code()
            )
        };
    } catch (const std::exception& error) { // a value of another type than its property's
        return StepFailure{
            "InvalidRequest",
            fmt::format(
                "Properties validation failed for resource {} with message:\n#: {}",
                work.logical_id,
                error.what()
            )
        };
    }
}

std::string failed_resources(std::string_view verb, const std::vector<std::string>& names) {
    return fmt::format(
        "The following resource(s) failed to {}: [{}]. ",
        verb,
        fmt::join(names, ", ")
    );
}

} // namespace diorama::cloudformation
