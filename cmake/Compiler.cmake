# What every target of the project is compiled with. g++ 12 is the floor, clang 19 builds it too.
add_library(trawl_compiler INTERFACE)
target_compile_options(trawl_compiler INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Symmetric transfer is a tail call only with this flag; below -O2 each co_await would otherwise grow the stack.
  target_compile_options(trawl_compiler INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-foptimize-sibling-calls -fcoroutines>)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # g++ 12 sees overlapping copies in std::string's own operator+ and insert() when it optimises (GCC bug 105329).
    target_compile_options(trawl_compiler INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  endif()
endif()
if(TRAWL_SANITIZE)
  target_compile_options(trawl_compiler INTERFACE -fsanitize=${TRAWL_SANITIZE} -fno-sanitize-recover=all -g1)
  target_link_options(trawl_compiler INTERFACE -fsanitize=${TRAWL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # It takes the classes that libstdc++ hides (std::system_category()) for none. g++ checks the same.
    target_compile_options(trawl_compiler INTERFACE -fno-sanitize=vptr)
    if(TRAWL_SANITIZE MATCHES "address")
      target_compile_definitions(trawl_compiler INTERFACE __SANITIZE_ADDRESS__)  # g++ says so by itself
    endif()
  endif()
endif()
if(TRAWL_FUZZ)  # libraries in C as well
  add_compile_options(-O2 -fsanitize=fuzzer-no-link,${TRAWL_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr)
endif()

# trawl_precompile(<target> [ALWAYS] <header>...): parses them once for all sources of the target. What a source forgets to include
# is not missed then, and an optimising g++ warns of what is in the standard library: so, for what users get, only where TRAWL_PCH
# says so.
function(trawl_precompile target)
  cmake_parse_arguments(ARG "ALWAYS" "" "" ${ARGN})
  if(TRAWL_PCH OR ARG_ALWAYS)
    list(TRANSFORM ARG_UNPARSED_ARGUMENTS REPLACE "(.+)" "$<$<COMPILE_LANGUAGE:CXX>:<\\1$<ANGLE-R>>" OUTPUT_VARIABLE headers)
    target_precompile_headers(${target} PRIVATE ${headers})
    # So that ccache can tell what they hold.
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>
      "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endfunction()
set(trawl_common_headers algorithm array chrono coroutine cstdint exception functional map memory optional string
  string_view unordered_map utility variant vector fmt/format.h)
