# The check-up: titles, sentences, figures, next steps. The numbers C-1 to C-18 are part of the program.

checkup-title = Check-up
checkup-progress = { $done } of { $all } checks done
checkup-stopped = Stopped. Checks without a result were not run.
checkup-again = Run all again (F5)
checkup-again-one = Run { $check } again
checkup-stop = Stop (Esc)
checkup-for-two = Helpdesk mode
checkup-for-two-hint = Japanese and English side by side, larger, without your folders and your name
checkup-keys = Keys: a number or ↑ ↓ selects a check, Enter runs it again, F5 runs all
checkup-show-finding = Details
checkup-not-run = Not run
checkup-pending = Measuring
checkup-line-saw = • { $saw }
checkup-line-next = → { $next }
checkup-spoken = { $check } { $title }: { $result }. { $sentence }. { $saw }Next: { $next }
checkup-spoken-saw = { $saw }.{ " " }
checkup-spoken-open = { $check } { $title }: { $result }
checkup-result-ok = OK
checkup-result-look = Look
checkup-result-act = To do
checkup-result-not_known = Not known
checkup-summary = OK: { $ok }, look: { $look }, to do: { $act }, not known: { $unknown }
checkup-at = { $summary } (at { $time })
checkup-see = { $check } explains it: { $headline }
checkup-not-known = Not known: { $reason }
checkup-next-nothing = Nothing to do
checkup-next-again = Run this check again in a minute
checkup-next-see = Go on with { $check }
checkup-why-no_sensor = this PC has nothing that measures it
checkup-why-no_permission = the system does not show it to this user
checkup-why-unsupported = this system does not tell it
checkup-why-not_yet = it was not measured in time
checkup-why-stale = no answer came in time
checkup-why-out_of_range = the value makes no sense
checkup-mail-title = Mail and web pages
checkup-mail = Do not open attachments or links that you did not expect, even from people you know, and ask the sender in another way. Download programs only from their maker. Nobody can check that for you.

checkup-cpu-title = Processor
checkup-cpu-ok = { $value } of the processor is in use
checkup-cpu-by-hand = Look at the processor in Task Manager or the system monitor
checkup-saw-cpu = { $name }: { $value } of the processor

checkup-memory-title = Memory
checkup-memory-ok = { $value } of the memory is in use ({ $used } of { $total })
checkup-memory-by-hand = Look at the memory in Task Manager or the system monitor
checkup-saw-memory = { $name }: { $value } of memory

checkup-disk_space-title = Disk space
checkup-disk_space-ok = No disk is short of space
checkup-disk_space-by-hand = Look at the free space in the file manager
checkup-saw-volume = { $free } of { $total } free on { $name }
checkup-saw-volume-lost = { $amount } less free on { $name } than { $duration } ago
checkup-saw-volume-gained = { $amount } more free on { $name } than { $duration } ago

checkup-disk_busy-title = Disk activity
checkup-disk_busy-ok = The busiest disk is at work { $value } of the time
checkup-disk_busy-moment = The busiest disk is at work { $value } of the time, but not for long enough to say why
checkup-disk_busy-by-hand = Look at the disk in Task Manager or the system monitor
checkup-saw-disk = Reading { $read }, writing { $written }

checkup-heat-title = Heat and fan
checkup-heat-ok = The temperature is { $value }
checkup-heat-ok-estimate = No temperature can be read; by load and clock the fan works at about { $value } (estimated)
checkup-heat-virtual = This is a virtual machine: it has no fan and no sensors of its own
checkup-heat-virtual-next = If it is slow although little runs, ask whoever runs its host
checkup-heat-by-hand = Listen to the fan, feel whether the PC is hot, and keep its vents free
checkup-saw-fan = The fan turns at { $value } rpm

checkup-browser-title = Web browser
checkup-browser-ok = { $names }: { $value } of the processor
checkup-browser-ok-none = No web browser is running
checkup-browser-by-hand = Look at the task manager of the browser (Shift+Esc, or about:processes in Firefox)
checkup-saw-browser-windowless = { $name } runs although no window of it is open
checkup-saw-browser-since = { $name } has been running for { $duration }
checkup-saw-browser-restores = { $name } is set to open its last pages again at each start
checkup-saw-browser-starts-empty = { $name } is not set to open its last pages again

checkup-mining-title = Signs of secret mining
checkup-mining-ok = No signs of secret mining were seen
checkup-mining-by-hand = Close all web sites and look whether the PC gets quiet
checkup-saw-programs = { $number ->
    [one] Looked at 1 program
   *[other] Looked at { $number } programs
}
checkup-saw-learning = This PC has been watched for { $duration } so far, so new programs cannot be told from old ones yet
checkup-saw-unwatched = Nothing was recorded on this PC, so new programs cannot be told from old ones
checkup-saw-unseen = The system hides some programs from this user

