// See images.hpp.
#include "services/ec2/control/images.hpp"

#include "emulator/aws/error.hpp"
#include "services/ec2/control/filters.hpp"
#include "services/ec2/control/paging.hpp"
#include "services/ec2/data/instance_types.hpp"

#include <algorithm>
#include <array>

namespace diorama::ec2 {

namespace {

struct KnownImage {
    const char* id;
    const char* name;
    const char* description;
    const char* created;
};

// The same ids in every region.
constexpr std::array images{
    KnownImage{
        "ami-0d10a3a1d10a3a101",
        "al2023-ami-2023.9.20261102.0-kernel-6.1-x86_64",
        "Amazon Linux 2023 AMI 2023.9.20261102.0 x86_64 HVM kernel-6.1",
        "2026-11-02T00:00:00.000Z"
    },
    KnownImage{
        "ami-0d10a3a1d10a3a102",
        "amzn2-ami-hvm-2.0.20261020.0-x86_64-gp2",
        "Amazon Linux 2 AMI 2.0.20261020.0 x86_64 HVM gp2",
        "2026-10-20T00:00:00.000Z"
    },
};

api::Image describe(const KnownImage& known) {
    api::Image image;
    image.image_id = known.id;
    image.name = known.name;
    image.description = known.description;
    image.creation_date = known.created;
    image.image_location = std::string("amazon/") + known.name;
    image.image_owner_alias = "amazon";
    image.owner_id = "137112412989";
    image.public_ = true;
    image.state = api::ImageState::available;
    image.architecture = api::ArchitectureValues::x86_64;
    image.image_type = api::ImageTypeValues::machine;
    image.hypervisor = api::HypervisorType::xen;
    image.virtualization_type = api::VirtualizationType::hvm;
    image.root_device_type = api::DeviceType::ebs;
    image.root_device_name = "/dev/xvda";
    image.platform_details = "Linux/UNIX";
    return image;
}

std::optional<std::vector<std::string>>
filter_values(const api::Image& image, std::string_view name) {
    if (name == "image-id") return {{*image.image_id}};
    if (name == "name") return {{*image.name}};
    if (name == "description") return {{*image.description}};
    if (name == "architecture") return {{"x86_64"}};
    if (name == "owner-alias") return {{"amazon"}};
    if (name == "owner-id") return {{*image.owner_id}};
    if (name == "state") return {{"available"}};
    if (name == "virtualization-type") return {{"hvm"}};
    if (name == "root-device-type") return {{"ebs"}};
    if (name == "is-public") return {{"true"}};
    if (name == "image-type") return {{"machine"}};
    if (name == "hypervisor") return {{"xen"}};
    return std::nullopt;
}

bool is_asked_for(const std::vector<std::string>& asked, const std::string& value) {
    return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
}

} // namespace

void check_image(const std::string& id) {
    const bool well_formed = id.starts_with("ami-") && (id.size() == 12 || id.size() == 21) &&
                             id.find_first_not_of("0123456789abcdef", 4) == std::string::npos;
    if (!well_formed)
        throw aws::AWSError("InvalidAMIID.Malformed", 400, fmt::format("Invalid id: \"{}\"", id));
}

api::DescribeImagesResult
describe_images(const aws::Call&, const api::DescribeImagesRequest& input) {
    api::DescribeImagesResult result;
    for (const auto& id : input.image_ids) {
        check_image(id);
        const bool known = std::any_of(images.begin(), images.end(), [&](const auto& image) {
            return image.id == id;
        });
        if (!known) {
            throw aws::AWSError(
                "InvalidAMIID.NotFound",
                400,
                fmt::format("The image id '[{}]' does not exist", id)
            );
        }
    }
    for (const auto& known : images) {
        auto image = describe(known);
        if (!is_asked_for(input.image_ids, *image.image_id)) continue;
        if (!is_asked_for(input.owners, "amazon") && !is_asked_for(input.owners, *image.owner_id))
            continue;
        if (matches(input.filters, {}, [&](std::string_view name) {
                return filter_values(image, name);
            })) {
            result.images.push_back(std::move(image));
        }
    }
    keep_page(input, result, result.images);
    return result;
}

api::DescribeInstanceTypesResult
describe_instance_types(const aws::Call&, const api::DescribeInstanceTypesRequest& input) {
    for (const auto& name : input.instance_types) {
        if (find_instance_type(name) != nullptr) continue;
        throw aws::AWSError(
            "InvalidInstanceType",
            400,
            fmt::format("The following supplied instance types do not exist: [{}]", name)
        );
    }
    api::DescribeInstanceTypesResult result;
    for (const auto& known : instance_types()) {
        const std::string name(known.name);
        if (!is_asked_for(input.instance_types, name)) continue;
        const bool wanted = matches(
            input.filters,
            {},
            [&](std::string_view filter) -> std::optional<std::vector<std::string>> {
                if (filter == "instance-type") return {{name}};
                if (filter == "current-generation")
                    return {{name.starts_with("t2.") ? "false" : "true"}};
                if (filter == "burstable-performance-supported")
                    return {{known.is_burstable ? "true" : "false"}};
                if (filter == "processor-info.supported-architecture")
                    return {{known.is_arm ? "arm64" : "x86_64"}};
                if (filter == "vcpu-info.default-vcpus") return {{std::to_string(known.vcpus)}};
                if (filter == "memory-info.size-in-mib")
                    return {{std::to_string(known.memory_mib)}};
                return std::nullopt;
            }
        );
        if (!wanted) continue;
        api::InstanceTypeInfo type;
        type.instance_type = name;
        type.current_generation = !name.starts_with("t2.");
        type.bare_metal = false;
        type.burstable_performance_supported = known.is_burstable;
        api::VCpuInfo vcpus;
        vcpus.default_v_cpus = known.vcpus;
        type.v_cpu_info = vcpus;
        type.processor_info.emplace().supported_architectures = {
            known.is_arm ? api::ArchitectureType::arm64 : api::ArchitectureType::x86_64
        };
        api::MemoryInfo memory;
        memory.size_in_mi_b = known.memory_mib;
        type.memory_info = memory;
        result.instance_types.push_back(std::move(type));
    }
    keep_page(input, result, result.instance_types);
    return result;
}

} // namespace diorama::ec2
