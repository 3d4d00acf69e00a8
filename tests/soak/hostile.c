// Processes that make a monitor's work hard and do nothing else.
//
//   hostile sleepers N    N processes that sleep, with names of all kinds
//   hostile threads N     N threads that sleep
//   hostile storm RATE    RATE children a second: renamed, or replaced several times (exec) before they end
//   hostile link LEFT     one of a chain of programs: executes itself LEFT times
//   hostile ties N        N processes in a row, each the child of the one before, that sleep
//
// Ends with the process that started it.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *NAMES[] = {
    "sh", ") R 1 1 1 0 -1", "kworker/0:1", "\x1b[31mred\x1b[0m", "\xe2\x80\xae" "fdp.exe", "\xff\xfe\x80", "a\nb\tc",
    "systemd", "svchost.exe", "", "((((((((", "=cmd|' /C calc'", "<b>&amp;", "'; DROP TABLE",
};
#define COUNT (sizeof NAMES / sizeof *NAMES)

static void end_with_parent(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == 1) _exit(0);
}

static void pause_for(long nanoseconds) {
    struct timespec length = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    nanosleep(&length, NULL);
}

static void *sleep_on(void *nothing) {
    for (;;) pause();
    return nothing;
}

static void sleepers(long count) {
    for (long n = 0; n < count; n++) {
        if (fork() == 0) {
            end_with_parent();
            prctl(PR_SET_NAME, NAMES[n % COUNT]);
            sleep_on(NULL);
        }
    }
    sleep_on(NULL);
}

static void threads(long count) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 32 << 10);
    for (long n = 0; n < count; n++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, sleep_on, NULL) != 0) perror("thread");
    }
    sleep_on(NULL);
}

static void ties(long left) {
    if (left > 0 && fork() == 0) {
        end_with_parent();
        ties(left - 1);
    }
    sleep_on(NULL);
}

static void chain(char *self, long left) {
    char number[16];
    snprintf(number, sizeof number, "%ld", left);
    char *line[] = {(char *)NAMES[left % COUNT], "link", number, NULL};
    execv(self, line);
    _exit(1);
}

static void storm(char *self, long rate) {
    signal(SIGCHLD, SIG_IGN);
    for (long n = 0;; n++) {
        if (fork() == 0) {
            end_with_parent();
            for (int name = 0; name < 3; name++) {
                prctl(PR_SET_NAME, NAMES[(n + name) % COUNT]);
                pause_for(1000000);
            }
            if (n % 4 == 0) chain(self, 5);
            // Every tenth lives long enough to be seen, and leaves a child behind.
            if (n % 10 == 0 && fork() != 0) pause_for(3000000000L);
            _exit(0);
        }
        pause_for(1000000000L / rate);
    }
}

int main(int count, char **words) {
    if (count < 3) return 64;
    long number = atol(words[2]);
    char self[4096] = {0};
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 69;
    end_with_parent();
    if (strcmp(words[1], "sleepers") == 0) sleepers(number);
    if (strcmp(words[1], "threads") == 0) threads(number);
    if (strcmp(words[1], "ties") == 0) ties(number);
    if (strcmp(words[1], "storm") == 0) storm(self, number > 0 ? number : 1);
    if (strcmp(words[1], "link") == 0) {
        pause_for(2000000);
        if (number > 0) chain(self, number - 1);
        return 0;
    }
    return 64;
}
