# More causes, and the signs of secret mining. Same rules as in findings.ftl.

secret_mining-headline = { $name } shows unusual signs and uses { $cpu } of this PC: worth a look
secret_mining-headline-alarm = { $name } may be mining coins in secret: { $cpu } of this PC for { $duration }
secret_mining-headline-gpu = { $name } shows unusual signs and uses { $program_gpu } of the graphics processor: worth a look
secret_mining-headline-alarm-gpu = { $name } may be mining coins in secret: { $program_gpu } of the graphics processor for { $duration }
secret_mining-headline-quiet = { $name } showed unusual signs and used { $cpu } of this PC: worth a look
secret_mining-headline-gpu-quiet = { $name } showed unusual signs and used { $program_gpu } of the graphics processor: worth a look
secret_mining-headline-alarm-quiet = { $name } may have been mining coins in secret: { $cpu } of this PC for { $duration }
secret_mining-headline-alarm-gpu-quiet = { $name } may have been mining coins in secret: { $program_gpu } of the graphics processor for { $duration }
secret_mining-meaning = Several things about it are unusual. A program of your own, a test or a new tool can look like this too.
secret_mining-meaning-alarm = What was seen fits a program that mines digital coins for somebody else. It is not proof: only your IT department can look into the program.
secret_mining-todo-1 = If you do not know this program, tell your helpdesk its name and folder
secret_mining-todo-2 = If you know it and started it, mark it as your work
secret_mining-todo-others-1 = Note its name and folder and ask your helpdesk: it cannot be closed from here
secret_mining-todo-others-2 = If somebody who uses this PC started it for their work, it is theirs to say so
secret_mining-todo-alarm-1 = Show this page to your helpdesk or IT department before you delete anything
secret_mining-todo-alarm-2 = Close the program here, and see whether it comes back
secret_mining-todo-alarm-3 = If it is your own work, mark it as such
secret_mining-todo-alarm-others-1 = Show this page to your helpdesk or IT department before you delete anything
secret_mining-todo-alarm-others-2 = Leave it to them to end the program: it cannot be closed from here
secret_mining-limits = Mimamori does not look into files or memory and does not ask other servers; your virus protection does that.

web_page_load-headline = A web page in { $name } keeps this PC busy steadily: { $cpu }
web_page_load-headline-window = { $name } has no window open and still uses { $cpu } of this PC
web_page_load-meaning = One page computes without a break and hardly uses the network. A game or an animation would be normal. Hidden coin mining in a page looks like this too.
web_page_load-meaning-window = A small window may be hidden behind others, or a page goes on after its window was closed. An extension of the browser can do that too.
web_page_load-todo-1 = Close all pages, and do not restore them when the browser asks
web_page_load-todo-2 = To find the page first: press Shift+Esc in Chrome or Edge, or open about:processes in Firefox
web_page_load-todo-3 = If it comes back with the same page, tell your helpdesk its address
web_page_load-todo-others-1 = Ask whoever uses { $name } on this PC to close all pages and not to restore them
web_page_load-todo-others-2 = If nobody uses it, ask your helpdesk
web_page_load-limits = Mimamori cannot see which page it is, and never reads addresses or titles.

came_back-headline = { $name } came back after it was closed
came_back-headline-parent = { $name } came back after it was closed, started by { $parent }
came_back-meaning = Something started it again. A service or a helper of the same program, or somebody who opened it, would be normal. It can also be something nobody wants.
came_back-meaning-each = Something starts it again each time. A service or a helper of the same program, or somebody who opens it, would be normal. It can also be something nobody wants.
came_back-todo-1 = If it belongs to a program you use, close that program instead
came_back-todo-2 = If you do not know it, tell your helpdesk its name and what started it
came_back-limits = Mimamori sees which program started it, not why.

