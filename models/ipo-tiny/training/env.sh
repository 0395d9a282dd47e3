# Debian's torch needs an OpenBLAS that knows the processor, and jemalloc: three to five times faster on a CPU.
if grep -q avx512f /proc/cpuinfo; then processor=SkylakeX; else processor=Haswell; fi
export LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu/openblas-openmp OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-$processor}
export LD_PRELOAD=libjemalloc.so.2 MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1,narenas:2,oversize_threshold:0
export OMP_NUM_THREADS=${THREADS:-2} OPENBLAS_NUM_THREADS=${THREADS:-2}
