#include "query/exec/engine/functions.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <span>
#include <string>

namespace millrace::engine {
namespace {

// Sorted. Candidates came from duckdb_functions() of 1.4.4.
// clang-format off
constexpr std::string_view kScalar[] = {
    "!__postfix", "!~~", "!~~*", "%", "&", "&&", "*", "**", "+", "-", "->>", "/", "//", "<->",
    "<<", "<=>", "<@", ">>", "@", "@>", "^", "^@", "abs", "acos", "acosh", "add", "age",
    "aggregate", "apply", "array_aggr", "array_aggregate", "array_append", "array_apply",
    "array_cat", "array_concat", "array_contains", "array_cosine_distance",
    "array_cosine_similarity", "array_cross_product", "array_distance", "array_distinct",
    "array_dot_product", "array_extract", "array_filter", "array_has", "array_has_all",
    "array_has_any", "array_indexof", "array_inner_product", "array_intersect", "array_length",
    "array_negative_dot_product", "array_negative_inner_product", "array_pop_back",
    "array_pop_front", "array_position", "array_prepend", "array_push_back", "array_push_front",
    "array_reduce", "array_reverse", "array_reverse_sort", "array_select", "array_slice",
    "array_sort", "array_to_json", "array_to_string", "array_transform", "array_unique",
    "array_value", "array_where", "array_zip", "ascii", "asin", "asinh", "atan", "atan2", "atanh",
    "base64", "bin", "bit_count", "bit_length", "cardinality", "cbrt", "ceil", "ceiling",
    "century", "char_length", "character_length", "chr", "concat", "concat_ws", "contains", "cos",
    "cosh", "cot", "damerau_levenshtein", "date_add", "date_diff", "date_part", "date_sub",
    "date_trunc", "datediff", "datepart", "datesub", "datetrunc", "day", "dayname", "dayofmonth",
    "dayofweek", "dayofyear", "decade", "decode", "degrees", "divide", "editdist3", "element_at",
    "encode", "ends_with", "epoch", "epoch_ms", "epoch_ns", "epoch_us", "era", "even", "exp",
    "factorial", "fdiv", "filter", "flatten", "floor", "fmod", "format_bytes",
    "from_base64", "from_binary", "from_hex", "from_json", "from_json_strict", "gamma", "gcd",
    "gen_random_uuid", "geomean", "geometric_mean", "greatest", "greatest_common_divisor",
    "hamming", "hash", "hex", "hour", "ilike_escape", "instr", "isfinite", "isinf", "isnan",
    "isodow", "isoyear", "jaccard", "jaro_similarity", "jaro_winkler_similarity", "json",
    "json_array", "json_array_length", "json_contains", "json_exists", "json_extract",
    "json_extract_path", "json_extract_path_text", "json_extract_string", "json_keys",
    "json_merge_patch", "json_object", "json_pretty", "json_quote", "json_structure",
    "json_transform", "json_transform_strict", "json_type", "json_valid", "json_value", "julian",
    "last_day", "lcase", "lcm", "least", "least_common_multiple", "left", "left_grapheme", "len",
    "length", "length_grapheme", "levenshtein", "lgamma", "like_escape", "list_aggr",
    "list_aggregate", "list_any_value", "list_append", "list_apply", "list_avg", "list_bool_and",
    "list_bool_or", "list_cat", "list_concat", "list_contains", "list_cosine_distance",
    "list_cosine_similarity", "list_count", "list_distance", "list_distinct",
    "list_dot_product", "list_element", "list_extract", "list_filter", "list_first", "list_has",
    "list_has_all", "list_has_any", "list_indexof", "list_inner_product", "list_intersect",
    "list_last", "list_max", "list_median", "list_min", "list_mode",
    "list_negative_dot_product", "list_negative_inner_product", "list_pack", "list_position",
    "list_prepend", "list_product", "list_reduce", "list_reverse", "list_reverse_sort",
    "list_select", "list_slice", "list_sort", "list_stddev_pop", "list_stddev_samp",
    "list_string_agg", "list_sum", "list_transform", "list_unique", "list_value",
    "list_var_pop", "list_var_samp", "list_where", "list_zip", "ln", "log", "log10", "log2",
    "lower", "lpad", "ltrim", "make_date", "make_time", "make_timestamp", "make_timestamptz",
    "map", "map_concat", "map_contains", "map_entries", "map_extract", "map_extract_value",
    "map_from_entries", "map_keys", "map_values", "md5", "microsecond", "millennium",
    "millisecond", "minute", "mismatches", "mod", "month", "monthname", "multiply", "nanosecond",
    "nextafter", "nfc_normalize", "not_ilike_escape", "not_like_escape", "nullif",
    "octet_length", "ord", "pi", "position", "pow", "power", "prefix", "quarter",
    "radians", "random", "reduce", "regexp_escape", "regexp_extract", "regexp_extract_all",
    "regexp_full_match", "regexp_matches", "regexp_replace", "regexp_split_to_array", "repeat",
    "replace", "reverse", "right", "right_grapheme", "round", "round_even", "roundbankers", "row",
    "row_to_json", "rpad", "rtrim", "second", "sha1", "sha256", "sign", "signbit", "sin", "sinh",
    "split", "split_part", "sqrt", "starts_with", "str_split", "str_split_regex", "strftime",
    "string_split", "string_split_regex", "string_to_array", "strip_accents", "strlen", "strpos",
    "strptime", "struct_concat", "struct_contains", "struct_extract", "struct_extract_at",
    "struct_has", "struct_indexof", "struct_insert", "struct_pack", "struct_position",
    "struct_update", "substr", "substring", "substring_grapheme", "subtract", "suffix", "tan",
    "tanh", "time_bucket", "timezone", "timezone_hour", "timezone_minute", "to_base",
    "to_base64", "to_binary", "to_centuries", "to_days", "to_decades", "to_hex", "to_hours",
    "to_json", "to_microseconds", "to_millennia", "to_milliseconds", "to_minutes", "to_months",
    "to_quarters", "to_seconds", "to_timestamp", "to_weeks", "to_years", "translate", "trim",
    "trunc", "try_strptime", "typeof", "ucase", "unbin", "unhex", "unicode", "unnest", "upper",
    "url_decode", "url_encode", "uuid", "uuid_extract_timestamp", "uuid_extract_version",
    "uuidv4", "uuidv7", "week", "weekday", "weekofyear", "xor", "year", "yearweek", "|", "||",
    "~", "~~", "~~*", "~~~",
};

constexpr std::string_view kTable[] = {
    "generate_series", "json_each", "json_tree", "range", "unnest",
};

constexpr std::string_view kAggregates[] = {
    "any_value", "approx_count_distinct", "approx_quantile", "approx_top_k", "arbitrary",
    "arg_max", "arg_max_null", "arg_min", "arg_min_null", "argmax", "argmin", "array_agg", "avg",
    "bit_and", "bit_or", "bit_xor", "bool_and", "bool_or", "corr", "count", "count_if",
    "count_star", "countif", "covar_pop", "covar_samp", "entropy", "favg", "first", "fsum",
    "group_concat", "histogram", "json_group_array", "json_group_object", "kahan_sum",
    "kurtosis", "kurtosis_pop", "last", "list", "listagg", "mad", "max", "max_by", "mean",
    "median", "min", "min_by", "mode", "product", "quantile", "quantile_cont", "quantile_disc",
    "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope",
    "regr_sxx", "regr_sxy", "regr_syy", "sem", "skewness", "stddev", "stddev_pop",
    "stddev_samp", "string_agg", "sum", "sumkahan", "var_pop", "var_samp", "variance",
};

constexpr std::string_view kWindow[] = {
    "cume_dist", "dense_rank", "fill", "first", "first_value", "lag", "last", "last_value",
    "lead", "nth_value", "ntile", "percent_rank", "rank", "rank_dense", "row_number",
};

// clang-format on

// Compares as if `name` were lower case.
template <size_t N>
bool IsIn(const std::string_view (&names)[N], std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::binary_search(std::begin(names), std::end(names), std::string_view(lower));
}

static_assert(std::is_sorted(std::begin(kScalar), std::end(kScalar)));
static_assert(std::is_sorted(std::begin(kTable), std::end(kTable)));
static_assert(std::is_sorted(std::begin(kAggregates), std::end(kAggregates)));
static_assert(std::is_sorted(std::begin(kWindow), std::end(kWindow)));

}  // namespace

bool IsAllowedScalarFunction(std::string_view name) { return IsIn(kScalar, name); }
bool IsAllowedTableFunction(std::string_view name) { return IsIn(kTable, name); }
bool IsAggregate(std::string_view name) { return IsIn(kAggregates, name); }
bool IsWindowFunction(std::string_view name) { return IsIn(kWindow, name); }

std::vector<std::string_view> AllowedFunctionNames() {
  std::vector<std::string_view> names;
  const auto add = [&](std::span<const std::string_view> list) {
    for (const std::string_view name : list) {
      if (std::isalpha(static_cast<unsigned char>(name.front())) != 0) names.push_back(name);
    }
  };
  add(kScalar);
  add(kTable);
  add(kAggregates);
  add(kWindow);
  return names;
}

}  // namespace millrace::engine
