// The aws-chunked content coding: "<size>[;chunk-signature=<hex>]\r\n<bytes>\r\n" … "0\r\n", then
// trailers. Decoded incrementally and without I/O; what clients state about the content (checksums,
// signatures) is handed on for the caller to judge.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace diorama::aws {

// Whether x-amz-content-sha256 or Content-Encoding announces this coding.
bool is_aws_chunked(std::string_view content_sha256, std::string_view content_encoding);

class AWSChunkedDecoder {
public:
    enum class State {
        more,      // everything given was consumed, and more must come
        complete,  // the end of the body was seen
        malformed, // AWS: InvalidRequest or IncompleteBody
    };

    // Content goes to `content` as it comes.
    using Content = std::function<void(std::string_view bytes)>;
    // Called at the end of every signed chunk (the last, empty one included) with its signature.
    using ChunkEnd = std::function<void(std::string_view signature)>;

    explicit AWSChunkedDecoder(Content content, ChunkEnd chunk_end = {})
        : content_(std::move(content))
        , chunk_end_(std::move(chunk_end)) {}

    // Bytes after the end are ignored.
    State add(std::string_view bytes);

    // At the end of the input: a final chunk followed by nothing at all is complete as well.
    State finish();

    State state() const { return state_; }

    std::uint64_t decoded_bytes() const { return decoded_; }

    // Names in lower case, in order; x-amz-trailer-signature is among them.
    const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }

    // nullptr when there is none of that name (lower case).
    const std::string* trailer(std::string_view name) const;

private:
    enum class Expecting { size, bytes, end_of_chunk, trailer };

    bool take_line(std::string_view& bytes, std::string& line);
    void size_line(std::string_view line);
    void trailer_line(std::string_view line);
    void take_content(std::string_view& bytes);
    void end_chunk();

    Content content_;
    ChunkEnd chunk_end_;
    State state_ = State::more;
    Expecting expecting_ = Expecting::size;
    std::string line_; // of a line that has not ended yet
    std::uint64_t left_ = 0;
    std::uint64_t decoded_ = 0;
    bool is_last_ = false;
    std::string signature_;
    std::vector<std::pair<std::string, std::string>> trailers_;
};

} // namespace diorama::aws
