// See multipart.hpp.
#include "services/s3/data/multipart.hpp"

#include "emulator/aws/base64.hpp"
#include "services/s3/data/errors.hpp"
#include "services/s3/data/preconditions.hpp"
#include "services/s3/limits.hpp"

#include <fmt/core.h>

namespace diorama::s3 {

namespace {

aws::AWSError invalid_part(const MultipartUpload& upload, const NamedPart& part) {
    return aws::AWSError(
               "InvalidPart",
               400,
               "One or more of the specified parts could not be found.  The part may not have been "
               "uploaded, or the specified entity tag may not match the part's entity tag."
    )
        .with("UploadId", upload.id)
        .with("PartNumber", std::to_string(part.number))
        .with("ETag", std::string(unquoted(part.e_tag)));
}

aws::AWSError too_small(const Part& part) {
    return aws::AWSError(
               "EntityTooSmall",
               400,
               "Your proposed upload is smaller than the minimum allowed size"
    )
        .with("ProposedSize", std::to_string(part.size))
        .with("MinSizeAllowed", std::to_string(limits::part_bytes_min))
        .with("PartNumber", std::to_string(part.number))
        .with("ETag", part.e_tag);
}

void check_part_checksum(const MultipartUpload& upload, const NamedPart& named, const Part& part) {
    if (!upload.checksum_algorithm) return;
    const auto name = lower_name_of(*upload.checksum_algorithm);
    if (named.checksum.empty()) {
        if (upload.checksum_type == ChecksumType::full_object) return;
        throw invalid_request(fmt::format(
            "The upload was created using a {} checksum. The complete request must include "
            "the checksum for each part. It was missing for part {} in the request.",
            name,
            named.number
        ));
    }
    if (!part.checksum || part.checksum->value != named.checksum)
        throw aws::AWSError(
            "BadDigest",
            400,
            fmt::format(
                "The {} you specified for part {} did not match what we received.",
                name,
                named.number
            )
        );
}

// What all parts were checked with; nothing when they differ.
std::optional<ChecksumAlgorithm> common_algorithm(const std::vector<Part>& parts) {
    std::optional<ChecksumAlgorithm> common;
    for (const auto& part : parts) {
        if (!part.checksum) return std::nullopt;
        if (common && *common != part.checksum->algorithm) return std::nullopt;
        common = part.checksum->algorithm;
    }
    return common;
}

std::string raw_checksum(const Part& part) {
    return aws::base64_decode(part.checksum->value).value_or("");
}

} // namespace

std::vector<Part> choose_parts(const MultipartUpload& upload, const std::vector<NamedPart>& named) {
    if (named.empty()) throw invalid_request("You must specify at least one part");
    std::vector<Part> parts;
    for (const auto& wanted : named) {
        if (!parts.empty() && wanted.number <= parts.back().number)
            throw aws::AWSError(
                "InvalidPartOrder",
                400,
                "The list of parts was not in ascending order. Parts must be ordered by part "
                "number."
            )
                .with("UploadId", upload.id);
        const auto found = upload.parts.find(wanted.number);
        if (found == upload.parts.end() || found->second->e_tag != unquoted(wanted.e_tag))
            throw invalid_part(upload, wanted);
        check_part_checksum(upload, wanted, *found->second);
        parts.push_back(*found->second);
    }
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i].size < limits::part_bytes_min) throw too_small(parts[i]);
    }
    return parts;
}

std::string multipart_e_tag(const std::vector<Part>& parts) {
    std::string digests;
    for (const auto& part : parts)
        digests += bytes_of_hex(part.e_tag).value_or("");
    return fmt::format("{}-{}", aws::hex(md5_of(digests)), parts.size());
}

// AWS: without a chosen algorithm S3 computes CRC64NVME of the whole object; every part of such an
// upload has one.
std::optional<Checksum>
multipart_checksum(const MultipartUpload& upload, const std::vector<Part>& parts) {
    const auto algorithm = common_algorithm(parts);
    if (!algorithm) return std::nullopt;
    const auto type = upload.checksum_algorithm ? upload.checksum_type : ChecksumType::full_object;
    if (type == ChecksumType::composite) {
        std::string values;
        for (const auto& part : parts)
            values += raw_checksum(part);
        const auto value = aws::base64_encode(digest_of(*algorithm, values));
        return Checksum{*algorithm, type, fmt::format("{}-{}", value, parts.size())};
    }
    if (!is_crc(*algorithm)) return std::nullopt;
    auto value = raw_checksum(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i)
        value = combine_crc(*algorithm, value, raw_checksum(parts[i]), parts[i].size);
    return Checksum{*algorithm, type, aws::base64_encode(value)};
}

void choose_checksum(
    MultipartUpload& upload,
    std::optional<ChecksumAlgorithm> algorithm,
    std::optional<ChecksumType> type
) {
    upload.checksum_algorithm = algorithm;
    if (!algorithm) {
        if (type)
            throw invalid_request("The x-amz-checksum-type header can only be used with the "
                                  "x-amz-checksum-algorithm header.");
        return;
    }
    const bool is_crc64 = *algorithm == ChecksumAlgorithm::crc64nvme;
    upload.chose_checksum_type = type.has_value();
    upload.checksum_type =
        type.value_or(is_crc64 ? ChecksumType::full_object : ChecksumType::composite);
    // AWS: CRC64NVME is a checksum of full objects only, SHA1 and SHA256 of parts only.
    const bool is_possible =
        upload.checksum_type == ChecksumType::composite ? !is_crc64 : is_crc(*algorithm);
    if (!is_possible)
        throw invalid_request(fmt::format(
            "The {} checksum type cannot be used with the {} checksum algorithm.",
            name_of(upload.checksum_type),
            lower_name_of(*algorithm)
        ));
}

} // namespace diorama::s3
