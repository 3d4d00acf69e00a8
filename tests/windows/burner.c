/* A harmless stand-in for a busy program: one thread that counts. With an argument it opens a window that asks
 * before it closes, as a program with unsaved work does. */
#include <windows.h>

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM w, LPARAM l) {
    if (message == WM_CLOSE) {
        return 0; /* unsaved work: stays */
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

int main(int argc, char **argv) {
    MSG message;
    (void)argv;
    if (argc < 2) {
        burn(NULL);
    }
    WNDCLASSA class = {0};
    class.lpfnWndProc = procedure;
    class.lpszClassName = "burner";
    RegisterClassA(&class);
    CreateWindowA("burner", "burner", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 900, 560, 200, 120, NULL, NULL, NULL, NULL);
    CreateThread(NULL, 0, burn, NULL, 0, NULL);
    while (GetMessageA(&message, NULL, 0, 0) > 0) {
        DispatchMessageA(&message);
    }
    return 0;
}
