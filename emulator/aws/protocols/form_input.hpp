// Inputs written as form parameters (Name=web&Tags.member.1.Key=team), for query and ec2.
#pragma once

#include "emulator/aws/protocols/input.hpp"
#include "emulator/aws/service.hpp"
#include "emulator/http/message.hpp"

#include <map>
#include <string>
#include <string_view>

namespace diorama::aws {

using FormParameters = std::map<std::string, std::string, std::less<>>;

// From the body, or from the query string of a GET. The first of equal names counts.
FormParameters form_parameters(const http::RequestHead& request, std::string_view body);

enum class FormNames {
    query, // Tags.member.1.Key
    ec2,   // Tag.1.Key
};

class FormInput {
public:
    FormInput(const FormParameters& parameters, FormNames names, InputChecks& checks)
        : parameters_(parameters)
        , names_(names)
        , checks_(checks) {}

    void
    read_structure(const Shape& shape, const std::string& prefix, void* value, const Path& path);

private:
    void read(const Member& member, const std::string& key, void* value, const Path& path);
    void read_list(const Member& member, const std::string& key, void* value, const Path& path);
    void read_map(const Member& member, const std::string& key, void* value, const Path& path);
    bool is_present(const std::string& key) const;
    std::string name_of(const Member& member) const;
    // The numbers that follow `prefix.`, in order.
    std::vector<std::size_t> numbers_after(const std::string& prefix) const;

    const FormParameters& parameters_;
    FormNames names_;
    InputChecks& checks_;
};

} // namespace diorama::aws
