# Which module may link which library. A header of a library is included by the
# module named here only; `./dev tidy` holds the fence.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)

# The pinned analytical engine, fetched and checked by `./dev setup`.
set(MILLRACE_DUCKDB_DIR "${CMAKE_SOURCE_DIR}/.cache/duckdb" CACHE PATH "include/ and libduckdb.so")

set(millrace_libs_runtime Threads::Threads)
set(millrace_libs_observe spdlog fmt)
set(millrace_libs_net ssl crypto z)
set(millrace_libs_types simdjson)
set(millrace_libs_storage_hot rocksdb)
set(millrace_libs_query_exec_engine duckdb_pinned)
set(millrace_libs_auth sodium crypto simdjson)
set(millrace_libs_session simdjson)
set(millrace_libs_front simdjson z)
set(millrace_libs_client curl simdjson)
set(millrace_libs_cli edit z)

add_library(duckdb_pinned SHARED IMPORTED)
set_target_properties(duckdb_pinned PROPERTIES
  IMPORTED_LOCATION ${MILLRACE_DUCKDB_DIR}/libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${MILLRACE_DUCKDB_DIR}/include)

# 26 s once instead of 8-10 s in each file of the one module that sees the engine.
set(millrace_precompiled_query_exec_engine
  <duckdb.hpp>
  <duckdb/catalog/catalog.hpp>
  <duckdb/execution/expression_executor.hpp>
  <duckdb/function/scalar_function.hpp>
  <duckdb/function/table_function.hpp>
  <duckdb/main/extension_helper.hpp>
  <duckdb/main/extension/extension_loader.hpp>
  <duckdb/parser/parsed_expression_iterator.hpp>
  <duckdb/parser/parser.hpp>
  <duckdb/parser/expression/list.hpp>
  <duckdb/parser/query_node/list.hpp>
  <duckdb/parser/tableref/list.hpp>
  <duckdb/planner/expression/list.hpp>
  <duckdb/planner/filter/list.hpp>
  <duckdb/storage/buffer_manager.hpp>)
