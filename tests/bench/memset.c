// What membloat's filling is measured against: memset over fresh memory. Prints seconds of wall clock.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int main(int argc, char** argv) {
  const size_t bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
  char* memory = malloc(bytes);
  if (memory == NULL || bytes == 0) return 2;
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  memset(memory, 1, bytes);
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.6f\n", (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
  return memory[bytes / 2] - 1;
}
