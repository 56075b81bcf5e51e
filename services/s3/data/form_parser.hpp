// multipart/form-data, decoded as it comes: fields first, then one file. Pure.
// RFC 7578; https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace diorama::s3 {

// The boundary that a Content-Type names; empty: it is no form.
std::string form_boundary(std::string_view content_type);

class FormParser {
public:
    struct Events {
        std::function<void(std::string name, std::string value)> field;
        std::function<void(std::string file_name, std::string content_type)> file;
        std::function<void(std::string_view bytes)> file_bytes;
        std::function<void()> file_end; // what comes after the file is ignored, as AWS does
    };

    enum class State {
        more,      // everything given was consumed
        complete,  // the file has ended
        malformed, // no form
        too_large, // the fields before the file
    };

    FormParser(const std::string& boundary, Events events);

    State add(std::string_view bytes);

    State state() const { return state_; }

private:
    enum class Expecting { delimiter, headers, value, file };

    bool take_delimiter();
    bool take_headers();
    bool take_value();
    bool take_file();
    void read_header(std::string_view line);

    std::string delimiter_; // "\r\n--boundary"
    Events events_;
    State state_ = State::more;
    Expecting expecting_ = Expecting::delimiter;
    std::string buffer_;
    std::size_t field_bytes_ = 0;
    std::string name_;
    std::string file_name_;
    std::string content_type_;
    bool is_file_ = false;
};

} // namespace diorama::s3
