# The few things that every folder's CMakeLists.txt needs: our libraries, our programs, our tests.
find_package(Boost 1.81 REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(plimsoll_warnings INTERFACE)
target_compile_options(plimsoll_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${PLIMSOLL_WERROR}>:-Werror>)

# Asio, header-only, epoll; one place for its switches. Debian's libfmt is a shared library, and three
# programs are static, so fmt is used header-only everywhere.
add_library(plimsoll_base INTERFACE)
target_include_directories(plimsoll_base INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(plimsoll_base INTERFACE
  PLIMSOLL_VERSION="${PROJECT_VERSION}" BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)
target_link_libraries(plimsoll_base INTERFACE
  fmt::fmt-header-only Boost::headers nlohmann_json::nlohmann_json Threads::Threads)

# plimsoll_library(NAME SOURCES ... [USES module ...])
# One folder = one target plimsoll::NAME = one namespace plimsoll::NAME.
function(plimsoll_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  if(ARG_SOURCES)
    add_library(plimsoll_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(plimsoll_${name} PUBLIC plimsoll_base ${ARG_USES} PRIVATE plimsoll_warnings)
  else()
    add_library(plimsoll_${name} INTERFACE)
    target_link_libraries(plimsoll_${name} INTERFACE plimsoll_base ${ARG_USES})
  endif()
  add_library(plimsoll::${name} ALIAS plimsoll_${name})
endfunction()

# plimsoll_program(NAME [STATIC] SOURCES ... [USES target ...])
function(plimsoll_program name)
  cmake_parse_arguments(ARG "STATIC" "" "SOURCES;USES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} plimsoll_base plimsoll_warnings)
  if(ARG_STATIC AND PLIMSOLL_STATIC)
    # The linker warns that getaddrinfo needs glibc's own libraries at run time; names go through c-ares instead.
    target_link_options(${name} PRIVATE -static -Wl,--no-warnings)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_link_options(${name} PRIVATE -s)
  endif()
endfunction()

# plimsoll_test(NAME SOURCES ... [USES target ...]): unit tests, run by ctest with the label unit.
function(plimsoll_test name)
  if(NOT BUILD_TESTING)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;USES" ${ARGN})
  find_package(GTest REQUIRED)
  include(GoogleTest)
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_USES} plimsoll_base plimsoll_warnings GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE TESTDATA="${CMAKE_CURRENT_SOURCE_DIR}/testdata")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit TIMEOUT 60)
endfunction()