many_small-headline = Many programs together keep using { $cpu } of this PC
many_small-meaning = No single program stands out. After a start or an update this is common and passes within minutes.
many_small-todo-1 = Close programs you do not need right now
many_small-todo-2 = If it stays like this for 15 minutes, restart the PC
many_small-limits = Mimamori sees how much a program computes, not what it computes.

unattributed_load-headline = { $cpu } of this PC is used by nothing that can be named
unattributed_load-headline-steady = This PC computes steadily: { $cpu } for { $duration }
unattributed_load-meaning = It can be programs that live only for moments, the system itself, on a virtual PC its host, or programs of other users that are not shown here. Installing something or compiling would be normal.
unattributed_load-meaning-steady = The load does not move. A long calculation, a test or a video export looks like this, and so does coin mining. Which program it is was not recorded.
unattributed_load-todo-1 = Wait some minutes: it often passes
unattributed_load-todo-2 = If it stays, restart the PC; if it is there again, ask your helpdesk
unattributed_load-limits = What ends between two looks cannot always be named afterwards.

full_load-headline = This PC is fully busy: { $cpu }
full_load-headline-program = This PC is fully busy: { $cpu }. { $program } has the largest part, { $part }
full_load-meaning = Everything on this PC has to wait for its turn. After a start, an update or an opened document that is normal for a while.
full_load-todo-1 = Wait a minute, and look again
full_load-todo-2 = If it stays, close programs you do not need, the largest first
full_load-limits = What the programs are working at is not visible.
host_busy-headline = The host of this virtual PC takes { $stolen } of its processors
host_busy-meaning = This is a virtual PC. The computer it runs on gives part of the processor time to others, or this virtual PC has used up its share. No program here is the cause, and closing programs helps only a little.
host_busy-todo-1 = Wait a moment: it often passes when others have finished their work
host_busy-todo-2 = If it stays, ask your helpdesk to look at the load of the host, and name the time
host_busy-limits = What the host does with that time cannot be seen from here.
device_load-headline = A device keeps the processor busy: { $interrupts }
device_load-meaning = The processor spends much of its time answering devices. A faulty or new USB device, a docking station or a driver is the usual reason.
device_load-todo-1 = Unplug USB devices and the docking station one after the other, and see when it gets better
device_load-todo-2 = If nothing helps, ask your helpdesk to look at the drivers
device_load-meaning-virtual = The processor spends much of its time answering devices. This is a virtual PC: its devices, such as network and disk, are provided by its host. Much traffic or a driver is the usual reason.
device_load-todo-virtual-1 = Wait some minutes if something large is being copied or sent
device_load-todo-virtual-2 = If it stays, ask your helpdesk to look at the drivers and at the host of this virtual PC
device_load-limits = Which device it is cannot be seen without a special tool of the IT department.

memory_growth-headline = { $name } holds more and more memory: { $grown } more in { $duration }
memory_growth-meaning = A program that grows for so long without giving anything back may have a fault. Opening larger and larger files would be normal.
memory_growth-todo-1 = Save your work, close { $name } and open it again
memory_growth-todo-2 = If it happens every day, tell your helpdesk: an update may mend it
memory_growth-todo-protected-1 = { $advice }
memory_growth-todo-protected-2 = If it happens every day, tell your helpdesk: an update may mend it
memory_growth-todo-others-1 = Tell your helpdesk that { $name } holds more and more memory: it cannot be closed from here
memory_growth-todo-others-2 = If the PC gets slow, close programs of your own that you do not need
memory_growth-todo-shut_down-1 = { $advice }
memory_growth-todo-shut_down-2 = If it happens every day, give it less memory in its settings, or ask your helpdesk
memory_growth-limits = Mimamori sees how much memory a program holds, not what for.