checkup-startup-title = Programs that start with the PC
checkup-startup-ok = { $number ->
    [one] 1 program starts with the PC, and it is not new
   *[other] { $number } programs start with the PC, and none of them is new
}
checkup-startup-ok-new = { $number ->
    [one] 1 program starts with the PC, and it is new
   *[other] { $number } programs start with the PC; new among them: { $new }
}
checkup-startup-ok-unwatched = { $number ->
    [one] 1 program starts with the PC. Whether it is new is not known: nothing was recorded
   *[other] { $number } programs start with the PC. Which are new is not known: nothing was recorded
}
checkup-startup-by-hand = Look at the startup apps in the settings of the system
checkup-startup-new-next = Ask yourself whether you know the new ones
checkup-saw-startup-new = { $name }: first seen on { $date }

checkup-restart-title = Uptime and restart
checkup-restart-ok = Running for { $duration } without a restart
checkup-restart-by-hand = If you have not restarted the PC for two weeks, do it when it suits you
checkup-saw-restart-pending = An update waits for a restart
checkup-saw-restart-not-pending = No update waits for a restart
checkup-saw-restart-unknown = Whether an update waits for a restart is not known
checkup-saw-fast-startup = Fast startup is on: shutting down is no restart, so choose Restart

checkup-updates-title = Updates of system and browser
checkup-updates-ok = The system last looked for updates { $duration } ago
checkup-updates-ok-windows = Windows last installed an update { $duration } ago
checkup-updates-by-hand = Look for updates in the settings of the system, and under About in the browser
checkup-saw-packages = Packages were last installed, updated or removed { $duration } ago
checkup-saw-browser-age = { $name }: its program file is { $duration } old

checkup-antivirus-title = Antivirus
checkup-antivirus-ok = Windows reports that the antivirus is on and up to date
checkup-antivirus-ok-running = Running: { $names }
checkup-antivirus-none = The system does not tell of an antivirus, and none that Mimamori knows was seen running
checkup-antivirus-look-list = The list of known viruses is { $duration } old
checkup-antivirus-update-list = Let the antivirus update its list, or ask your helpdesk
checkup-antivirus-by-hand = Ask your helpdesk whether this PC should have an antivirus
checkup-saw-edr = Protection by your company is running: { $names }
checkup-saw-antivirus = Antivirus is running: { $names }
checkup-saw-protection-idle = Installed, but not seen running: { $names }
checkup-saw-virus-list = The list of known viruses was updated { $duration } ago

checkup-ad_blocking-title = Advertisements and https
checkup-ad_blocking-ok = Blocks advertisements: { $names }
checkup-ad_blocking-ok-without = Blocks no advertisements, as far as can be seen: { $names }. That is no fault
checkup-ad_blocking-none = Not known: no web browser is running
checkup-ad_blocking-unread = Not known: the extensions of { $names } cannot be read
checkup-ad_blocking-advice = If advertisements bother you, ask your helpdesk for a blocker
checkup-ad_blocking-by-hand = Open the browser and run this check again, or look at its extensions
checkup-saw-https-only = { $name } warns before pages without https
checkup-saw-https-not-only = { $name } is not set to warn before every page without https

checkup-sudden_stops-title = Sudden power-offs
checkup-sudden_stops-ok = The PC has not gone off without a shutdown in the { $duration } since recording began
checkup-sudden_stops-ok-past = { $number ->
    [0] The PC has not gone off without a shutdown in the last 30 days
   *[other] The PC went off without a shutdown once in the last 30 days
}
checkup-sudden_stops-look = The PC went off without a shutdown { $number } times in the last 30 days
checkup-sudden_stops-unwatched = Not known: nothing was recorded on this PC
checkup-sudden_stops-next = Tell your helpdesk when it happened and what you were doing
checkup-sudden_stops-by-hand = Choose in Settings to keep watching in the background, and note when it happens
checkup-saw-last-stop = Last on { $date }

checkup-power-title = Power
checkup-power-ok = On mains power, with no power saving mode
checkup-power-ok-battery = On battery, with no power saving mode
checkup-power-ok-saver = A power saving mode is on; there is no work now that it holds back
checkup-power-ok-none = The system tells of no battery and no power saving mode
checkup-power-by-hand = Look at the power mode in the settings of the system

checkup-windows-title = Windows that do not respond
checkup-windows-ok = No window is seen that does not respond
checkup-windows-moment = A window has not responded for a moment
checkup-windows-by-hand = Click into the window that seems to hang and wait a minute

checkup-network-title = Network
checkup-network-ok = Receiving { $received }, sending { $sent }
checkup-network-by-hand = Look at the network in Task Manager or the system monitor
checkup-saw-network = { $name }: { $value }

checkup-commit-title = Swap and commit memory
checkup-commit-ok = { $used } of { $total } swap is in use
checkup-commit-ok-windows = { $used } of { $total } commit memory is in use
checkup-commit-none = There is no swap: when the memory is full, programs end
checkup-commit-by-hand = Look at the memory in Task Manager or the system monitor

checkup-graphics-title = Graphics processor
checkup-graphics-ok = { $value } of the graphics processor is in use
checkup-graphics-by-hand = Look at the GPU in Task Manager or the system monitor, if the PC has one
checkup-saw-graphics = { $name }: { $value } of the graphics processor
