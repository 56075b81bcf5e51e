// See aws_chunked.hpp.
#include "emulator/aws/aws_chunked.hpp"

#include <algorithm>
#include <charconv>

namespace diorama::aws {
namespace {

constexpr std::size_t longest_line = 8192;
constexpr std::size_t most_trailers = 32;
constexpr std::string_view signature_extension = "chunk-signature=";

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

} // namespace

bool is_aws_chunked(std::string_view content_sha256, std::string_view content_encoding) {
    // The encoding may stand in a list: "aws-chunked,gzip".
    return content_sha256.starts_with("STREAMING-") ||
           content_encoding.find("aws-chunked") != std::string_view::npos;
}

AWSChunkedDecoder::State AWSChunkedDecoder::add(std::string_view bytes) {
    std::string line;
    while (state_ == State::more && !bytes.empty()) {
        if (expecting_ == Expecting::bytes) {
            take_content(bytes);
            continue;
        }
        if (!take_line(bytes, line)) break;
        switch (expecting_) {
        case Expecting::size:
            size_line(line);
            break;
        case Expecting::end_of_chunk:
            if (line.empty())
                end_chunk();
            else
                state_ = State::malformed;
            break;
        case Expecting::trailer:
            trailer_line(line);
            break;
        case Expecting::bytes:
            break;
        }
    }
    return state_;
}

AWSChunkedDecoder::State AWSChunkedDecoder::finish() {
    if (state_ == State::more) {
        const bool at_the_end = expecting_ == Expecting::trailer && line_.empty();
        state_ = at_the_end ? State::complete : State::malformed;
    }
    return state_;
}

const std::string* AWSChunkedDecoder::trailer(std::string_view name) const {
    for (const auto& [known, value] : trailers_)
        if (known == name) return &value;
    return nullptr;
}

bool AWSChunkedDecoder::take_line(std::string_view& bytes, std::string& line) {
    const auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line_.size() > longest_line) {
        state_ = State::malformed;
        return false;
    }
    if (end == std::string_view::npos) return false;
    if (line_.ends_with('\r')) line_.pop_back();
    line = std::exchange(line_, {});
    return true;
}

void AWSChunkedDecoder::size_line(std::string_view line) {
    const auto semicolon = line.find(';');
    const auto digits = trim(line.substr(0, semicolon));
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
    if (error != std::errc() || end != digits.data() + digits.size() || digits.empty()) {
        state_ = State::malformed;
        return;
    }
    signature_.clear();
    if (semicolon != std::string_view::npos) {
        const auto extension = trim(line.substr(semicolon + 1));
        if (extension.starts_with(signature_extension))
            signature_ = extension.substr(signature_extension.size());
    }
    is_last_ = left_ == 0;
    if (is_last_)
        end_chunk();
    else
        expecting_ = Expecting::bytes;
}

void AWSChunkedDecoder::take_content(std::string_view& bytes) {
    const auto size = std::min<std::uint64_t>(left_, bytes.size());
    content_(bytes.substr(0, size));
    bytes.remove_prefix(size);
    decoded_ += size;
    left_ -= size;
    if (left_ == 0) expecting_ = Expecting::end_of_chunk;
}

void AWSChunkedDecoder::end_chunk() {
    if (chunk_end_ && !signature_.empty()) chunk_end_(signature_);
    expecting_ = is_last_ ? Expecting::trailer : Expecting::size;
}

void AWSChunkedDecoder::trailer_line(std::string_view line) {
    if (line.empty()) {
        state_ = State::complete;
        return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || trailers_.size() >= most_trailers) {
        state_ = State::malformed;
        return;
    }
    std::string name(trim(line.substr(0, colon)));
    std::ranges::transform(name, name.begin(), [](char character) {
        return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                    : character;
    });
    trailers_.emplace_back(std::move(name), trim(line.substr(colon + 1)));
}

} // namespace diorama::aws
