// Processes that do not react.
//
//   held blocked    waits in the kernel, uninterruptible: for a child of vfork that neither ends nor executes a program
//   held traced     has a child that it has stopped as a debugger does, whose number it prints
//
// Ends with the process that started it.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

// Otherwise the kernel treats SIGTERM as it does SIGKILL, which ends even this.
static void note_only(int number) {
    (void)number;
}

static void end_with_parent(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int main(int count, char **words) {
    end_with_parent();
    if (count == 2 && strcmp(words[1], "blocked") == 0) {
        signal(SIGTERM, note_only);
        if (vfork() == 0) {
            end_with_parent();
            for (;;) pause();
        }
    } else if (count == 2 && strcmp(words[1], "traced") == 0) {
        pid_t child = fork();
        if (child == 0) {
            end_with_parent();
            ptrace(PTRACE_TRACEME, 0, 0, 0);
            raise(SIGSTOP);
            for (;;) pause();
        }
        waitpid(child, NULL, 0);
        printf("%d\n", child);
        fflush(stdout);
        for (;;) pause();
    }
    return 1;
}