paging-headline = The PC is short of memory: { $swap } of the reserve (swap) is in use
paging-headline-moved = Memory is being moved to the reserve (swap): { $moved } in { $duration }
paging-headline-commit = Windows has given out nearly all the memory it can: { $commit }
paging-meaning = The reserve is nearly full, and programs wait for memory or hardly any is left. Everything can get slow, and the system may end programs.
paging-meaning-moved = The system makes room by moving parts of programs to the reserve, which usually lies on the disk. Going back to them takes a while, and everything can get slow.
paging-meaning-compressed = The system makes room by compressing parts of programs. No disk is involved, so it is quick, but it costs processor time, and what cannot be compressed further finds no place. Everything can get slow.
paging-meaning-commit = Programs are promised memory before they use it, and the limit is installed memory plus the paging file. Near the limit a program may fail to start or end without warning. The PC need not be slow meanwhile.
paging-todo-1 = Save your work, then close large programs and browser pages you do not need
paging-todo-2 = If it does not get better, restart the PC
paging-limits = A reserve that was filled long ago slows nothing down; what matters is how it changes and whether memory is missed.
paging-limits-commit = Windows may raise the limit by itself by making the paging file larger; whether it will is not known.

disk_busy-headline = The disk works without a break: busy { $disk_busy } of the time
disk_busy-headline-program = The disk works without a break, and { $program } uses it most
disk_busy-meaning = Meanwhile opening and saving can take long. A copy, an update, a virus scan or the start of the PC would be normal.
disk_busy-todo-1 = If you are copying something large, wait until it ends
disk_busy-todo-2 = If it is like this every day, ask your helpdesk: the disk may be too slow or failing
disk_busy-todo-known-1 = If you are copying something large, wait until it ends
disk_busy-todo-known-2 = { $advice }
disk_busy-todo-known-3 = If it is like this every day, ask your helpdesk: the disk may be too slow or failing
disk_busy-limits = Which files are read or written is not visible.

slow_volume-headline = { $name } has not answered for { $duration }
slow_volume-headline-network = The network drive { $name } has not answered for { $duration }
slow_volume-headline-account = { $name }, which shows an online storage account, has not answered for { $duration }
slow_volume-headline-provided = The folder { $name }, which a program provides, has not answered for { $duration }
slow_volume-headline-machine = A drive has not answered for { $duration }
slow_volume-meaning = It can be a disk that takes long to wake up, one with a loose plug, or one that fails. Programs that use it stop until it answers.
slow_volume-meaning-network = The other computer may be switched off, or the way to it (network, VPN, Wi-Fi) interrupted. Programs that use the drive stop until it answers. The disks of this PC are not affected.
slow_volume-meaning-account = The service or the way to it (internet, VPN) may be interrupted, or its program on this PC may hang. Programs that use the drive stop until it answers. The disks of this PC are not affected.
slow_volume-meaning-provided = The program behind it has ended or hangs. Programs that use the folder stop until it answers. The disks of this PC are not affected.
slow_volume-todo-1 = Unplug USB drives you do not need, and see that the plugs of the others sit firmly
slow_volume-todo-2 = Save your work to another place, and ask your helpdesk
slow_volume-meaning-virtual = This is a virtual PC: the storage that its host provides may be overloaded or failing. Programs that use it stop until it answers.
slow_volume-todo-virtual-1 = Save your work to another place, and ask your helpdesk to look at the storage of the host
slow_volume-todo-network-1 = See whether this PC is connected to the network, and to the VPN if you need one for this drive
slow_volume-todo-network-2 = Save your work to another place, and ask your helpdesk whether the server runs
slow_volume-todo-account-1 = See whether this PC is online
slow_volume-todo-account-2 = Restart the program of that storage service, or ask your helpdesk
slow_volume-todo-provided-1 = Restart the program that provides the folder, or ask your helpdesk
slow_volume-limits = Why it does not answer is not visible from here.
slow_volume-limits-machine = Which drive it is is only known when it answers.

