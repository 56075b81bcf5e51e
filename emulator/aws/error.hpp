// The error that ends an API call. Handlers throw it (or a generated subclass); the gateway catches
// it in one place and writes it in the protocol of the call.
#pragma once

#include <fmt/core.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace diorama::aws {

enum class Fault { sender, receiver };

class AWSError : public std::exception {
public:
    AWSError(std::string code, int http_status, std::string message, Fault fault = Fault::sender)
        : code_(std::move(code))
        , message_(std::move(message))
        , http_status_(http_status)
        , fault_(fault) {}

    const std::string& code() const { return code_; } // "NoSuchHostedZone"

    const std::string& message() const { return message_; } // AWS's own sentence

    int http_status() const { return http_status_; }

    Fault fault() const { return fault_; }

    const char* what() const noexcept override { return message_.c_str(); }

    // The name of the error's shape where it differs from the code (JSON's __type, CBOR).
    const std::string& shape() const { return shape_.empty() ? code_ : shape_; }

    void set_shape(std::string shape) { shape_ = std::move(shape); }

    // Further elements of the error document ("BucketName", "ActualObjectSize").
    AWSError& with(std::string name, std::string value) & {
        fields_.emplace_back(std::move(name), std::move(value));
        return *this;
    }

    AWSError&& with(std::string name, std::string value) && {
        fields_.emplace_back(std::move(name), std::move(value));
        return std::move(*this);
    }

    const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

private:
    std::string code_;
    std::string message_;
    std::string shape_;
    int http_status_;
    Fault fault_;
    std::vector<std::pair<std::string, std::string>> fields_;
};

// What most services answer to a wrong parameter.
template <class... Args>
AWSError validation_error(fmt::format_string<Args...> message, Args&&... args) {
    return AWSError("ValidationError", 400, fmt::format(message, std::forward<Args>(args)...));
}

} // namespace diorama::aws
