#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

// The fields of /proc/PID/stat from the parent on; 0 if there is no such process.
static int read_stat(int pid, long *parent, unsigned long ticks[4]) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  size_t count = fread(line, 1, sizeof line - 1, file);
  fclose(file);
  line[count] = 0;
  // The name before it may hold anything.
  const char *rest = strrchr(line, ')');
  return rest && sscanf(rest + 1, " %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", parent, &ticks[0],
                        &ticks[1], &ticks[2], &ticks[3]) == 5;
}

double bench_process_cpu_seconds(int pid) {
  long parent = 0;
  unsigned long ticks[4], sum = 0;
  if (read_stat(pid, &parent, ticks)) sum = ticks[0] + ticks[1] + ticks[2] + ticks[3];
  DIR *folder = opendir("/proc");
  struct dirent *entry;
  while (folder && (entry = readdir(folder))) {
    int child = atoi(entry->d_name);
    if (child > 0 && read_stat(child, &parent, ticks) && parent == pid) sum += ticks[0] + ticks[1];
  }
  if (folder) closedir(folder);
  return (double)sum / (double)sysconf(_SC_CLK_TCK);
}

long bench_process_resident_bytes(int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/statm", pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  long pages = 0;
  if (fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

long bench_process_peak_bytes(int pid) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  long kilobytes = 0;
  while (file && fgets(line, sizeof line, file)) {
    if (sscanf(line, "VmHWM: %ld", &kilobytes) == 1) break;
  }
  if (file) fclose(file);
  return kilobytes * 1024;
}

static int64_t switches_of(const char *path) {
  char line[256];
  FILE *file = fopen(path, "r");
  int64_t sum = 0;
  long count;
  while (file && fgets(line, sizeof line, file)) {
    if (sscanf(line, "voluntary_ctxt_switches: %ld", &count) == 1) sum += count;
    if (sscanf(line, "nonvoluntary_ctxt_switches: %ld", &count) == 1) sum += count;
  }
  if (file) fclose(file);
  return sum;
}

int64_t bench_process_switches(int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *folder = opendir(path);
  struct dirent *entry;
  int64_t sum = 0;
  while (folder && (entry = readdir(folder))) {
    int thread = atoi(entry->d_name);
    if (thread <= 0) continue;
    char status[96];
    snprintf(status, sizeof status, "/proc/%d/task/%d/status", pid, thread);
    sum += switches_of(status);
  }
  if (folder) closedir(folder);
  return sum;
}
