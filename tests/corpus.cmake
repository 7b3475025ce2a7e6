# cardrig_parser_fuzzer(NAME SOURCE FILE LIBS ...): the fuzzer fuzz_NAME, and corpus_NAME, an
# ordinary test that runs the same target over the committed corpus fixtures/fuzz/NAME.
function(cardrig_parser_fuzzer name)
  cmake_parse_arguments(ARG "" "SOURCE" "LIBS" ${ARGN})
  cardrig_fuzzer(fuzz_${name} SOURCES ${ARG_SOURCE} LIBS ${ARG_LIBS})
  cardrig_test(corpus_${name} SOURCES ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/corpus_test.cpp ${ARG_SOURCE}
               LIBS ${ARG_LIBS})
  target_compile_definitions(corpus_${name} PRIVATE CARDRIG_CORPUS_FOLDER="${name}"
                                                    CARDRIG_CORPUS_NAME=${name})
endfunction()
