#pragma once

/// The version of the library, semantic versioning (semver.org). The build reads it from here.
#define TSATTN_VERSION_MAJOR 0
#define TSATTN_VERSION_MINOR 1
#define TSATTN_VERSION_PATCH 0
