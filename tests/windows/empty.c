/* The least a Windows program with a hidden window can be, to compare with: empty FILE [THREADS]
 * THREADS more threads sleep in it: Wine has a stack of 1 MB of its own for each thread, which Windows does not have.
 * Says into FILE how much private memory Windows counts for it (0 under Wine, which does not tell). */
#include <windows.h>
#include <psapi.h>
#include <stdio.h>
#include <stdlib.h>

static DWORD WINAPI sleeps(void *nothing)
{
    (void)nothing;
    Sleep(INFINITE);
    return 0;
}

int main(int count, char **words)
{
    PROCESS_MEMORY_COUNTERS_EX memory = { .cb = sizeof memory };
    WNDCLASSA class = { .lpfnWndProc = DefWindowProcA, .lpszClassName = "empty" };
    MSG message;
    FILE *said = fopen(count > 1 ? words[1] : "NUL", "w");
    for (int thread = count > 2 ? atoi(words[2]) : 0; thread > 0; thread--)
        CreateThread(NULL, 0, sleeps, NULL, 0, NULL);
    RegisterClassA(&class);
    CreateWindowA("empty", "empty", WS_POPUP, 0, 0, 0, 0, NULL, NULL, NULL, NULL);
    GetProcessMemoryInfo(GetCurrentProcess(), (PROCESS_MEMORY_COUNTERS *)&memory, sizeof memory);
    if (said) {
        fprintf(said, "private %llu working set %llu\n", (unsigned long long)memory.PrivateUsage,
                (unsigned long long)memory.WorkingSetSize);
        fclose(said);
    }
    while (GetMessageA(&message, NULL, 0, 0) > 0) DispatchMessageA(&message);
    return 0;
}
