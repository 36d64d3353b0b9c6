# What every folder's CMakeLists.txt needs. A folder is one library, one namespace and one target, and is called by its path from
# the root: core/units, loadgen/net. USES names the folders that it may include, LIBRARIES the packages from outside that its own
# files include. tests/test_architecture.py reads both and holds them against the #include lines.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL TRUE)   # a package that one folder finds is there for the others
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
add_custom_target(programs)    # all that users run
add_custom_target(unit_tests)

find_program(CCACHE ccache)
if(CCACHE)
  # A precompiled header has its own time stamp and macros in it; ccache takes it only when told that this is fine.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  add_compile_options(-fpch-preprocess)
endif()

add_library(plimsoll_warnings INTERFACE)
target_compile_options(plimsoll_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  # False alarms of g++ 12: lengths in std::string that cannot be, and the frames of Asio's coroutines.
  -Wno-stringop-overflow -Wno-stringop-overread -Wno-mismatched-new-delete
  $<$<BOOL:${PLIMSOLL_WERROR}>:-Werror>)

add_library(plimsoll_base INTERFACE)
target_include_directories(plimsoll_base INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(plimsoll_base INTERFACE PLIMSOLL_VERSION="${PROJECT_VERSION}")
target_link_libraries(plimsoll_base INTERFACE Threads::Threads)

# Debian's libfmt is a shared library, and four programs are static: so fmt is compiled once, from its own headers.
add_library(plimsoll_fmt STATIC cmake/fmt.cpp)
target_link_libraries(plimsoll_fmt PUBLIC plimsoll_base)

# Nearly every file includes these. Parsed once, they cost a tenth of the time. Asio's switches are here because the headers below
# must be compiled with the same macros as the files that use them.
target_compile_definitions(plimsoll_base INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)
add_library(plimsoll_precompiled STATIC cmake/empty.cpp)
target_link_libraries(plimsoll_precompiled PRIVATE plimsoll_base plimsoll_warnings)
target_precompile_headers(plimsoll_precompiled PRIVATE cmake/precompiled.hpp)
if(BUILD_TESTING)
  add_library(plimsoll_precompiled_test STATIC cmake/empty.cpp)
  target_link_libraries(plimsoll_precompiled_test PRIVATE plimsoll_base plimsoll_warnings GTest::gtest_main)
  target_precompile_headers(plimsoll_precompiled_test PRIVATE cmake/precompiled_test.hpp)
  target_compile_options(plimsoll_precompiled_test PRIVATE $<$<CONFIG:Release>:-O0>)
endif()

# core/units -> plimsoll_core_units
function(plimsoll_targets result)
  list(TRANSFORM ARGN REPLACE "/" "_" OUTPUT_VARIABLE names)
  list(TRANSFORM names PREPEND "plimsoll_")
  set(${result} ${names} PARENT_SCOPE)
endfunction()

# plimsoll_library([SOURCES file ...] [USES folder ...] [LIBRARIES target ...]): this folder's library.
function(plimsoll_library)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  plimsoll_targets(name ${folder})
  plimsoll_targets(uses ${ARG_USES})
  if(ARG_SOURCES)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC plimsoll_base ${uses} ${ARG_LIBRARIES} PRIVATE plimsoll_warnings)
    target_precompile_headers(${name} REUSE_FROM plimsoll_precompiled)
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE plimsoll_base ${uses} ${ARG_LIBRARIES})
  endif()
endfunction()

# plimsoll_program(NAME [STATIC] SOURCES file ... [USES folder ...]): a program in build/bin.
function(plimsoll_program name)
  cmake_parse_arguments(ARG "STATIC" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  plimsoll_targets(uses ${ARG_USES})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${uses} ${ARG_LIBRARIES} plimsoll_base plimsoll_warnings)
  target_precompile_headers(${name} REUSE_FROM plimsoll_precompiled)
  add_dependencies(programs ${name})
  if(ARG_STATIC AND PLIMSOLL_STATIC)
    # The linker warns that getaddrinfo needs glibc's own libraries at run time; names go through c-ares instead.
    target_link_options(${name} PRIVATE -static -Wl,--no-warnings)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_link_options(${name} PRIVATE -s)
  endif()
endfunction()

# plimsoll_test([NAME name] SOURCES file ... [USES folder ...]): unit tests, run by ctest with the label unit. They use their own
# folder's library. Without a name they are called after it: core_units_test.
function(plimsoll_test)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;USES;LIBRARIES" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  plimsoll_targets(own ${folder})
  plimsoll_targets(uses ${ARG_USES})
  if(NOT ARG_NAME)
    string(REPLACE "/" "_" ARG_NAME ${folder}_test)
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${own} ${uses} ${ARG_LIBRARIES} plimsoll_base plimsoll_warnings GTest::gtest_main)
  target_precompile_headers(${ARG_NAME} REUSE_FROM plimsoll_precompiled_test)
  # The code of a test itself need not be fast; what it tests is compiled as in the programs.
  target_compile_options(${ARG_NAME} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_compile_definitions(${ARG_NAME} PRIVATE TESTDATA="${CMAKE_CURRENT_SOURCE_DIR}/testdata")
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests EXCLUDE_FROM_ALL TRUE)
  add_dependencies(unit_tests ${ARG_NAME})
  gtest_discover_tests(${ARG_NAME} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
