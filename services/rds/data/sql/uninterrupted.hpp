// SQLite gives up the whole transaction when a change is interrupted. What is short and must not be
// torn is done while one of these lives.
#pragma once

namespace diorama::rds::sql {

class Uninterrupted {
public:
    explicit Uninterrupted(int& depth)
        : depth_(depth) {
        ++depth_;
    }

    ~Uninterrupted() { --depth_; }

    Uninterrupted(const Uninterrupted&) = delete;
    Uninterrupted& operator=(const Uninterrupted&) = delete;

private:
    int& depth_;
};

} // namespace diorama::rds::sql
