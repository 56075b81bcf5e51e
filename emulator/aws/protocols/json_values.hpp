// Values as JSON, for json and rest-json; reading serves rpc-v2-cbor too, whose documents have the
// same structure.
#pragma once

#include "emulator/aws/error.hpp"
#include "emulator/aws/protocols/input.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace diorama::aws {

enum class JSONNames {
    wire,  // locationName where there is one
    model, // always the member's name, and all members wherever HTTP carries them (rpc-v2-cbor,
           // model_json.hpp)
};

class JSONInput {
public:
    JSONInput(JSONNames names, InputChecks& checks)
        : names_(names)
        , checks_(checks) {}

    // The body members of a structure, marking them in `seen`.
    void read_members(
        const Shape& shape,
        const nlohmann::json& object,
        void* value,
        std::vector<bool>& seen,
        const Path& path
    );
    void
    read_structure(const Shape& shape, const nlohmann::json& json, void* value, const Path& path);

    // What is wrong with the document itself ("STRING_VALUE cannot be converted to Integer").
    const std::optional<std::string>& mismatch() const { return mismatch_; }

private:
    void read(const Shape& shape, const nlohmann::json& json, void* value, const Path& path);
    void read_scalar(const Shape& shape, const nlohmann::json& json, void* value, const Path& path);
    bool read_number(const Shape& shape, const nlohmann::json& json, void* value);
    bool read_bytes(const nlohmann::json& json, void* value);
    void read_list(const Shape& shape, const nlohmann::json& json, void* value, const Path& path);
    void read_map(const Shape& shape, const nlohmann::json& json, void* value, const Path& path);
    void mismatched(const Shape& shape, const nlohmann::json& json);

    JSONNames names_;
    InputChecks& checks_;
    std::optional<std::string> mismatch_;
};

// What json and rpc-v2-cbor do with the whole body, once it is a document (nothing: it is none).
std::optional<AWSError> read_document(
    JSONNames names,
    const Shape& shape,
    const std::optional<nlohmann::json>& document,
    void* input
);

// Nothing when the text is not JSON. An empty text is an empty object.
std::optional<nlohmann::json> parse_json(std::string_view text);

// The body members of a structure as an object.
std::string json_members(const Shape& structure, const void* value);
std::string json_string(std::string_view text);

} // namespace diorama::aws
