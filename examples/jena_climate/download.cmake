# Downloads the Jena climate data, 2009 to 2016 (14 MB, unpacked 43 MB), into the current folder:
#
#   cmake -P examples/jena_climate/download.cmake
#   cmake -D SHA256=<checksum of the archive> -P examples/jena_climate/download.cmake
#
# No checksum of the archive is published. Its size and what it holds are known and checked, and its SHA-256 is shown,
# and compared if one is given. Only a file that passes is left.
cmake_minimum_required(VERSION 3.22)

set(url https://storage.googleapis.com/tensorflow/tf-keras-datasets/jena_climate_2009_2016.csv.zip)
set(csv jena_climate_2009_2016.csv)
set(here ${CMAKE_CURRENT_BINARY_DIR})
set(folder ${here}/jena_climate_download)

function(refuse text)
  file(REMOVE_RECURSE ${folder})
  message(FATAL_ERROR "${url}: ${text}")
endfunction()

function(expect expected found)
  if(NOT found STREQUAL expected)
    refuse("expected ${expected}, got ${found}")
  endif()
endfunction()

# "15 columns and 420551 rows from 01.01.2009 00:10:00 to 01.01.2017 00:00:00"
function(describe file result)
  file(STRINGS ${file} lines)
  list(LENGTH lines count)
  if(count LESS 2)
    refuse("expected a table, got ${count} lines")
  endif()
  math(EXPR rows "${count} - 1")
  list(GET lines 0 1 -1 shown)
  list(POP_FRONT shown header first)
  string(REPLACE "," ";" columns "${header}")
  list(LENGTH columns columns)
  string(REGEX REPLACE ",.*" "" first "${first}")
  string(REGEX REPLACE ",.*" "" last "${shown}")
  set(${result} "${columns} columns and ${rows} rows from ${first} to ${last}" PARENT_SCOPE)
endfunction()

if(EXISTS ${here}/${csv})
  message(FATAL_ERROR "${csv} is here already; remove it to download it again")
endif()
file(MAKE_DIRECTORY ${folder})
file(DOWNLOAD ${url} ${folder}/archive.zip STATUS status TLS_VERIFY ON SHOW_PROGRESS)
list(POP_FRONT status code text)
if(NOT code EQUAL 0)
  refuse("cannot be downloaded: ${text}")
endif()

file(SIZE ${folder}/archive.zip size)
expect("an archive of 13568290 bytes" "an archive of ${size} bytes")
file(SHA256 ${folder}/archive.zip hash)
message(STATUS "SHA-256 of the archive: ${hash}")
if(SHA256)
  string(TOLOWER "${SHA256}" wanted)
  expect("the SHA-256 ${wanted}" "the SHA-256 ${hash}")
endif()

file(ARCHIVE_EXTRACT INPUT ${folder}/archive.zip DESTINATION ${folder})
if(NOT EXISTS ${folder}/${csv})
  refuse("expected ${csv} in the archive, got none")
endif()
describe(${folder}/${csv} found)
expect("15 columns and 420551 rows from 01.01.2009 00:10:00 to 01.01.2017 00:00:00" "${found}")

file(RENAME ${folder}/${csv} ${here}/${csv})
file(REMOVE_RECURSE ${folder})
message(STATUS "${csv} is here, and is what was expected")
