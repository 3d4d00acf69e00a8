# Findings: what was seen, what it may mean, what to do. Figures come in as text, already rounded, with their units.
# Never "infected", never blame, never a guess as a fact. A to-do is one step a person can take.

cpu_hog-headline = { $name } keeps using { $cpu } of this PC
cpu_hog-meaning = It may be working on something large, or it may be stuck. Other programs may have to wait for it. A long calculation, a video export or a game would be normal.
cpu_hog-todo-1 = If you are not waiting for a result from { $name }, close it
cpu_hog-todo-2 = If you do not know this program, note its name and ask your helpdesk
cpu_hog-todo-known-1 = { $advice }
cpu_hog-todo-passing-1 = { $advice }
cpu_hog-todo-passing-2 = If you are not waiting for a result, you can also save your work and close { $name }
cpu_hog-todo-close-1 = { $advice }
cpu_hog-todo-close-2 = If you do not know why it is on this PC, ask your helpdesk
cpu_hog-todo-others-1 = Wait some minutes: { $name } cannot be closed from here, but it may end by itself
cpu_hog-todo-others-2 = If it goes on and nobody who uses this PC knows { $name }, note its name and ask your helpdesk
cpu_hog-limits = Mimamori sees how much a program computes, not what it computes.

browser_load-headline = { $name } keeps using { $cpu } of this PC
browser_load-meaning = One of the open pages may be computing all the time. A video, an online meeting or a game in a page would be normal. Hidden coin mining in a page looks like this too.
browser_load-todo-1 = Close the pages you do not need, or close { $name } completely
browser_load-todo-2 = To find the page: press Shift+Esc in Chrome or Edge, or open about:processes in Firefox
browser_load-todo-3 = If the load comes back with the same page, tell your helpdesk its address
browser_load-todo-others-1 = Ask whoever uses { $name } on this PC to close the pages that are not needed
browser_load-todo-others-2 = If nobody uses it, ask your helpdesk
browser_load-limits = Mimamori cannot see which page it is, and never reads addresses or titles.

memory_pressure-headline = Memory is nearly used up: { $memory } in use, { $name } holds { $program_memory }
memory_pressure-headline-machine = Memory is nearly used up: { $memory } in use
memory_pressure-headline-reserved = Memory is nearly used up: { $memory } in use, { $reserved } of it is set apart by the system
memory_pressure-meaning = The PC may have to make room all the time, so everything can be slow or stop for moments, and a program may fail to start. Large files or many open windows are the usual reason; a program can also hold more and more without need.
memory_pressure-todo-1 = Save your work, then close { $name } or the large files in it
memory_pressure-todo-2 = If it fills up again without a reason, restart the PC
memory_pressure-todo-protected-1 = { $advice }
memory_pressure-todo-protected-2 = If it fills up again without a reason, restart the PC
memory_pressure-todo-others-1 = Save your work, then close programs of your own that you do not need: { $name } cannot be closed from here
memory_pressure-todo-others-2 = If it fills up again, ask your helpdesk about { $name }
memory_pressure-todo-shut_down-1 = { $advice }
memory_pressure-todo-shut_down-2 = If it must go on running, close other programs that you do not need
memory_pressure-meaning-reserved = A setting of this PC keeps that part as huge pages, for programs that ask for them, such as databases and virtual machines. All others must do with the rest, whatever is closed.
memory_pressure-todo-reserved-1 = Ask the person who looks after this PC whether the huge pages (vm.nr_hugepages) are still needed
memory_pressure-todo-reserved-2 = Until then, close windows and browser pages you do not need
memory_pressure-todo-machine-1 = Save your work, then close windows and browser pages you do not need
memory_pressure-todo-machine-2 = If it does not help, restart the PC
memory_pressure-limits = Memory that programs share is counted once for each of them, so the list can add up to more than the total.

disk_nearly_full-headline = { $name } is nearly full: { $free } left
disk_nearly_full-headline-removable = { $name }, which can be unplugged, is nearly full: { $free } left
disk_nearly_full-headline-network = The network drive { $name } is nearly full: { $free } left
disk_nearly_full-headline-account = The online storage shown as { $name } is nearly full: { $free } left
disk_nearly_full-meaning-removable = There is little room on it for new files. The disks of this PC are not affected, and it does not make the PC slow.
disk_nearly_full-meaning-network = There is little room on it for new files. It is storage of another computer: the disks of this PC are not affected, and it does not make the PC slow.
disk_nearly_full-meaning-account = It is an account with a storage service and no disk of this PC: new files may not be uploaded, but the PC does not get slow from it.
disk_nearly_full-meaning = Programs may fail to save, and updates may not install. Old downloads, the recycle bin and mail archives are the usual reason.
disk_nearly_full-todo-1 = Empty the recycle bin and delete downloads you no longer need
disk_nearly_full-todo-2 = Move large files to the place your company uses for them
disk_nearly_full-todo-3 = If you cannot find what to remove, ask your helpdesk
disk_nearly_full-todo-removable-1 = Delete or move files on it that you no longer need
disk_nearly_full-todo-network-1 = Delete files there that you no longer need, or ask your helpdesk for more room
disk_nearly_full-todo-account-1 = Delete files in the account that you no longer need and empty its recycle bin, or ask your helpdesk for more room
disk_nearly_full-meaning-boot = What this PC starts with lies on it, mostly old versions of the core of the system (kernels). Updates may not install. It does not make the PC slow.
disk_nearly_full-todo-boot-1 = Remove old kernels as your system does it (on Debian and Ubuntu: sudo apt autoremove --purge), or ask your helpdesk; delete nothing there by hand
disk_nearly_full-limits = Mimamori does not look into your folders; it only sees how much is free.

