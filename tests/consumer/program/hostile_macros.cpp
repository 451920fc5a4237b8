// The library among macros that well-known headers leave behind: min and max of <windows.h>, I of <complex.h>, check of
// macOS' <AssertMacros.h>.
//
// The standard library comes first because libstdc++ is not the one under test: its first header undefines min and max,
// and its later ones do not compile when they are defined again. Eigen 3.4 survives all four.
#if __has_include(<bits/stdc++.h>)
#include <bits/stdc++.h>
#endif

#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define I _Complex_I_hostile
#define check(x) hostile_check_macro(x)

#include <tsattn/tsattn.hpp>

int main() {
  const tsattn::Matrix<float> m(2, 3);
  return m.rows() == 2 && tsattn::Random(1).uniform() < 1 ? 0 : 1;
}
