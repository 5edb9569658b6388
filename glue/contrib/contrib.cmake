# This repository as contrib/lead of an ns-3 tree (docs/ns3.md): all of it is one module of ns-3, with its helper, test suite and
# example. The program `lead`, the checkpoints' place and our own tests are of the ordinary build.
enable_language(C)
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_FLAGS "${CMAKE_C_FLAGS} -O2") # the flags of ns-3's profiles are for C++ only
find_package(PkgConfig REQUIRED)
pkg_check_modules(LEAD gsl clp libxml-2.0 libcyaml yaml-0.1 jansson nettle hdf5 zlib)
if(NOT LEAD_FOUND)
  message(FATAL_ERROR "contrib/lead needs packages that are not there (named above). Debian and Ubuntu: apt-get install pkg-config libgsl-dev coinor-libclp-dev libxml2-dev libyaml-dev libcyaml-dev libjansson-dev nettle-dev libhdf5-dev zlib1g-dev")
endif()
include(glue/version.cmake)
lead_version_header(${CMAKE_CURRENT_BINARY_DIR}/include)
include_directories($<BUILD_INTERFACE:${CMAKE_CURRENT_BINARY_DIR}/include>)
foreach(folder module/include module glue)
  include_directories($<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/${folder}>) # ns-3 exports a module's folders
endforeach()
include_directories(SYSTEM ${LEAD_INCLUDE_DIRS})
add_compile_definitions(LEAD_NS3 LEAD_VERSION="${LEAD_RELEASE}" LEAD_COMPILER="${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}"
                        $<$<COMPILE_LANGUAGE:C>:_XOPEN_SOURCE=700>)

# Models need libtorch; all else goes without.
find_package(Torch QUIET)
if(Torch_FOUND)
  add_compile_definitions(LEAD_TORCH_PLUGIN="liblead-torch.so")
endif()

file(GLOB_RECURSE sources CONFIGURE_DEPENDS module/*.c glue/clp/*.cc glue/ns3/*.cc glue/contrib/*.cc)
list(FILTER sources EXCLUDE REGEX "/module/cli/")
build_lib(
  LIBNAME lead
  IGNORE_PCH # ns-3's is C++ only
  SOURCE_FILES ${sources}
  HEADER_FILES glue/contrib/lead-controller.h glue/contrib/lead-helper.h
  LIBRARIES_TO_LINK ${LEAD_MODULES} ${LEAD_LINK_LIBRARIES} ${CMAKE_DL_LIBS} m
  TEST_SOURCES tests/contrib/lead-test-suite.cc
)

if(Torch_FOUND)
  file(GLOB sources CONFIGURE_DEPENDS glue/torch/*.cc)
  add_library(lead-torch MODULE ${sources})
  target_include_directories(lead-torch SYSTEM PRIVATE ${TORCH_INCLUDE_DIRS})
  target_link_libraries(lead-torch PRIVATE ${liblead} ${TORCH_LIBRARIES})
endif()
