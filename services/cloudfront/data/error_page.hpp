// The pages that CloudFront writes itself.
#pragma once

#include "services/cloudfront/data/entry.hpp"

#include <string>

namespace diorama::cloudfront {

// Byte for byte what CloudFront sends, LF line ends, no final newline.
std::string error_page_body(const ErrorPage& page, std::string_view request_id);

// The 167 bytes of redirect-to-https, CRLF line ends.
std::string redirect_body(int status);

ErrorPage bad_request();
ErrorPage method_not_allowed(bool only_cachable);
ErrorPage https_required();
ErrorPage request_too_large();
ErrorPage origin_unresolved();  // 502
ErrorPage origin_unreachable(); // 502
ErrorPage origin_timed_out();   // 504

} // namespace diorama::cloudfront
