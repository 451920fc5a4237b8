# cmake -D PYTHON=<program> -D NAME=<golden file> -P compare.cmake  fails unless NumPy finds in the golden file what is
# listed beside it.
set(folder ${CMAKE_CURRENT_LIST_DIR})
execute_process(
  COMMAND ${PYTHON} ${folder}/../formats/read_safetensors.py ${folder}/${NAME}.safetensors
  OUTPUT_VARIABLE found COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\r\n" "\n" found "${found}")
file(READ ${folder}/${NAME}.txt expected)
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "expected\n${expected}got\n${found}")
endif()
