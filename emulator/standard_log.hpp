// The log of a live process: lines on standard error, "2026-11-22T12:00:00.000Z info elbv2 …".
#pragma once

#include "emulator/log.hpp"
#include "emulator/time/rate_limit.hpp"

#include <memory>
#include <mutex>

namespace spdlog {
class logger;
}

namespace diorama {

class StandardLog final : public Log {
public:
    explicit StandardLog(LogLevel least);
    ~StandardLog() override;
    void line(LogLevel level, std::string_view component, std::string_view text) override;
    bool enabled(LogLevel level) const override;

protected:
    // At most ten lines of a component each second.
    void refusal(std::string_view component, std::string_view text) override;

private:
    void tell_left_out(std::string_view component, std::size_t count);

    std::shared_ptr<spdlog::logger> logger_;
    std::mutex mutex_; // guards refusals_
    RateLimit refusals_{10};
};

} // namespace diorama
