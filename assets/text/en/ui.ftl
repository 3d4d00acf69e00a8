# The window.

app-name = Mimamori
nav-label = Screens
nav-now = Now
nav-history = History
nav-restart = Restart
nav-settings = Settings
nav-language = 日本語
nav-theme-system = Theme: system
nav-theme-light = Theme: light
nav-theme-dark = Theme: dark

starting = Looking at this PC…
starting-hint = The first answer comes within a few seconds.
stale = Measuring stopped { $duration } ago. What you see is old. Please start Mimamori again.
own-usage = Mimamori itself: CPU { $cpu }, memory { $memory }
unknown-value = not known

button-close-program = Close { $name }
button-close-browser = Close { $name }
button-close-browser-note = Closing it closes all of its pages. Most browsers can open them again.
button-restart = Restart…
button-tell-helpdesk = Copy for the helpdesk
copied-for-helpdesk = Copied. Paste it into a mail or a ticket to your helpdesk.
helpdesk-title = Report of Mimamori { $version }, { $time }
helpdesk-system = System: { $system }
helpdesk-file = File: { $path }
button-show-why = Show why
button-hide-why = Hide why
why-saw = What was seen
why-todo = What to do
why-limits = What is not known
why-sure = How sure: { $confidence }

refusal-system = It belongs to the system, so Mimamori leaves it alone.
refusal-security = It protects or manages this PC, so Mimamori leaves it alone.
refusal-other_user = It belongs to another person or to the system, so Mimamori leaves it alone.
refusal-ourselves = This is Mimamori itself.
refusal-our_ancestor = Mimamori was started from it, so Mimamori leaves it alone.
refusal-not_running = It is no longer running.

job-asking = Asked { $name } to close. Waiting { $seconds } s more
job-still-open = { $name } is still open. If it has a window, look there: it may be asking you to save.
job-forced = Closing { $name } by force
job-measuring = { $name } is closed. Looking whether it helped…
job-worked = It worked: CPU { $before } → { $after }
job-came-back = { $name } came back after { $duration }
job-came-back-by = { $name } came back after { $duration }, started by { $by }
job-no-change = { $name } is closed and freed { $freed }, but others use it now: CPU { $before } → { $after }
job-no-change-by = { $name } is closed and freed { $freed }. { $by } is using it now: CPU { $before } → { $after }
job-was-small = { $name } is closed. It used only { $freed }, so the PC is as busy as before: CPU { $before } → { $after }
job-refused = The system did not allow it. { $name } is still running.
job-partial = A part of it belongs to another user or runs as administrator. That part stays open.
job-cannot-tell = { $name } is closed. Whether it helped could not be measured.
job-failed = { $name } could not be asked: { $reason }
job-failed-gone = it had already ended, or has become another program
job-failed-refused = the system does not allow it
job-failed-no_window = it has no window; it can only be closed by force
job-failed-unsupported = not possible on this system
button-force = Force close…
button-keep = Keep it running
button-done = OK
confirm-title = Force { $name } to close?
confirm-text = Anything you typed and did not save will be lost.
confirm-force = Force close
confirm-keep = Keep it running

charts-label = Charts
range-1m = 1 min
range-10m = 10 min
range-1h = 1 h
range-24h = 24 h
range-7d = 7 d
chart-cpu = CPU
chart-temperature = Temperature
chart-fan-effort = Fan effort (estimated)
chart-memory = Memory
chart-disk = Disk
chart-network = Network
chart-now = now
chart-summary = { $chart }: now { $value }, at most { $most } in the last { $duration }
chart-summary-then = { $chart }: at most { $most } in { $duration } up to { $end }
hover-time = { $time } ({ $ago } ago)
hover-none = nothing was measured then
fan-rpm = fan { $rpm } rpm
expected-temperature = about { $value } would be usual for this load (estimated)
missing-named = { $name }: { $reason }
missing-no_sensor = this PC has no such sensor
missing-no_permission = the system keeps it secret
missing-unsupported = not available on this system
missing-not_yet = not measured yet
missing-stale = the sensor does not move
missing-out_of_range = the sensor gives impossible values

