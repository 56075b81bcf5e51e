// How one service of this cloud shows another, over HTTP, that it is who it says: where AWS's
// services sign with credentials of their own, ours add what only this process knows.
#pragma once

#include <string_view>

namespace diorama::aws {

// Made by chance at the first call, the same until the process ends. Any thread.
std::string_view service_proof();

} // namespace diorama::aws
