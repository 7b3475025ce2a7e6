# OpenCV's parts as targets. Debian keeps OpenCV's own CMake files in libopencv-dev, which pulls in
# all of OpenCV (642 MB); the packages of single parts (half of that) come without.
find_path(CARDRIG_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgproc imgcodecs dnn)
  find_library(CARDRIG_OPENCV_${part} opencv_${part} REQUIRED)
  if(NOT TARGET opencv_${part})
    add_library(opencv_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(opencv_${part} PROPERTIES
      IMPORTED_LOCATION ${CARDRIG_OPENCV_${part}}
      INTERFACE_INCLUDE_DIRECTORIES ${CARDRIG_OPENCV_INCLUDE})
    if(NOT part STREQUAL "core")
      set_target_properties(opencv_${part} PROPERTIES INTERFACE_LINK_LIBRARIES opencv_core)
    endif()
  endif()
endforeach()
target_link_libraries(opencv_dnn INTERFACE opencv_imgproc)
target_link_libraries(opencv_imgcodecs INTERFACE opencv_imgproc)
