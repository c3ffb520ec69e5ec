"""Where real binaries come from: named, cached, downloaded, or built."""
