# 64-bit ARM, by Debian's cross compiler (g++-aarch64-linux-gnu), with the tests run by qemu (qemu-user).
#
# There is no CMAKE_FIND_ROOT_PATH, for all packages that we use are headers, which CMake is to find where those of this
# machine are. What is compiled for ARM, the standard library and OpenMP's, the compiler finds by itself.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