network_busy-headline = The network is busy: { $network }
network_busy-headline-program = { $program } receives { $program_network } and keeps the network busy
network_busy-headline-sends = { $program } sends { $program_network } and keeps the network busy
network_busy-meaning = Something large is being fetched or sent. Web pages and meetings can be slow meanwhile.
network_busy-todo-1 = Wait for the download, update or backup to end
network_busy-todo-program-1 = Wait until { $program } is done, or pause it there if you need the network now
network_busy-todo-others-1 = Wait until { $program } is done
network_busy-todo-others-2 = If you need the network now, ask whoever uses { $program } on this PC, or your helpdesk
network_busy-todo-known-1 = Wait until { $program } is done, or pause it there if you need the network now
network_busy-todo-known-2 = { $advice }
network_busy-limits = Which program uses the network is not always known: Windows tells it only to administrators, and on Linux only TCP connections of your own programs are counted.
network_busy-limits-program = Only TCP connections of your own programs are counted. Video calls and other transfers over UDP (QUIC, HTTP/3) belong to no program here.

slowed_by_heat-headline = The processor slows itself down because of heat
slowed_by_heat-meaning = It got too hot while working and protects itself. Blocked air, dust or a warm place is the usual reason.
slowed_by_heat-todo-1 = Make sure the air openings are free, and that the PC does not stand on a soft surface
slowed_by_heat-todo-2 = If it happens again, ask your helpdesk to have the fan cleaned
slowed_by_heat-limits = How much slower it is cannot be said exactly.

power_limited-headline = Saving power holds this PC back
power_limited-meaning = There is a lot to do ({ $cpu }), but a power saving mode is on. The PC is not running from its battery.
power_limited-meaning-battery = There is a lot to do ({ $cpu }), but a power saving mode or the battery keeps the processor slow.
power_limited-todo-1 = Switch the power mode to balanced or better in the settings of the system
power_limited-todo-battery-1 = Plug in the power cable
power_limited-todo-battery-2 = Switch the power mode to balanced or better in the settings of the system
power_limited-limits = Some companies set the power mode for everyone; then your helpdesk can tell you more.

gpu_busy-headline = The graphics processor is busy: { $gpu }
gpu_busy-headline-program = { $program } uses { $program_gpu } of the graphics processor
gpu_busy-meaning = A video call, a game, drawing or a calculation uses it. If nobody is using this PC, it is worth a look.
gpu_busy-todo-1 = If you are not playing, drawing or calling, close programs one after the other and see when it falls
gpu_busy-todo-program-1 = If you do not need what { $program } is doing now, end it there
gpu_busy-todo-others-1 = Ask whoever uses { $program } on this PC whether it is needed now, or ask your helpdesk
gpu_busy-todo-known-1 = If you do not need what { $program } is doing now, end it there
gpu_busy-todo-known-2 = { $advice }
gpu_busy-limits = Which program uses it is known only where the system counts it, and told only when one uses much of it.
gpu_busy-limits-program = What { $program } uses it for is not visible. On Linux programs of other people are not counted.

not_responding-headline = { $name } has not answered for { $duration }
not_responding-meaning = It may be waiting for a file, a server or a question hidden behind another window; or it is stuck.
not_responding-todo-1 = Wait a minute, and look for a question behind other windows
not_responding-todo-2 = If it still does not answer, close it here; what was not saved is lost
not_responding-todo-protected-1 = Wait a minute: it often answers again
not_responding-todo-protected-2 = If it still does not answer, save what you can and restart the PC
not_responding-todo-others-1 = Wait a minute: it often answers again
not_responding-todo-others-2 = If it still does not answer, ask your helpdesk: it cannot be closed from here
not_responding-limits = Whether it is stuck for good cannot be known.

long_uptime-headline = Not restarted for { $days } days
long_uptime-meaning = Programs and drivers collect leftovers over time. A restart once a week keeps a PC quick.
long_uptime-meaning-kept = Shutting down is not enough on this PC: with fast start-up Windows keeps its core asleep. Only Restart begins anew.
long_uptime-todo-1 = Restart the PC when it suits you
long_uptime-limits = A PC that is up for long is not slow for that reason alone.

