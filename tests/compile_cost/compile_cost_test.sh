# compile_cost_test.sh <README.md> <most lines> <most files> <compiler and options>
#
# The first program of the README: how many lines the compiler has to read for it, and from how many files. Unlike its
# time that is the same on every machine. Fails if it is more than that: what is included once more by a header that all
# programs include is seen here.
set -eu
readme=$1 most_lines=$2 most_files=$3
shift 3
sed -n '/^```cpp$/,/^```$/{/^```/d;p};/^```$/q' "$readme" >hello.cpp
grep -q 'int main()' hello.cpp || { echo "expected a program in $readme"; exit 1; }
lines=$("$@" -E hello.cpp | wc -l)
files=$("$@" -M hello.cpp | tr ' ' '\n' | grep -c /)
echo "$lines lines of $files files; at most $most_lines and $most_files"
((lines <= most_lines && files <= most_files))
