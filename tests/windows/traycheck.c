/* Looks at and speaks to the hidden window of the tray from another process: traycheck taskbar|end|close FILE
   Says into FILE what it saw: on a desktop of its own it has no output. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

int main(int count, char **words)
{
    const char *what = count > 1 ? words[1] : "";
    FILE *said = fopen(count > 2 ? words[2] : "NUL", "w");
    HWND window = FindWindowA("MimamoriTray", NULL);
    DWORD_PTR answer = 0;
    if (!said) return 2;
    if (!window) fprintf(said, "no window\n");
    else if (!strcmp(what, "taskbar")) SendNotifyMessageA(HWND_BROADCAST, RegisterWindowMessageA("TaskbarCreated"), 0, 0);
    else if (!strcmp(what, "close")) PostMessageA(window, WM_CLOSE, 0, 0);
    else if (!strcmp(what, "end")) {
        DWORD begin = GetTickCount();
        LRESULT may = SendMessageTimeoutA(window, WM_QUERYENDSESSION, 0, 0, SMTO_NORMAL, 3000, &answer);
        fprintf(said, "query %d %d\n", (int)may, (int)answer);
        SendMessageTimeoutA(window, WM_ENDSESSION, TRUE, 0, SMTO_NORMAL, 3000, &answer);
        fprintf(said, "ended after %lu ms\n", GetTickCount() - begin);
    }
    fprintf(said, "done\n");
    fclose(said);
    return 0;
}
