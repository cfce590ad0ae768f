"""One file a probe; which there are is listed in profiling.context.catalogue."""
