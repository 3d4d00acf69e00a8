# The tray, notifications, what happened, and the command that shows it.

tray-open = Open Mimamori
tray-fine = Nothing stands out right now
tray-check = Check now
tray-pause = Pause watching for 1 hour
tray-resume = Go on watching (paused until { $time })
tray-start-with-pc = Start with the PC
tray-starts-for-everyone = Starts with the PC (set by an administrator)
tray-settings = Settings
tray-quit = Quit
tray-tooltip = Mimamori: { $state }
tray-tooltip-paused = Mimamori: paused until { $time }
tray-tooltip-program = { $name } { $cpu }
tray-tooltip-not-recording = Nothing is recorded now: see History
notice-more = { $headline } ({ $number ->
    [one] and 1 more
   *[other] and { $number } more
})
notice-hint = Click to see why and what to do.
notice-sudden-stop = Watching broke off last time
notice-sudden-stop-power_lost = This PC turned off without being shut down
notice-sudden-stop-power_button = This PC turned off without being shut down
notice-sudden-stop-system_error = Windows stopped itself because of an error

event-started = Mimamori began to watch
event-started-restarted = The PC was started again; Mimamori began to watch
event-stopped = Mimamori stopped watching
event-stopped-too_costly = Mimamori needed too much of this PC itself, stopped, and starts again after a pause
event-sudden_stop = The recording ends at { $time }, and the PC was started again after that
event-sudden_stop-power_lost = The PC turned off without being shut down: power was lost or it hung. The recording ends at { $time }
event-sudden_stop-system_error = Windows stopped itself because of an error (code { $code }). The recording ends at { $time }
event-sudden_stop-power_button = The power button was held down. The recording ends at { $time }
event-sudden_stop-orderly = The PC was shut down in order; only Mimamori had ended before. The recording ends at { $time }
event-sudden_stop-unknown = The recording ends at { $time }, and the PC was started again after that. Whether it was shut down or turned off by itself is not known; this system does not tell
event-sudden_stop-with-busy = { $text }. Busiest in the last recorded minute: { $busy }
event-suspended = The PC slept for { $duration }
event-clock_changed = The clock was set by { $duration }
event-finding = { $headline }
event-finding_ended = Over after { $duration }: “{ $headline }”
event-finding_ended-watch_ended = Still going on when watching stopped, after { $duration }: “{ $headline }”
event-notified = Told you: { $name }
event-notified-machine = Told you how this PC is
event-action = You asked { $name } to close
event-action-force = You closed { $name } by force
event-action-run_in_background = You let { $name } run in the background
event-action-run_in_background-undone = { $name } takes its turn like other programs again
event-action-run_in_background-undone-used = { $name } takes its turn again, because you used it
event-verdict-run_in_background-worked = It worked: with { $name } in the background, other programs wait { $after } for their turn instead of { $before }
event-verdict-run_in_background-no_change = With { $name } in the background, other programs wait about as long as before: { $before } → { $after }
event-verdict-run_in_background-nothing_waited = { $name } is in the background; no program had to wait at that moment
event-action-startup_off = You switched off that { $name } starts by itself
event-action-startup_on = You switched on that { $name } starts by itself
event-action-startup-undone = { $name } was switched back as it was before
event-action-pause = You paused { $name }
event-action-pause-undone = { $name } goes on
event-action-again = You started { $name } again
event-action-without_javascript = You opened { $name } without JavaScript
event-action-with_javascript = You opened { $name } as usual again, with JavaScript
event-action-scan = You had the file of { $name } scanned
event-action-scan-nothing = The antivirus found nothing in the file of { $name }
event-action-scan-found = The antivirus found something in the file of { $name }
event-action-scan-not_scanned = The file of { $name } could not be scanned
event-verdict-worked = It worked: { $name } is closed, CPU { $before } → { $after }
event-verdict-no_change = { $name } is closed, the PC was as busy as before: CPU { $before } → { $after }
event-verdict-no_change-by = { $name } is closed and freed { $freed }; { $by } took it over: CPU { $before } → { $after }
event-verdict-was_small = { $name } is closed; it used only { $freed }, so the PC was as busy as before: CPU { $before } → { $after }
event-verdict-stayed_away = { $name } has stayed closed for { $duration }
event-verdict-came_back = { $name } came back
event-verdict-came_back-by = { $name } came back, started by { $by }
event-verdict-refused = The system did not allow { $name } to be closed
event-verdict-blocked = { $name } was waiting for a disk, a network drive or something else in the system and did not close
event-verdict-cannot_tell = { $name } is closed; whether it helped could not be measured
event-monitor_opened = { $name } was opened
event-monitor_closed = { $name } was closed
event-user_away = Nobody at the PC from here on
event-user_back = Somebody is at the PC again
event-foreground = { $name } came to the front
event-paused = Watching was paused
event-resumed = Watching goes on
event-slowed = Mimamori looks less often, so as not to be a load itself
event-trouble = { $reason }
event-other = Something that this version of Mimamori does not know

trouble-no-tray = There is no place for an icon here, so Mimamori watches without one
trouble-no-notifications = This system shows no notifications; the icon and the window tell instead
trouble-newer = The recording was made by a newer Mimamori, so this one keeps what it sees in memory only
trouble-locked = Another program holds the recording, so what is seen is kept in memory for now
trouble-read-only = The recording cannot be written (no permission), so what is seen is kept in memory for now
trouble-full = The disk is full, so what is seen is kept in memory for now
trouble-damaged = The recording was damaged. It was set aside and a new one was begun
trouble-network = Your data folder lies on the network, so what is seen is kept in memory only
trouble-io = The recording cannot be written ({ $reason }), so what is seen is kept in memory for now
trouble-crash = Mimamori in the background had stopped unexpectedly. What happened is written in { $reason }
trouble-window = The window could not be opened ({ $reason })
trouble-autostart = Starting with the PC could not be switched ({ $reason })
trouble-knowledge = Not all of a knowledge.toml could be used: { $reason }
trouble-no-folder = There is no folder for the recording, so what is seen is kept in memory only

cli-about-agent = Watch in the background, with an icon beside the clock
cli-about-history = Print what was recorded: findings, actions, stops, and who used the PC
cli-arg-since = From how long ago, such as 30m, 1h, 7d
cli-example-history = who used this PC in the last hour
home-of-another-user = The home folder { $path } belongs to another user, so nothing is left there. Start Mimamori as that user, without sudo
agent-running = Mimamori is already watching.
agent-not-here = Mimamori cannot watch in the background here: { $reason }
history-none = Nothing has been recorded yet. Start "mimamori agent" to begin.
history-range = Recorded from { $from } to { $to }
history-range-asked = Asked for: { $from } to { $to }
history-empty = Nothing was recorded in this time.
history-events = What happened
history-minutes = Who used this PC, minute by minute
history-memory = memory { $value }
history-more-minutes = { $number ->
    [one] 1 more minute is not shown; use --json for all
   *[other] { $number } more minutes are not shown; use --json for all
}
