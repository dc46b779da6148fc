// OpenMP for host code that runs in one thread and has no clock; its pragmas mean nothing here.
#ifndef ASSAY_OMP_H
#define ASSAY_OMP_H

inline double omp_get_wtime() {
    return 0;
}
inline int omp_get_num_threads() {
    return 1;
}
inline int omp_get_max_threads() {
    return 1;
}
inline int omp_get_thread_num() {
    return 0;
}
inline void omp_set_num_threads(int) {}

#endif
