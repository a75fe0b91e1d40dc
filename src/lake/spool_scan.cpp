/// Callbacks of DuckDB's table functions.
#include "spool_scan.hpp"

#include "columns.hpp"

namespace trawl::lake {

void SpoolScan::bind(duckdb_bind_info info) {
    const auto& scan = *static_cast<SpoolScan*>(duckdb_bind_get_extra_info(info));
    for (const ScanColumn& column : scan.columns()) {
        duckdb_logical_type type = logical_type(column.type);
        duckdb_bind_add_result_column(info, column.name.c_str(), type);
        duckdb_destroy_logical_type(&type);
    }
}

void SpoolScan::produce(duckdb_function_info info, duckdb_data_chunk chunk) {
    auto& scan = *static_cast<SpoolScan*>(duckdb_function_get_extra_info(info));
    try {
        scan.fill(chunk);
    } catch (const std::exception& error) {  // must not cross C frames
        scan.error_ = std::current_exception();
        duckdb_function_set_error(info, error.what());
    }
}

void SpoolScan::enter(Duck& duck, const std::string& name) {
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, name.c_str());
    duckdb_table_function_set_extra_info(function, this, nullptr);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, [](duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); });
    duckdb_table_function_set_function(function, produce);
    const auto state = duckdb_register_table_function(duck.connection(), function);
    duckdb_destroy_table_function(&function);
    if (state != DuckDBSuccess) throw LakeError("DuckDB does not take the table function for the records");
}

Rows SpoolScan::run(Duck& duck, const std::string& sql) {
    try {
        return duck.run(sql);
    } catch (const QueryError&) {
        rethrow();
        throw;
    }
}

bool SpoolScan::next(std::string_view& line, std::int64_t& number) {
    number = lines_;
    const bool got = reader_.next(line);
    if (got) ++lines_;
    return got;
}

}  // namespace trawl::lake
