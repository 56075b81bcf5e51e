// A log that keeps its lines, for tests of what is said. Any thread may write.
#pragma once

#include "emulator/log.hpp"

#include <mutex>
#include <string>
#include <vector>

namespace diorama::test {

class RecordedLog final : public Log {
public:
    void line(LogLevel level, std::string_view component, std::string_view text) override {
        const std::lock_guard lock(mutex_);
        constexpr const char* names[] = {"debug", "note", "warning", "error"};
        lines_.push_back(
            std::string(names[static_cast<int>(level)]) + " " + std::string(component) + " " +
            std::string(text)
        );
    }

    bool enabled(LogLevel) const override { return true; }

    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

} // namespace diorama::test
