# dlib, for the few source files that include it: its headers cost half a minute of compiling each.
find_package(dlib 19.24 REQUIRED)

# cardrig_dlib_sources(FILES...): what compiling dlib's templates needs.
function(cardrig_dlib_sources)
  # dlib's own build switches this warning off too. Without optimisation a net runs for seconds.
  set(options -Wno-array-bounds -O2)
  if(CARDRIG_SANITIZE MATCHES "undefined")
    # The checks make the compiler take 12 GB and over ten minutes for one file.
    list(APPEND options -fno-sanitize=undefined)
  endif()
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${options}")
endfunction()
