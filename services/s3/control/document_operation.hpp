// An operation whose input and output are documents, as dispatch.cpp finds it: a name and a
// function that is called without knowing its types.
#pragma once

#include "services/s3/data/request.hpp"
#include "services/s3/data/store.hpp"

#include <span>
#include <string_view>

namespace diorama::s3 {

using Invoke = void (*)(Store& store, const Request& request, const void* input, void* output);

template <auto function>
struct Erased;

template <class Input, class Output, Output (*function)(Store&, const Request&, const Input&)>
struct Erased<function> {
    static void invoke(Store& store, const Request& request, const void* input, void* output) {
        *static_cast<Output*>(output) = function(store, request, *static_cast<const Input*>(input));
    }
};

struct DocumentOperation {
    std::string_view name;
    Invoke invoke;
    // The root element of the answer, where the model does not have AWS's name.
    std::string_view root = {};
    bool copies_bytes = false; // may wait for a disk
    int status = 0;            // of success, where the model does not have AWS's
};

// Those that say who may use a bucket (bucket_operations.cpp).
std::span<const DocumentOperation> access_operations();
// Configurations that are kept as documents (bucket_configurations.cpp).
std::span<const DocumentOperation> configuration_operations();

} // namespace diorama::s3