restart_pending-headline = Updates are waiting for a restart
restart_pending-meaning = Until then parts of the system are old and new at the same time, which can make it slow and leaves known gaps open.
restart_pending-todo-1 = Save your work and restart the PC today
restart_pending-limits = How long the restart takes depends on the updates.

catching_up-headline = This PC is catching up after its start
catching_up-headline-woken = This PC is catching up after it woke up
catching_up-meaning = After a start, programs that start by themselves, mail, updates and virus protection work all at once ({ $cpu }). This passes within minutes.
catching_up-meaning-woken = After sleep, mail, updates and virus protection work all at once ({ $cpu }). This passes within minutes.
catching_up-todo-1 = Wait five minutes before you judge
catching_up-limits = If it lasts longer, the reason is told here.

antivirus_off-headline = Virus protection needs attention
antivirus_off-headline-alarm = Virus protection is off
antivirus_off-meaning = Windows says that the protection against malware is switched off, paused or out of date.
antivirus_off-todo-1 = Open Windows Security and follow what it says
antivirus_off-todo-2 = If you cannot switch it on, ask your helpdesk today
antivirus_off-limits = This is what Windows reports; some protection products report late after a start.

updates_old-headline = This PC has not looked for updates for { $days } days
updates_old-headline-installed = No update has been installed for { $days } days
updates_old-meaning = Updates close known gaps and mend faults. Whether any are missing shows only when the PC looks for them.
updates_old-meaning-installed = Windows gets updates each month; they close known gaps and mend faults. Where a company decides when updates come, a delay of some weeks is normal.
updates_old-todo-1 = Look for updates in the settings of the system, or ask your helpdesk
updates_old-limits = Only the time of the last look is known, not what is missing.
updates_old-limits-installed = Only the date of the last update of Windows itself is known, not why none was installed since.

browser_update-headline = { $name } was updated and needs to be opened anew
browser_update-meaning = The old version goes on until all its windows are closed. The new one closes known gaps.
browser_update-todo-1 = Close all windows of { $name } and open it again
browser_update-limits = What the update changes is not known here.

new_autostart-headline = { $name } starts with this PC from now on
new_autostart-headline-look = { $name } starts with this PC from now on, from an unusual place
new_autostart-meaning = It was not in the list of what starts by itself before. That is usual after something was installed or updated. Unwanted programs add themselves there too.
new_autostart-headline-named = { $name } starts with this PC from now on and has the name of a known mining program
new_autostart-meaning-named = It was not in the list of what starts by itself before, and its file has the name of a known coin mining program. A name alone proves nothing; ask before you let it start.
new_autostart-meaning-look = It was not in the list of what starts by itself before, and its file is not where installed programs are. Company tools sometimes do that; unwanted programs do it often.
new_autostart-todo-1 = If you have just installed or updated something, that is it: nothing to do
new_autostart-todo-2 = If you do not know { $name }, tell your helpdesk its name and its file
new_autostart-todo-look-1 = If you do not know { $name }, tell your helpdesk its name and its file
new_autostart-todo-look-2 = If you or your company have just installed it, that is it: nothing to do
new_autostart-limits = What the program does is not known here. Scheduled tasks are not looked at.

sudden_stop-headline = This PC turned off without being shut down
sudden_stop-headline-button = This PC was switched off by holding the power button
sudden_stop-headline-error = Windows stopped itself because of an error
sudden_stop-meaning = Power was lost, or the PC hung and was switched off. What was not saved may be lost. A power cut, a loose plug or an empty battery can do that, and so can heat or a failing part.
sudden_stop-meaning-button = People mostly do this when a PC no longer responds. What was not saved may be lost.
sudden_stop-meaning-error = Windows ran into an error and could not continue. What was not saved may be lost. A driver, an update or a failing part can be the cause.
sudden_stop-todo-1 = Open what you worked on last and see whether anything is missing
sudden_stop-todo-2 = Check that the power cable is firmly plugged in at both ends
sudden_stop-todo-3 = If it happens again, tell your helpdesk when it was. History may show what was busy then
sudden_stop-todo-button-1 = Open what you worked on last and see whether anything is missing
sudden_stop-todo-button-2 = If the PC stops responding again, tell your helpdesk when it was. History may show what was busy then
sudden_stop-todo-error-1 = Open what you worked on last and see whether anything is missing
sudden_stop-todo-error-2 = If it happens again, tell your helpdesk when it was, and the error code
sudden_stop-limits = Why it turned off is not known here: the system has noted only that there was no shutdown.
sudden_stop-limits-button = Why the button was held is not known here.
sudden_stop-limits-error = What led to the error is not known here.

