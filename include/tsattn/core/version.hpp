#pragma once

/// The version of the library, semantic versioning (semver.org). The build reads it from here.
#define TSATTN_VERSION_MAJOR 0
#define TSATTN_VERSION_MINOR 1
#define TSATTN_VERSION_PATCH 0

#define TSATTN_VERSION_TEXT_OF(major, minor, patch) #major "." #minor "." #patch
#define TSATTN_VERSION_EXPANDED(major, minor, patch) TSATTN_VERSION_TEXT_OF(major, minor, patch)
/// The version as a text, such as "0.1.0".
#define TSATTN_VERSION TSATTN_VERSION_EXPANDED(TSATTN_VERSION_MAJOR, TSATTN_VERSION_MINOR, TSATTN_VERSION_PATCH)
