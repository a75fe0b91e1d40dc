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
  target_compile_options(trawl_compiler INTERFACE -fsanitize=${TRAWL_SANITIZE} -fno-sanitize-recover=all -g)
  target_link_options(trawl_compiler INTERFACE -fsanitize=${TRAWL_SANITIZE})
endif()
