/// A spool's records as a DuckDB table function. Private to what turns records into columns.
#pragma once

#include <duckdb.h>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "duck.hpp"
#include "spool.hpp"
#include "trawl/http/json_tape.hpp"
#include "trawl/lake/type.hpp"

namespace trawl::lake {

struct ScanColumn {
    std::string name;
    Type type;
};

/// One walk over the spool, on one thread, so that rows keep their order. It must outlive the statements that name it.
class SpoolScan {
public:
    explicit SpoolScan(const Spool& spool) : reader_(spool) {}
    virtual ~SpoolScan() = default;
    SpoolScan(const SpoolScan&) = delete;
    SpoolScan& operator=(const SpoolScan&) = delete;

    [[nodiscard]] virtual std::vector<ScanColumn> columns() const = 0;
    /// Fills the chunk with the next records; with none at the end.
    virtual void fill(duckdb_data_chunk chunk) = 0;

    /// Makes it known to DuckDB as `name()`.
    void enter(Duck& duck, const std::string& name);
    /// Runs a statement over it. What fill threw comes out as it was, not as DuckDB's text.
    Rows run(Duck& duck, const std::string& sql);
    /// What fill threw in a statement that failed, if it threw.
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

protected:
    /// The next line, and its number from 0; false at the end.
    bool next(std::string_view& line, std::int64_t& number);

private:
    static void bind(duckdb_bind_info info);
    static void produce(duckdb_function_info info, duckdb_data_chunk chunk);

    SpoolReader reader_;
    std::int64_t lines_ = 0;
    std::exception_ptr error_;
};

}  // namespace trawl::lake
