# Compiler and linker flags, the same for every target.
add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers
                    -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Without it a precompiled header carries its own time and ccache never hits.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  add_link_options(-fuse-ld=lld)
else()
  # g++ 12 reports these inside of its own std::string and std::optional (GCC bugs
  # 105329, 105651, 105562); clang and the sanitizers see the real ones.
  add_compile_options(-Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread
                      -Wno-maybe-uninitialized)
endif()
# The environment that tests run in; empty without a sanitizer.
set(MILLRACE_TEST_ENVIRONMENT "")
set(suppressions ${CMAKE_SOURCE_DIR}/tools/sanitizers)
if(MILLRACE_SANITIZE STREQUAL "address")
  # Undefined behaviour comes along, but vptr and function need type information
  # that the prebuilt libraries do not have.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=vptr,function
      -fno-sanitize-recover=undefined)
  set(MILLRACE_TEST_ENVIRONMENT
      "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1"
      "LSAN_OPTIONS=suppressions=${suppressions}/leak.supp:print_suppressions=0"
      "UBSAN_OPTIONS=print_stacktrace=1")
elseif(MILLRACE_SANITIZE STREQUAL "thread")
  set(sanitize -fsanitize=thread)
  set(MILLRACE_TEST_ENVIRONMENT
      "TSAN_OPTIONS=suppressions=${suppressions}/thread.supp:second_deadlock_stack=1")
elseif(MILLRACE_SANITIZE)
  message(FATAL_ERROR "MILLRACE_SANITIZE is \"${MILLRACE_SANITIZE}\": use address or thread")
endif()
if(MILLRACE_SANITIZE)
  add_compile_options(${sanitize} -O1)
  add_link_options(${sanitize})
endif()
if(MILLRACE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
include_directories(${CMAKE_SOURCE_DIR}/src)
# Where the build's own version header lands.
include_directories(${CMAKE_BINARY_DIR}/generated)
configure_file(${CMAKE_SOURCE_DIR}/cmake/version.h.in
               ${CMAKE_BINARY_DIR}/generated/millrace_version.h)