disk_shrinking-headline = { $name } is filling up fast: { $lost } in { $duration }
disk_shrinking-headline-days = { $name } lost { $lost } in { $duration }
disk_shrinking-meaning = Something is writing a lot of data: a copy, a download, an update or a backup would be normal. A program that writes its log without end would not be.
disk_shrinking-meaning-program = Of the programs that can be seen, { $program } read and wrote most meanwhile. A copy, a download, an update or a backup would be normal. A program that writes without end would not be.
disk_shrinking-meaning-writes = Of the programs that can be seen, { $program } wrote most meanwhile. A copy, a download, an update or a backup would be normal. A program that writes without end would not be.
disk_shrinking-meaning-days = Updates, mail that is kept and files that were saved would be normal.
disk_shrinking-meaning-days-wrote = Of the programs that can be seen, { $program } wrote most in that time. Updates, mail that is kept and files that were saved would be normal.
disk_shrinking-todo-days-1 = Look for large files you no longer need: downloads, videos, old copies
disk_shrinking-todo-days-2 = If you cannot explain it, ask your helpdesk
disk_shrinking-todo-1 = If you are copying or downloading something large, wait until it ends
disk_shrinking-todo-2 = If not, close the program that writes, or ask your helpdesk
disk_shrinking-todo-others-1 = If you are copying or downloading something large, wait until it ends
disk_shrinking-todo-others-2 = If not, ask your helpdesk or whoever else uses this PC: { $program } cannot be closed from here
disk_shrinking-limits = Which file grows is not visible without looking into your folders. How much a program writes is known for all disks together.

hot-headline = This PC is hot: { $temperature }
hot-headline-estimate = The fan has to work hard (estimated): { $fan_effort }
hot-meaning = Under load a PC gets warm, but this is a lot. When it gets too hot it slows itself down or switches off. Blocked air or dust is the usual reason.
hot-todo-1 = Make sure the air openings are free, and that the PC does not stand on a soft surface
hot-todo-2 = Close the program that uses most of the PC (see the list)
hot-todo-3 = If the fan stays loud for days, ask your helpdesk to have it cleaned
hot-limits = The temperature is what the PC reports; it can be a few degrees off.
hot-limits-estimate = This PC gives no usable temperature. The value is an estimate from load and clock speed, not a measurement.

hot_but_idle-headline = This PC is hot although little is running: { $temperature } at { $cpu } load
hot_but_idle-headline-estimate = The fan has to work hard although little is running (estimated): { $fan_effort }
hot_but_idle-headline-fan = The fan turns at { $fan_speed } although little is running; this PC usually has { $usual_fan_speed } at rest
hot_but_idle-headline-still = The fan turns at { $fan_speed } although little is running; at rest it usually stands still
hot_but_idle-meaning-fan = The processor has little to do. The cooling may be blocked by dust, the room may be very warm, or a graphics processor that cannot be read here may be busy. A louder cooling mode in the settings of the PC would be normal.
hot_but_idle-meaning = The processor has little to do. The cooling may be blocked by dust, the room may be very warm, or a graphics processor that cannot be read here may be busy.
hot_but_idle-todo-1 = Make sure the air openings are free, and that the PC does not stand on a soft surface or in the sun
hot_but_idle-todo-2 = Ask your helpdesk to have the fan looked at
hot_but_idle-limits = What the load should give is an estimate for a usual office PC; yours may normally be warmer.
hot_but_idle-limits-fan = What is usual was learned from the last days of this PC. Of several fans it is the fastest one; how loud it is cannot be measured.

