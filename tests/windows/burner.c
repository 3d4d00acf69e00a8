/* Harmless stand-ins for programs that trouble a PC. Each ends by itself after ten minutes at the latest.
 *   burner                   one thread that counts
 *   burner for SECONDS       the same, for so long
 *   burner window            with a window that asks before it closes, as a program with unsaved work does
 *   burner browser N         like a browser: a window that closes when it is asked to, and N other processes of the
 *                            same program that end with it; the first two of them count, the others wait
 *   burner memory PERCENT    holds memory until so much of that of the PC is used, for 40 s
 *   burner write FILE        writes 60 MB a second into FILE */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int stubborn;

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM w, LPARAM l) {
    if (message == WM_CLOSE && stubborn) {
        return 0; /* unsaved work: stays */
    }
    if (message == WM_DESTROY) {
        PostQuitMessage(0);
    }
    return DefWindowProcA(window, message, w, l);
}

static DWORD WINAPI burn(LPVOID unused) {
    volatile unsigned long long count = 0;
    (void)unused;
    for (;;) {
        count++;
    }
    return 0;
}

static DWORD WINAPI end_after(LPVOID milliseconds) {
    Sleep((DWORD)(UINT_PTR)milliseconds);
    ExitProcess(0);
}

/* A part of a program ends with it, also when that is ended by force. */
static DWORD WINAPI end_with(LPVOID parent) {
    WaitForSingleObject(parent, INFINITE);
    ExitProcess(0);
}

static void window_until_closed(const char *title) {
    MSG message;
    WNDCLASSA class = {0};
    class.lpfnWndProc = procedure;
    class.lpszClassName = "burner";
    RegisterClassA(&class);
    CreateWindowA("burner", title, WS_OVERLAPPEDWINDOW | WS_VISIBLE, 900, 560, 200, 120, NULL, NULL, NULL, NULL);
    while (GetMessageA(&message, NULL, 0, 0) > 0) {
        DispatchMessageA(&message);
    }
}

static void browser(int parts) {
    char path[MAX_PATH], line[MAX_PATH + 64];
    GetModuleFileNameA(NULL, path, MAX_PATH);
    for (int part = 0; part < parts; part++) {
        STARTUPINFOA start = {.cb = sizeof start};
        PROCESS_INFORMATION started;
        snprintf(line, sizeof line, "\"%s\" part %s %lu", path, part < 2 ? "busy" : "idle", GetCurrentProcessId());
        if (CreateProcessA(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &start, &started)) {
            CloseHandle(started.hProcess);
            CloseHandle(started.hThread);
        }
    }
    window_until_closed("A page - Google Chrome");
}

static void memory(int percent) {
    const SIZE_T step = 32 << 20;
    DWORD held = 0;
    while (held < 40000) {
        MEMORYSTATUSEX now = {.dwLength = sizeof now};
        GlobalMemoryStatusEx(&now);
        double used = 1.0 - (double)now.ullAvailPhys / (double)now.ullTotalPhys;
        if (used > 0.95) {
            ExitProcess(3); /* others need more: everything is given back */
        }
        if (used * 100 >= percent) {
            Sleep(50);
            held += 50;
            continue;
        }
        char *block = VirtualAlloc(NULL, step, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
        if (!block) {
            ExitProcess(4);
        }
        memset(block, 0x5a, step);
    }
}

static void write_to(const char *path) {
    static char block[1 << 20];
    DWORD begin = GetTickCount(), written;
    HANDLE file = CreateFileA(path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL);
    memset(block, 0x5a, sizeof block);
    for (DWORD count = 0; count < 1200; count++) {
        if (!WriteFile(file, block, sizeof block, &written, NULL)) {
            break; /* full */
        }
        while (GetTickCount() - begin < count * 1000 / 60) {
            Sleep(5);
        }
    }
    Sleep(60000);
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    const char *word = argc > 2 ? argv[2] : "";
    CreateThread(NULL, 0, end_after, (LPVOID)(UINT_PTR)600000, 0, NULL);
    if (!strcmp(what, "for")) {
        CreateThread(NULL, 0, end_after, (LPVOID)(UINT_PTR)(atoi(word) * 1000), 0, NULL);
        burn(NULL);
    } else if (!strcmp(what, "window")) {
        stubborn = 1;
        CreateThread(NULL, 0, burn, NULL, 0, NULL);
        window_until_closed("burner");
    } else if (!strcmp(what, "browser")) {
        browser(atoi(word));
    } else if (!strcmp(what, "part") && argc > 3) {
        HANDLE parent = OpenProcess(SYNCHRONIZE, FALSE, strtoul(argv[3], NULL, 10));
        if (parent) {
            CreateThread(NULL, 0, end_with, parent, 0, NULL);
            if (!strcmp(word, "busy")) {
                burn(NULL);
            }
            Sleep(INFINITE);
        }
    } else if (!strcmp(what, "memory")) {
        memory(atoi(word));
    } else if (!strcmp(what, "write")) {
        write_to(word);
    } else {
        burn(NULL);
    }
    return 0;
}