programs-title = What is using this PC
programs-parts = { $number ->
    [one] 1 part
   *[other] { $number } parts
}
programs-ended = { $name } has ended
programs-everything-else = Everything else
programs-everything-else-note = short-lived programs and the system itself
programs-row = { $name }: CPU { $cpu }, memory { $memory }. Show details
programs-more = { $number ->
    [one] Show 1 more program
   *[other] Show { $number } more programs
}
programs-fewer = Show fewer
details-back = Back to the list
details-what = What it is
details-unknown = Not in Mimamori's list. That is common and does not mean anything bad.
details-busy = A high load is normal at times
details-advice = If it makes the PC slow
details-path = File
details-publisher = Publisher (signature)
details-publisher-none = No valid signature
details-publisher-unnamed = Signed; the name cannot be read
details-started = Started
details-started-by = { $time }, by { $by }
details-services = Windows services in it, busiest first
details-parts = Processes
details-disk = Disk
details-threads = Threads
details-gone = This program has ended.

restart-title = Restart checklist
restart-intro = A restart helps when memory is full or something is stuck. Go through the list first, so that nothing is lost and the load does not come back.
restart-before = Before
restart-after = After
restart-uptime = This PC has been on for { $duration }.
restart-uptime-unknown = How long this PC has been on is not known.
restart-how = Then choose Restart in the menu of your system, not Shut down: on Windows with fast start-up that is not a restart.
restart-reset = Begin the list again
step-save_work = Save your work
step-save_work-note = Programs with windows: { $names }
step-save_work-note-none = No program has a window open, so nothing to save is seen
step-close_browser = Close the web browser here
step-close_browser-note = Running: { $names }. Otherwise the system may open the same pages again.
step-close_browser-note-none = No browser is running
step-restore_setting = See whether the browser brings its pages back
step-restore_setting-note = Chrome: Settings, On start-up. Edge: Settings, Start, home and new tabs. Firefox: Settings, General, Start-up. Choose a new page there.
step-others_signed_in = Nobody else is signed in
step-others_signed_in-note = Another person is signed in and would lose unsaved work
step-others_signed_in-note-none = You are the only one
step-pending_update = No update is waiting
step-pending_update-note = An update is waiting. The restart will take longer; do not switch off.
step-pending_update-note-none = The restart will be quick
step-restart = Restart the PC
step-restart-note = Choose Restart, not Shut down
step-restarted = The PC really restarted
step-restarted-note = Seen by Mimamori after the restart
step-browser_stayed_away = The browser did not come back by itself
step-browser_stayed_away-note = Running again: { $names }
step-browser_stayed_away-note-none = No browser came back
state-seen = done, seen by Mimamori
state-not-yet = not yet
state-later = after the restart
state-ticked = ticked
state-unticked = not ticked

offer-title = Keep watching in the background?
offer-text = Then the answer is there also for what happens while this window is closed.
offer-yes = Keep watching
offer-no = Not now

history-title = What happened
history-span-1d = 24 h
history-span-7d = 7 days
history-span-90d = 90 days
history-all = Also show comings and goings
history-reading = Reading the recording…
history-none-yet = Nothing has been recorded yet. Switch on "keep watching in the background" in Settings.
history-nothing = Nothing happened in this time.
history-trouble-newer = The recording was made by a newer Mimamori, so this one can neither show it nor add to it. Please use the newest version.
history-trouble-network = Your data folder lies on the network, where a recording could be damaged, so nothing is recorded. Please ask whoever looks after this PC for a data folder on its own disk.
history-trouble-no-folder = There is no folder for the recording, so nothing is recorded. Please ask whoever looks after this PC for a home folder.
history-trouble-locked = Another program holds the recording, so nothing can be written to it for now. Mimamori tries again by itself; if this stays so, restart the PC.
history-trouble-read-only = The recording cannot be written. Please check that you may change this file and its folder: { $path }
history-trouble-full = The disk is full, so nothing can be written to the recording for now. Free some space and it goes on by itself.
history-trouble-io = The recording cannot be written ({ $reason }). Mimamori tries again by itself; if this stays so, restart the PC.
history-unread-older = There is a recording of an older Mimamori. It can be shown as soon as this version keeps watching in the background: switch that on in Settings, or off and on again if it is on.
history-unread-locked = Another program holds the recording, so it cannot be shown right now. Mimamori tries again by itself; if this stays so, restart the PC.
history-unread-not-allowed = The recording cannot be opened. Please check that you may read this file and its folder: { $path }
history-unread-damaged = The recording is damaged and cannot be shown. Mimamori sets it aside and begins a new one when it starts to watch in the background: switch that on in Settings, or off and on again if it is on.
history-unread-other = The recording cannot be read ({ $reason }). Mimamori tries again by itself; if this stays so, restart the PC.
history-row = { $time } { $text }. Show the charts of that time
history-more = { $number ->
    [one] Show 1 more
   *[other] Show { $number } more
}

