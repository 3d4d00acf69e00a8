/* Looks at and speaks to the hidden window of the tray from another process: traycheck taskbar|balloon|end|close FILE
   Says into FILE what it saw: on a desktop of its own it has no output. */
#include <windows.h>
#include <shellapi.h>
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
    else if (!strcmp(what, "taskbar")) {
        /* As if the taskbar had ended, and its icons with it. */
        NOTIFYICONDATAA icon = { .cbSize = sizeof icon, .hWnd = window, .uID = 1 };
        fprintf(said, "removed %d\n", Shell_NotifyIconA(NIM_DELETE, &icon));
        SendNotifyMessageA(HWND_BROADCAST, RegisterWindowMessageA("TaskbarCreated"), 0, 0);
    }
    /* What the taskbar says when a balloon is clicked: Wine shows none on a desktop in a window. */
    else if (!strcmp(what, "balloon")) PostMessageA(window, WM_APP + 2, 0, MAKELPARAM(WM_USER + 5, 1));
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