known_busy-headline = { $name } is busy, and that is normal: { $cpu } of this PC
known_busy-meaning = { $reason }
known_busy-todo-1 = Nothing to do: let it finish
known_busy-todo-wait-1 = Nothing to do: let it finish
known_busy-todo-known-1 = Nothing to do: let it finish
known_busy-todo-known-2 = { $advice }
known_busy-limits = Mimamori knows the program by its name and folder, not by its signature.
known_busy-reason-update = It is preparing or installing updates. That usually takes up to { $minutes } minutes; do not switch the PC off meanwhile.
known_busy-reason-virus_scan = It is checking files for malware. That usually takes up to { $minutes } minutes.
known_busy-reason-indexing = It is preparing the search for files. That usually takes up to { $minutes } minutes after new files or mail.
known_busy-reason-sync = It is bringing files up to date in two places. That usually takes up to { $minutes } minutes after many changes.
known_busy-reason-meeting = An online meeting with video needs a lot of computing. It ends with the meeting; turning your own video off helps.
known_busy-reason-backup = It is making a safety copy. That usually takes up to { $minutes } minutes.
known_busy-reason-maintenance = It is tidying up the system. That usually takes up to { $minutes } minutes and gives way when you work.
known_busy-reason-install = It is installing a program. That usually takes up to { $minutes } minutes.
known_busy-reason-telemetry = It is collecting how this PC is used, to tell its maker. That usually takes up to { $minutes } minutes.
known_busy-reason-optimising = It is preparing programs so that they run faster, as happens after updates. That usually takes up to { $minutes } minutes.
known_busy-reason-printing = It is preparing a print. That usually takes up to { $minutes } minutes; documents full of pictures take longest.
known_busy-reason-virtual_machine = A second PC is running inside this one. It ends when that one is shut down.
known_busy-reason-input_method = It is tidying up the dictionary for typing. That usually takes up to { $minutes } minutes.
known_busy-reason-work = It is doing heavy work that somebody started, such as converting a video or building software. That usually takes up to { $minutes } minutes.
known_busy-reason-game = A game needs a lot of computing. It ends with the game.

all_well-headline = This PC is fine
all_well-meaning = Nothing is holding it back right now: { $cpu } of the processor and { $memory } of the memory are in use.
all_well-todo-1 = Nothing to do
all_well-limits = This is what was seen in { $duration }. A slow network or a slow web site is not visible here.

# Programs of the list: what they are, and what to do when they make the PC slow (`do` in programs.toml).
known-what = What { $name } is: { $what }
known-what-usual = What { $name } usually is: { $what }
advice-wait = Wait a while: this usually passes by itself; if it does not, tell your helpdesk
advice-wait-minutes = It usually ends within { $minutes } minutes: wait, and tell your helpdesk if it takes longer
advice-close = If you do not need { $name } right now, close it or what is open in it
advice-shut_down = If you do not need what runs inside { $name }, shut it down there: only then its memory comes back. For WSL, type "wsl --shutdown" in a terminal
advice-close-others = Close windows and programs that you do not need right now
advice-restart = Start { $name } again; if you cannot, save your work and restart the PC
advice-ask = If you started { $name } yourself, let it finish; if not, ask whoever uses this PC, or your helpdesk
advice-ask-others = Ask whoever uses { $name } on this PC, or your helpdesk: it cannot be closed from here
advice-helpdesk = Ask your helpdesk about { $name }
advice-nothing = Leave { $name } as it is; if the PC stays slow, save your work and restart it

saw-program_cpu = { $name }: { $value } of the processor for { $duration }
saw-total_cpu = Processor in use: { $value }
saw-busiest_part_cpu = Its busiest part alone: { $value }
saw-parts = { $number ->
    [one] 1 part
   *[other] { $number } parts
}
saw-memory_used = Memory in use: { $value }
saw-program_memory = { $name } holds { $value } of the memory
saw-reserved_memory = Set apart as huge pages: { $value }
saw-swap_used = Reserve of memory (swap) in use: { $value }
saw-commit_used = Memory given out: { $value } of the limit
saw-memory_stall = Programs waited for memory { $value } of the time
saw-free_share = Free: { $value } of the disk
saw-free_bytes = Free: { $value }
saw-lost_bytes = { $value } less free in { $duration }
saw-hours_to_full = At this pace full in { $value }
saw-temperature = Temperature: { $value }
saw-expected_temperature = This load normally gives about { $value } (estimated)
saw-fan_effort = Fan effort: { $value } (estimated)
saw-throttle_events = { $number ->
    [one] Slowed down by heat once within { $duration }
   *[other] Slowed down by heat { $number } times within { $duration }
}

severity-ok = Fine
severity-note = Note
severity-look = Look
severity-act = Act
confidence-low = seen only briefly
confidence-medium = fairly sure
confidence-high = sure
since = since { $time }, for { $duration }
since-over = last seen running at { $time }, { $duration } ago

fan-speed = { $number } rpm

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min
duration-hours = { $hours } h
duration-hours-minutes = { $hours } h { $minutes } min
duration-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