settings-title = Settings
settings-look = Language and theme
settings-language = Language
language-ja = 日本語
language-en = English
settings-theme = Theme
theme-system = As the system
theme-light = Light
theme-dark = Dark
settings-background = Watching
settings-keep-watching = Keep watching in the background and start with the PC
settings-keep-watching-note = An icon beside the clock tells how the PC is. What happened while this window is closed is in History.
settings-background-failed = This could not be switched: { $reason }
agent-state-on = Watching since { $time }
agent-state-paused = Paused until { $time }
agent-state-off = Not watching in the background now
agent-state-off-until-sign-in = Not watching in the background now; it starts when you next sign in
agent-state-until-sign-out = It ends when you sign out, and does not start with the PC
settings-start-watching = Start watching now
settings-keep-watching-everyone = An administrator set this for all users of this PC. It cannot be changed here.
agent-cost = It costs CPU { $cpu } of one core and memory { $memory }
settings-recording = What is recorded
settings-recorded-what = How busy the PC was, which programs used it, free disk space, what was found and what was done. Never window titles, never what you type, and nothing leaves this PC.
settings-forget = Delete everything recorded…
settings-forget-question = Delete everything recorded so far?
settings-forget-lost = What was found, what was done about it and the charts of the past will be gone for good. Your settings stay, and watching goes on.
settings-forget-yes = Delete everything
settings-forget-no = Keep it
settings-forgetting = Deleting…
settings-forgotten = Everything recorded until then was deleted.
settings-forget-in-use = Not deleted: another program is using the recording, or it cannot be written. Try again in a moment.
settings-forget-failed = Not deleted: { $reason }
settings-recorded = From { $from } to { $to }, { $size }
button-my-work = This is my work
button-my-work-hint = For { $days } days it is not suspected any more. You can take it back in Settings.
settings-mine = Your own work
settings-mine-note = These programs are not suspected of secret mining. How much they use is still shown.
settings-mine-entry = { $name } until { $until }
settings-mine-signer = Only while it is signed by { $signer }
settings-mine-remove = Take { $name } off the list
settings-learning-days = Still learning what is usual on this PC, until { $until } at least: before that nothing counts as new or unusually warm.
settings-learning-hours = Still learning what is usual on this PC, until it was watched for { $least } (so far { $watched }): before that nothing counts as new or unusually warm.
settings-none-yet = Nothing has been recorded yet. Switch on watching above.

# The window stopped unexpectedly the last time.
crash-notice = Mimamori stopped unexpectedly at { $time }. What happened is written in { $file }.
crash-dismiss = OK

milliseconds = { $number } ms

background-measuring = Measuring how long other programs wait for { $name }…
background-ended-used = { $name } takes its turn again, because you use it.
button-run-in-background = Let it run in the background
button-end-background = Back to normal
button-background-anyway = Do it all the same
button-leave-it = Leave it as it is
run-in-background-hint = Every other program goes first. { $name } goes on with its work, only slower. One click puts it back.
background-worked = It worked: other programs wait { $after } for their turn instead of { $before }. { $name } goes on with its work.
background-no-change = { $name } lets other programs go first now, but they wait about as long as before: { $before } → { $after }
background-nothing-waited = { $name } lets other programs go first now. None of them had to wait at this moment.
background-lasting = { $name } would stay in the background until it is started again: this PC does not let its priority be put back.
background-refused = { $name } is left as it is. { $reason }
background-failed = { $name } could not be put into the background: { $reason }
background-ended = { $name } takes its turn like other programs again.
background-not-ended = The priority of { $name } could not be put back: { $reason }. It is usual again when the program is started again.
