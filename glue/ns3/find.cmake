# Finds ns-3: by pkg-config, or with -DLEAD_NS3_DIR=DIR in the folder into which it was installed or in the build/ of its own tree.
# (Not by its CMake package: Debian's refuses to load without a helper program of another package, the wheel's names folders
# that are not there.)
include(CheckCXXSourceCompiles)
find_package(PkgConfig QUIET)

# The library of one module in LEAD_NS3_DIR: libns3.44-core.so when installed, libns3.48-core-default.so in a tree.
function(lead_ns3_library module result)
  set(names)
  foreach(profile "" -default -debug -optimized -release -relwithdebinfo -minsizerel)
    list(APPEND names ${LEAD_NS3_DIR}/lib*/libns3*-${module}${profile}.so ${LEAD_NS3_DIR}/lib/*/libns3*-${module}${profile}.so)
  endforeach()
  file(GLOB found ${names})
  list(SUBLIST found 0 1 found)
  set(${result} "${found}" PARENT_SCOPE)
endfunction()

# The target TARGET for the modules that follow; TARGET_FOUND tells whether all are there, TARGET_LDFLAGS what links them, TARGET_VERSION
# is "3.37" where it can be told.
function(lead_find_ns3 target)
  set(${target}_FOUND TRUE PARENT_SCOPE)
  add_library(${target} INTERFACE IMPORTED)
  if(NOT LEAD_NS3_DIR)
    list(TRANSFORM ARGN PREPEND ns3- OUTPUT_VARIABLE packages)
    pkg_check_modules(${target}_PACKAGES QUIET IMPORTED_TARGET ${packages})
    if(${target}_PACKAGES_FOUND)
      target_link_libraries(${target} INTERFACE PkgConfig::${target}_PACKAGES)
      set(${target}_LDFLAGS ${${target}_PACKAGES_LDFLAGS} PARENT_SCOPE)
      set(${target}_VERSION ${${target}_PACKAGES_ns3-core_VERSION} PARENT_SCOPE)
    else()
      set(${target}_FOUND FALSE PARENT_SCOPE)
    endif()
    return()
  endif()
  target_include_directories(${target} INTERFACE ${LEAD_NS3_DIR}/include)
  target_link_options(${target} INTERFACE -Wl,--allow-shlib-undefined) # of modules that nobody here uses: GTK's windows
  foreach(module ${ARGN})
    lead_ns3_library(${module} library)
    if(library)
      target_link_libraries(${target} INTERFACE ${library})
      list(APPEND libraries ${library})
    else()
      set(${target}_FOUND FALSE PARENT_SCOPE)
    endif()
  endforeach()
  set(${target}_LDFLAGS ${libraries} PARENT_SCOPE)
  string(REGEX MATCH "libns([0-9][0-9.]*)-" version "${libraries}")
  set(${target}_VERSION ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()

# The oldest C++ that ns-3's headers compile with: 17 up to 3.40, 20 up to 3.45, 23 since.
function(lead_ns3_standard target result)
  set(CMAKE_REQUIRED_LIBRARIES ${target})
  set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
  foreach(standard 17 20 23)
    set(CMAKE_CXX_STANDARD ${standard})
    string(MAKE_C_IDENTIFIER "LEAD_NS3_WITH_CXX${standard}_${LEAD_NS3_DIR}" works) # asked again of another ns-3
    check_cxx_source_compiles("
      #include <ns3/applications-module.h>
      #include <ns3/internet-module.h>
      #include <ns3/point-to-point-module.h>" ${works})
    if(${works})
      set(${result} ${standard} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "ns-3's headers compile with none of C++17, C++20 and C++23; see CMakeFiles/CMakeError.log in the build folder (with -DLEAD_NS3_DIR=DIR, DIR/include/ns3 is to hold them)")
endfunction()
