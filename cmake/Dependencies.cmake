# The libraries we stand on. Debian's packages, and DuckDB's C library in .deps (scripts/install puts it there).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)
find_package(simdjson REQUIRED)
add_library(trawl_simdjson INTERFACE)
target_link_libraries(trawl_simdjson INTERFACE simdjson::simdjson)

find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBURING REQUIRED IMPORTED_TARGET liburing>=2.3)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares>=1.18)
pkg_check_modules(BROTLI REQUIRED IMPORTED_TARGET libbrotlidec)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(PSL REQUIRED IMPORTED_TARGET libpsl)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2>=1.52)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus>=3.3)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# llhttp comes as C sources.
set(LLHTTP_ROOT /usr/share CACHE PATH "Where llhttp/*.c and include/llhttp/llhttp.h are")
add_library(trawl_llhttp STATIC ${LLHTTP_ROOT}/llhttp/api.c ${LLHTTP_ROOT}/llhttp/http.c ${LLHTTP_ROOT}/llhttp/llhttp.c)
# Its loose mode takes any two bytes for the CRLF behind a chunk, and so a damaged body for a whole one.
target_compile_definitions(trawl_llhttp PUBLIC LLHTTP_STRICT_MODE=1)
target_include_directories(trawl_llhttp SYSTEM PUBLIC ${LLHTTP_ROOT}/include/llhttp ${LLHTTP_ROOT}/include)

set(DUCKDB_ROOT ${PROJECT_SOURCE_DIR}/.deps/duckdb CACHE PATH "Where include/duckdb.h and lib/libduckdb.so are")
if(NOT EXISTS ${DUCKDB_ROOT}/lib/libduckdb.so)
  message(FATAL_ERROR "DuckDB is not in ${DUCKDB_ROOT}: run scripts/install")
endif()
add_library(trawl_duckdb SHARED IMPORTED)
set_target_properties(trawl_duckdb PROPERTIES
  IMPORTED_LOCATION ${DUCKDB_ROOT}/lib/libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${DUCKDB_ROOT}/include)
