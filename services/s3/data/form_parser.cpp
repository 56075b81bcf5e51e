// See form_parser.hpp.
#include "services/s3/data/form_parser.hpp"

#include "emulator/http/message.hpp"
#include "services/s3/limits.hpp"

#include <utility>

namespace diorama::s3 {

namespace {

// The value of a parameter of a header: name="value" or name=value.
std::string parameter_of(std::string_view header, std::string_view name) {
    const auto lower = http::lower_case(header);
    for (auto at = lower.find(name); at != std::string::npos; at = lower.find(name, at + 1)) {
        const bool is_whole = at != 0 && (lower[at - 1] == ' ' || lower[at - 1] == ';');
        auto rest = header.substr(at + name.size());
        if (!is_whole || !rest.starts_with('=')) continue;
        rest.remove_prefix(1);
        if (!rest.starts_with('"')) return std::string(rest.substr(0, rest.find_first_of("; ")));
        rest.remove_prefix(1);
        return std::string(rest.substr(0, rest.find('"')));
    }
    return {};
}

} // namespace

std::string form_boundary(std::string_view content_type) {
    if (!http::lower_case(content_type).starts_with("multipart/form-data")) return {};
    return parameter_of(content_type, "boundary");
}

FormParser::FormParser(const std::string& boundary, Events events)
    : delimiter_("\r\n--" + boundary)
    , events_(std::move(events))
    // The first delimiter may stand at the very beginning.
    , buffer_("\r\n") {}

FormParser::State FormParser::add(std::string_view bytes) {
    if (state_ != State::more) return state_;
    buffer_ += bytes;
    if (expecting_ != Expecting::file) field_bytes_ += bytes.size();
    for (bool goes_on = true; goes_on && state_ == State::more;) {
        switch (expecting_) {
        case Expecting::delimiter:
            goes_on = take_delimiter();
            break;
        case Expecting::headers:
            goes_on = take_headers();
            break;
        case Expecting::value:
            goes_on = take_value();
            break;
        case Expecting::file:
            goes_on = take_file();
            break;
        }
    }
    if (state_ == State::more && expecting_ != Expecting::file &&
        buffer_.size() > limits::form_fields_max)
        state_ = State::too_large;
    return state_;
}

bool FormParser::take_delimiter() {
    const auto at = buffer_.find(delimiter_);
    if (at == std::string::npos) return false;
    const auto after = at + delimiter_.size();
    if (buffer_.size() < after + 2) return false;
    if (buffer_.compare(after, 2, "--") == 0) {
        // The end, without a file.
        state_ = State::complete;
        return false;
    }
    const auto line_end = buffer_.find("\r\n", after);
    if (line_end == std::string::npos) return false;
    buffer_.erase(0, line_end + 2);
    name_.clear();
    file_name_.clear();
    content_type_.clear();
    is_file_ = false;
    expecting_ = Expecting::headers;
    return true;
}

bool FormParser::take_headers() {
    for (;;) {
        const auto end = buffer_.find("\r\n");
        if (end == std::string::npos) return false;
        const auto line = buffer_.substr(0, end);
        // The line feed before the delimiter belongs to an empty value.
        buffer_.erase(0, line.empty() ? 0 : end + 2);
        if (line.empty()) break;
        read_header(line);
    }
    if (name_.empty()) {
        state_ = State::malformed;
        return false;
    }
    buffer_.erase(0, 2);
    if (!is_file_) {
        expecting_ = Expecting::value;
        return true;
    }
    expecting_ = Expecting::file;
    events_.file(file_name_, content_type_);
    return true;
}

void FormParser::read_header(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const auto name = http::lower_case(line.substr(0, colon));
    auto value = line.substr(colon + 1);
    while (value.starts_with(' '))
        value.remove_prefix(1);
    if (name == "content-type") content_type_ = value;
    if (name != "content-disposition") return;
    name_ = parameter_of(value, "name");
    file_name_ = parameter_of(value, "filename");
    // AWS: the file is the field of that name.
    is_file_ = http::equal_ignoring_case(name_, "file");
}

bool FormParser::take_value() {
    const auto at = buffer_.find(delimiter_);
    if (at == std::string::npos) return false;
    auto value = buffer_.substr(0, at);
    buffer_.erase(0, at);
    expecting_ = Expecting::delimiter;
    events_.field(name_, std::move(value));
    return true;
}

bool FormParser::take_file() {
    const auto at = buffer_.find(delimiter_);
    if (at != std::string::npos) {
        const auto last = buffer_.substr(0, at);
        buffer_.clear();
        state_ = State::complete;
        if (!last.empty()) events_.file_bytes(last);
        events_.file_end();
        return false;
    }
    // The end may be the beginning of the delimiter.
    if (buffer_.size() <= delimiter_.size()) return false;
    const auto length = buffer_.size() - delimiter_.size();
    const auto bytes = buffer_.substr(0, length);
    buffer_.erase(0, length);
    events_.file_bytes(bytes);
    return false;
}

} // namespace diorama::s3