browser_old-headline = { $name } is { $days } days old
browser_old-meaning = Browsers get updates at least each month, and many of them close gaps that pages and advertisements misuse. This one has probably missed some. Where a company checks updates before it gives them out, some weeks of delay are normal.
browser_old-todo-1 = Open Help and then About in the menu of { $name }: it looks for an update itself
browser_old-todo-2 = If it cannot be updated there, it comes with the updates of the system or of your company: ask your helpdesk
browser_old-limits = This is the date of its program file. Which version is the newest is not looked up.

no_ad_blocking-headline = No advertisement blocking found in { $name }
no_ad_blocking-meaning = Advertisements are a way in for hidden coin mining and unwanted pages, on honest sites too. Blocking them makes that less likely. To have none is no fault, and it does not show that an advertisement is the cause.
no_ad_blocking-todo-1 = Ask your helpdesk whether you may add an extension that blocks advertisements
no_ad_blocking-limits = Blocking in the network, by another program or by an extension that Mimamori does not know is not seen. Of the profiles of the browser only the list of extensions is read.

page_opened-headline = A web page in { $name } was not opened by you
page_opened-headline-parent = A web page in { $name } was opened by { $parent }
page_opened-meaning = A script, a schedule or a program in an unusual folder opened it. Company portals at sign-in and installers at their end do that, which is normal; unwanted programs do it too.
page_opened-todo-1 = If you do not know the page, close it and tell your helpdesk
page_opened-limits = Mimamori does not read which page it is.

saw-variation = The load moves by only { $value }
saw-network_rate = Network: { $value }
saw-disk_rate = { $name } reads and writes { $value }
saw-disk_rate-cause = { $program } reads and writes { $value }
saw-disk_written = { $name }: { $value } written in { $duration }
saw-disk_written-cause = { $program } wrote { $value } in { $duration }
saw-disk_busy = The disk had something to do { $value } of the time
saw-disk_stall = Programs waited for the disk { $value } of the time
saw-compressed_swap = The reserve is compressed memory, not a disk
saw-largest_part = The largest part: { $value }
saw-largest_part-cause = { $program } uses { $value }, more than any other
saw-stolen = Taken by the host: { $value } of the processor for { $duration }
saw-interrupts = Answering devices: { $value } of the processor for { $duration }
saw-unattributed = In no program's name: { $value } for { $duration }
saw-gpu_used = Graphics processor: { $value } for { $duration }
saw-program_gpu = { $name } on the graphics processor: { $value }
saw-program_gpu-cause = { $program } on the graphics processor: { $value }
saw-program_received = { $name } receives { $value }
saw-program_received-cause = { $program } receives { $value }
saw-program_sent = { $name } sends { $value }
saw-program_sent-cause = { $program } sends { $value }
saw-grown_bytes = { $value } more memory in { $duration }
saw-program_bytes = { $name } holds { $value } now
saw-swap_grown = { $value } moved out of memory in { $duration }
saw-clock_share = The processor runs at { $value } of its highest clock
saw-on_battery = Running from the battery for at least { $value }
saw-uptime = Running for { $value }
saw-update_age = Last look for updates: { $value } ago
saw-update_install_age = Last update installed: { $value } ago
saw-browser_age = Date of the program file: { $value } ago
saw-back_after = It was back after { $value }
saw-returns = { $number ->
    [one] Came back once after it was closed
   *[other] Came back { $number } times after it was closed
}
saw-known_for = First seen in the list { $value } ago
saw-slept_for = The PC slept for { $value }
saw-power_lost = No shutdown; last seen running { $value } ago
saw-power_button = The power button was held; last seen running { $value } ago
saw-system_error = Stopped by an error; last seen running { $value } ago
saw-error_code = Error code: { $value }
saw-hung_seconds = No answer for { $value }
saw-usual_temperature = This PC usually has { $value } while it does nothing
saw-fan_speed = Fan: { $value }
saw-usual_fan_speed = { $number ->
    [0] At rest the fan of this PC usually stands still
   *[other] The fan of this PC usually has { $value } at rest
}
saw-quiet_for = Quiet since then, for { $value }
saw-score = Signs together: { $number } points (unusual from { $limit })

