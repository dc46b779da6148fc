// Headers of libraries that are not here: sources often include them and use nothing. What does use them is rejected by
// the name that the compiler misses (eval/attempt.cpp). And "solve.h", where LeetGPU used to declare the entry.
