/* A library like NVIDIA's with three cards, of which the second answers "not supported" to most
   questions and the third is lost. FAKE_NVML_INIT is what nvmlInitWithFlags answers. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK = 0, UNINITIALIZED = 1, NOT_SUPPORTED = 3, IS_LOST = 15 };

typedef struct { unsigned long long total, free, used; } memory;
typedef struct { unsigned int gpu, memory; } rates;

static pid_t opened_by = 0; /* as newer drivers do: a child has to begin anew */
static int users = 0;
static int cards[3] = {0, 1, 2};

static int number(int *card) { return (int)(card - cards); }
static int refused(void) { return opened_by == getpid() ? OK : UNINITIALIZED; }

int nvmlInitWithFlags(unsigned int flags) {
    const char *answer = getenv("FAKE_NVML_INIT");
    while (getenv("FAKE_NVML_HANGS") != NULL) pause();
    (void)flags;
    if (answer != NULL) return atoi(answer);
    if (opened_by != getpid()) users = 0;
    opened_by = getpid();
    users += 1;
    return OK;
}
int nvmlShutdown(void) {
    if (opened_by != getpid()) return UNINITIALIZED;
    users -= 1;
    if (users == 0) opened_by = 0;
    return OK;
}
const char *nvmlErrorString(int code) { return code == OK ? "Success" : "Refused"; }

int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 3; return refused(); }
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, int **card) {
    if (index == 2) return IS_LOST;
    *card = &cards[index];
    return refused();
}
int nvmlDeviceGetName(int *card, char *name, unsigned int size) {
    strncpy(name, number(card) ? "Example GPU B" : "Example GPU A", size);
    return refused();
}
int nvmlDeviceGetUUID(int *card, char *uuid, unsigned int size) {
    strncpy(uuid, number(card) ? "GPU-b" : "GPU-a", size);
    return refused();
}
int nvmlDeviceGetMemoryInfo(int *card, memory *found) {
    if (number(card)) return NOT_SUPPORTED;
    found->total = 8000; found->used = 2000; found->free = 6000;
    return refused();
}
int nvmlDeviceGetUtilizationRates(int *card, rates *found) {
    if (number(card)) return NOT_SUPPORTED;
    found->gpu = 88; found->memory = 1;
    return refused();
}
int nvmlDeviceGetTemperature(int *card, unsigned int sensor, unsigned int *degrees) {
    *degrees = 61 + number(card) + sensor;
    return refused();
}
int nvmlDeviceGetTotalEnergyConsumption(int *card, unsigned long long *millijoules) {
    if (number(card)) return NOT_SUPPORTED;
    *millijoules = 1234500;
    return refused();
}
int nvmlDeviceGetPowerUsage(int *card, unsigned int *milliwatts) {
    if (number(card)) return NOT_SUPPORTED;
    *milliwatts = 250500;
    return refused();
}