sign-miner_name = Its file has the name of a known miner
sign-miner_arguments = It was started the way miners are: “{ $text }”
sign-wrong_folder = It has the name of a system program but lies in { $text }
sign-wrong_parent = It has the name of a system program but was started by { $text }
sign-kernel_name = It has the name of a part of the kernel but is a file: { $text }
sign-temporary_folder = It lies in a folder for temporary files: { $text }
sign-odd_folder = It lies where programs normally are not: { $text }
sign-hidden_file = It hides: { $text }
sign-hidden_place = It lies where hardly anybody looks: { $text } (some tools for developers do, too)
sign-imitated_name = It is called like a part of the desktop or of the system but lies in { $text } (one that somebody built here would, too)
sign-deleted_file = Its file was deleted while it runs: { $text }
sign-memory_file = It was put together in memory and has no file: { $text } (tools for containers do that, too)
sign-script_host_parent = A script started it: { $text }
sign-scheduler_parent = A schedule started it: { $text }
sign-wrong_parent-unnamed = It has the name of a system program but was started by another program than that one is
sign-script_host_parent-unnamed = A script started it
sign-scheduler_parent-unnamed = A schedule started it
sign-autostart = It starts by itself with this PC or at sign-in: “{ $text }” (so do many useful helpers)
sign-lowest_priority = It runs at the lowest priority, where it slows nothing down and is hardly noticed (backups and research projects do, too)
sign-unsigned = Its file carries no valid signature
sign-new = { $number ->
    [0] It is new on this PC
   *[other] It was first seen on this PC within the last { $number } days
}
sign-came_back = It came back { $number } times after it had ended
sign-fell_when_watched = Its load fell when a monitor was opened, { $number ->
    [one] once
   *[other] { $number } times
}
sign-only_while_away = It stopped when somebody came back to the PC, { $number } times
sign-never_busy = This program normally never computes for long
sign-no_window = It has no window
sign-window = It shows a window
sign-pool_port = It stays connected to a port that mining pools use
sign-steady = Its load moves by only { $value }
sign-very_steady = It has hardly moved for minutes ({ $value })
sign-quiet = It computes and hardly uses disk or network
sign-quiet_network = It computes, and there is hardly any network traffic; how much it uses the disk is not known
sign-heat = { $number ->
    [0] The PC is warmer than it usually is at rest
   *[other] The PC is { $number } °C warmer than it usually is at rest
}
sign-gpu = The graphics processor is busy as well: { $value }
sign-signed = It is signed and installed in the right place
sign-installed = It is installed where only an administrator can put programs
sign-tool_folder = It lies in a folder that a known tool fills with programs: { $text }

limits-learning = { $limits } What is usual on this PC is still being learned ({ $watched } watched so far): whether something is new or unusually warm does not count yet.
limits-not-recorded = { $limits } Nothing has been recorded of this PC so far, so whether something is new or unusually warm does not count.
limits-unseen-processes = { $limits } Not every program can be seen from here: this system hides those of other users, or Mimamori runs in a container. What they use is in the totals only.
