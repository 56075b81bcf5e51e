// The log of a live process: lines on standard error, "2026-11-22T12:00:00.000Z info elbv2 …".
#pragma once

#include "emulator/log.hpp"

#include <memory>

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

private:
    std::shared_ptr<spdlog::logger> logger_;
};

} // namespace diorama
