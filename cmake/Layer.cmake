# trawl_layer(<word> [LEFT <word>...] [LIBS <lib>...] [PRIVATE_LIBS <lib>...])
#
# A layer is include/trawl/<word> (public), src/<word> (bodies, private headers) and test/<word>. Its target shows its own
# public headers and those to its left, through a folder of links made for it alone, so that an include that points to the
# right does not build. Layers without a .cpp are interface libraries.
function(trawl_layer word)
  cmake_parse_arguments(ARG "" "" "LEFT;LIBS;PRIVATE_LIBS" ${ARGN})
  set(view ${PROJECT_BINARY_DIR}/layers/${word})
  file(MAKE_DIRECTORY ${view}/trawl)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/include/trawl/${word} ${view}/trawl/${word} SYMBOLIC)
  list(TRANSFORM ARG_LEFT PREPEND trawl_ OUTPUT_VARIABLE left)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${word}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/src/cli/main\\.cpp$")
  if(sources)
    add_library(trawl_${word} STATIC ${sources})
    target_include_directories(trawl_${word} PUBLIC ${view} PRIVATE ${PROJECT_SOURCE_DIR}/src/${word})
    target_link_libraries(trawl_${word} PUBLIC ${left} ${ARG_LIBS} PRIVATE trawl_compiler ${ARG_PRIVATE_LIBS})
    trawl_precompile(trawl_${word} ${trawl_common_headers})
  else()
    add_library(trawl_${word} INTERFACE)
    target_include_directories(trawl_${word} INTERFACE ${view})
    target_link_libraries(trawl_${word} INTERFACE ${left} ${ARG_LIBS} ${ARG_PRIVATE_LIBS})
  endif()
endfunction()

# trawl_umbrella(<word>...): the target `trawl`, all layers named, <trawl/trawl.hpp> and <trawl/testing.hpp>.
function(trawl_umbrella)
  list(TRANSFORM ARGN PREPEND trawl_ OUTPUT_VARIABLE layers)
  set(view ${PROJECT_BINARY_DIR}/layers/umbrella)
  file(MAKE_DIRECTORY ${view}/trawl)
  foreach(header trawl.hpp testing.hpp)
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/include/trawl/${header} ${view}/trawl/${header} SYMBOLIC)
  endforeach()
  add_library(trawl_umbrella INTERFACE)
  target_include_directories(trawl_umbrella INTERFACE ${view})
  target_link_libraries(trawl_umbrella INTERFACE ${layers})
  target_compile_features(trawl_umbrella INTERFACE cxx_std_23)
  # Whoever compiles coroutines with g++ needs the tail call of symmetric transfer, at every level of optimisation.
  target_compile_options(trawl_umbrella INTERFACE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CXX_COMPILER_ID:GNU>>:-foptimize-sibling-calls>)
  add_library(trawl::trawl ALIAS trawl_umbrella)
endfunction()

# trawl_program(<name> <source>... [LAYERS <word>...] [LIBS <lib>...]): an executable on top of some layers.
function(trawl_program name)
  cmake_parse_arguments(ARG "" "" "LAYERS;LIBS" ${ARGN})
  list(TRANSFORM ARG_LAYERS PREPEND trawl_ OUTPUT_VARIABLE layers)
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE trawl_compiler ${layers} ${ARG_LIBS})
endfunction()
