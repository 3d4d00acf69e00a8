# そのほかの原因と、ひそかな採掘（マイニング）の手がかり。書き方は findings.ftl と同じ。

secret_mining-headline = { $name } に通常と異なる点があります（パソコンの処理能力の{ $cpu }を使用）。確認をおすすめします
secret_mining-headline-alarm = { $name } がひそかに暗号資産の採掘（マイニング）をしている可能性があります：{ $duration }にわたり{ $cpu }を使用
secret_mining-headline-gpu = { $name } に通常と異なる点があります（GPU の{ $program_gpu }を使用）。確認をおすすめします
secret_mining-headline-alarm-gpu = { $name } がひそかに暗号資産の採掘（マイニング）をしている可能性があります：{ $duration }にわたり GPU の{ $program_gpu }を使用
secret_mining-headline-quiet = { $name } に通常と異なる点がありました（パソコンの処理能力の{ $cpu }を使用）。確認をおすすめします
secret_mining-headline-gpu-quiet = { $name } に通常と異なる点がありました（GPU の{ $program_gpu }を使用）。確認をおすすめします
secret_mining-headline-alarm-quiet = { $name } がひそかに暗号資産の採掘（マイニング）をしていた可能性があります：{ $duration }にわたり{ $cpu }を使用
secret_mining-headline-alarm-gpu-quiet = { $name } がひそかに暗号資産の採掘（マイニング）をしていた可能性があります：{ $duration }にわたり GPU の{ $program_gpu }を使用
secret_mining-meaning = 普通のプログラムにはあまり見られない点がいくつかあります。自作のプログラム、テスト、新しいツールでも、同じように見えることがあります。
secret_mining-meaning-alarm = 確認できた点は、ほかのだれかのために暗号資産の採掘（マイニング）をするプログラムの特徴と合います。ただし、証拠ではありません。中身を調べられるのは情報システム部門だけです。
secret_mining-todo-1 = 心当たりのないプログラムなら、名前とファイルの場所をヘルプデスクに伝えてください
secret_mining-todo-2 = 自分で動かしたプログラムなら「自分の作業」に登録してください
secret_mining-todo-others-1 = 名前とファイルの場所を控えて、ヘルプデスクに相談してください。ここからは閉じられません
secret_mining-todo-others-2 = このパソコンを使うほかの人が仕事で動かしている場合もあります。その人に確認してください
secret_mining-todo-alarm-1 = 何かを消す前に、この画面をヘルプデスクか情報システム部門に見せてください
secret_mining-todo-alarm-2 = ここでプログラムを閉じ、また起動するかどうか確かめてください
secret_mining-todo-alarm-3 = 自分の作業なら、そのように登録してください
secret_mining-todo-alarm-others-1 = 何かを消す前に、この画面をヘルプデスクか情報システム部門に見せてください
secret_mining-todo-alarm-others-2 = プログラムの終了は担当者に任せてください。ここからは閉じられません
secret_mining-limits = 見守りはファイルやメモリの中身を調べず、外部にも問い合わせません。それはウイルス対策ソフトの役目です。

web_page_load-headline = { $name } のページがパソコンを休みなく使っています：{ $cpu }
web_page_load-headline-window = { $name } はウィンドウがないのに、パソコンの処理能力の{ $cpu }を使っています
web_page_load-meaning = 一つのページが休みなく処理を続け、通信はほとんどありません。ゲームやアニメーションなら正常です。ページに隠れた暗号資産の採掘（マイニング）も、このように見えます。
web_page_load-meaning-window = 小さなウィンドウがほかのウィンドウの裏に隠れているか、閉じた後もページが動き続けている可能性があります。拡張機能のこともあります。
web_page_load-todo-1 = すべてのページを閉じ、復元するかと聞かれても復元しないでください
web_page_load-todo-2 = 閉じる前に重いページを見つけるには、Chrome と Edge では Shift+Esc を押し、Firefox では about:processes を開きます
web_page_load-todo-3 = 同じページを開くとまた起きる場合は、そのアドレスをヘルプデスクに伝えてください
web_page_load-todo-others-1 = このパソコンで { $name } を使っている人に、すべてのページを閉じ、復元しないように頼んでください
web_page_load-todo-others-2 = 誰も使っていなければ、ヘルプデスクに相談してください
web_page_load-limits = どのページかは見守りには分かりません。アドレスや題名は読み取りません。

came_back-headline = { $name } は閉じた後にまた動き始めました
came_back-headline-parent = { $name } は閉じた後にまた動き始めました（起動したのは { $parent }）
came_back-meaning = 何かがもう一度起動しました。同じ製品の常駐プログラムや、だれかが開き直した場合は正常です。だれも望んでいないものの場合もあります。
came_back-meaning-each = 閉じても毎回、何かがまた起動しています。同じ製品の常駐プログラムや、だれかが開き直した場合は正常です。だれも望んでいないものの場合もあります。
came_back-todo-1 = 使っている製品の一部なら、その製品のほうを終了してください
came_back-todo-2 = 心当たりがなければ、名前と起動したものをヘルプデスクに伝えてください
came_back-limits = 何が起動したかは分かりますが、理由は分かりません。

many_small-headline = たくさんのプログラムが、合わせてパソコンの処理能力の{ $cpu }を使い続けています
many_small-meaning = 特に目立つプログラムはありません。起動や更新の直後にはよくあることで、数分で落ち着きます。
many_small-todo-1 = いま使わないプログラムを閉じてください
many_small-todo-2 = 15分たっても変わらなければ、再起動をおすすめします
many_small-limits = 見守りに分かるのは処理の量だけで、内容は分かりません。

unattributed_load-headline = パソコンの処理能力の{ $cpu }を、名前の分からないものが使っています
unattributed_load-headline-steady = パソコンが休みなく処理を続けています：{ $duration }にわたり{ $cpu }
unattributed_load-meaning = 一瞬で終わるプログラム、システム自体、仮想マシンの場合はそのホスト、またはここには表示されないほかの利用者のプログラムが考えられます。インストール中やソフトウェアの作成中なら正常です。
unattributed_load-meaning-steady = 負荷がほとんど変わりません。長い計算、テスト、動画の書き出しのほか、暗号資産の採掘（マイニング）もこのように見えます。どのプログラムかは記録されていません。
unattributed_load-todo-1 = 数分待ってみてください。多くは自然に収まります
unattributed_load-todo-2 = 続く場合は再起動し、それでも起きるならヘルプデスクに相談してください
unattributed_load-limits = 確認と確認の間に終わったものは、後から名前が分からないことがあります。

full_load-headline = CPU がほぼすべて使われています：{ $cpu }
full_load-headline-program = CPU がほぼすべて使われています：{ $cpu }。最も多いのは { $program }（{ $part }）です
full_load-meaning = どの操作も順番待ちになります。起動や更新の直後、大きなファイルを開いた直後などは、しばらくの間は正常です。
full_load-todo-1 = 1分ほど待って、もう一度確認してください
full_load-todo-2 = 続く場合は、使っていないプログラムを、CPU の使用が多いものから閉じてください
full_load-limits = プログラムが何の処理をしているかまでは分かりません。
host_busy-headline = 仮想パソコンのホストが CPU の{ $stolen }を使っています
host_busy-meaning = このパソコンは仮想マシンです。動作しているホスト側のコンピューターが CPU の時間をほかに割り当てているか、この仮想マシンの割り当て分を使い切っています。このパソコンのプログラムが原因ではなく、プログラムを閉じてもほとんど改善しません。
host_busy-todo-1 = 少し待ってください。ほかの処理が終わると元に戻ることがよくあります
host_busy-todo-2 = 続く場合は、時刻を伝えて、ホストの負荷の確認をヘルプデスクに頼んでください
host_busy-limits = ホストがその時間を何に使っているかは、ここからは分かりません。
device_load-headline = 周辺機器への応答で CPU が忙しくなっています：{ $interrupts }
device_load-meaning = CPU が多くの時間を周辺機器への応答に使っています。主な原因は、故障した USB 機器や新しくつないだ USB 機器、ドッキングステーション、ドライバーです。
device_load-todo-1 = USB 機器とドッキングステーションを一つずつ外し、軽くなるか見てください
device_load-todo-2 = 変わらなければ、ドライバーの確認をヘルプデスクに頼んでください
device_load-meaning-virtual = CPU が多くの時間を機器への応答に使っています。このパソコンは仮想マシンで、ネットワークやディスクなどの機器はホストが提供しています。主な原因は、大量の通信やドライバーです。
device_load-todo-virtual-1 = 大きなコピーや送信の途中なら、数分お待ちください
device_load-todo-virtual-2 = 続く場合は、ドライバーとこの仮想マシンのホストの確認をヘルプデスクに頼んでください
device_load-limits = どの機器かは、情報システム部門の専用ツールがないと分かりません。

memory_growth-headline = { $name } のメモリの使用量が増え続けています：{ $duration }で{ $grown }増加
memory_growth-meaning = これほど長く増える一方なら、不具合の可能性があります。だんだん大きなファイルを開いているなら正常です。
memory_growth-todo-1 = 作業を保存し、{ $name } を閉じて開き直してください
memory_growth-todo-2 = 毎日起きる場合はヘルプデスクに伝えてください。更新で直ることがあります
memory_growth-todo-protected-1 = { $advice }
memory_growth-todo-protected-2 = 毎日起きる場合はヘルプデスクに伝えてください。更新で直ることがあります
memory_growth-todo-others-1 = { $name } のメモリの使用量が増え続けていることをヘルプデスクに伝えてください。ここからは閉じられません
memory_growth-todo-others-2 = パソコンが遅くなったら、自分のプログラムのうち使わないものを閉じてください
memory_growth-todo-shut_down-1 = { $advice }
memory_growth-todo-shut_down-2 = 毎日起きる場合は、設定でメモリの割り当てを減らすか、ヘルプデスクに相談してください
memory_growth-limits = 分かるのは使用量だけで、何に使っているかは分かりません。

paging-headline = メモリが足りません：予備のメモリ（スワップ）の{ $swap }を使用中
paging-headline-moved = メモリの中身が予備（スワップ）へ移されています：{ $duration }で{ $moved }
paging-headline-commit = Windows が割り当てられるメモリが残りわずかです：上限の{ $commit }を割り当て済み
paging-meaning = 予備のメモリの空きが残りわずかで、プログラムがメモリの空きを待っているか、メモリもほとんど残っていません。全体が遅くなったり、システムがプログラムを終了させたりすることがあります。
paging-meaning-moved = 空きを作るため、システムがプログラムの一部を予備へ移しています。予備は普通ディスク上にあり、移したものを使うときは時間がかかるため、全体が遅くなることがあります。
paging-meaning-compressed = 空きを作るため、システムがプログラムの一部を圧縮しています。ディスクは使わないので速いものの、CPU の時間を使い、それ以上圧縮できないものは入りきりません。全体が遅くなることがあります。
paging-meaning-commit = Windows は、プログラムが実際に使う前にメモリを割り当てます。上限は、搭載メモリとディスク上のページ ファイルの合計です。上限に近づくと、プログラムを起動できなかったり、突然終了したりすることがあります。その間、パソコンが遅いとは限りません。
paging-todo-1 = 作業を保存してから、大きなプログラムや使わないページを閉じてください
paging-todo-2 = それでも変わらなければ、再起動をおすすめします
paging-limits = 以前から埋まっている予備は遅さの原因になりません。大切なのは、その変化と、メモリが足りているかどうかです。
paging-limits-commit = Windows がページ ファイルを大きくして、上限を自動で上げることがあります。上がるかどうかは分かりません。

disk_busy-headline = ディスクが休みなく動いています：時間の{ $disk_busy }が動作中
disk_busy-headline-program = ディスクが休みなく動いています。いちばん使っているのは { $program } です
disk_busy-meaning = この間は、開く、保存するといった操作に時間がかかることがあります。コピー、更新、ウイルス検査、起動直後なら正常です。
disk_busy-todo-1 = 大きなものをコピーしているなら、終わるまでお待ちください
disk_busy-todo-2 = 毎日このようなら、ヘルプデスクに相談してください。ディスクが遅いか、傷んでいる可能性があります
disk_busy-todo-known-1 = 大きなものをコピーしているなら、終わるまでお待ちください
disk_busy-todo-known-2 = { $advice }
disk_busy-todo-known-3 = 毎日このようなら、ヘルプデスクに相談してください。ディスクが遅いか、傷んでいる可能性があります
disk_busy-limits = どのファイルを読み書きしているかは見えません。

slow_volume-headline = { $name } が{ $duration }応答していません
slow_volume-headline-network = ネットワークドライブ { $name } が{ $duration }応答していません
slow_volume-headline-account = オンラインストレージのドライブ { $name } が{ $duration }応答していません
slow_volume-headline-provided = プログラムが提供しているフォルダー { $name } が{ $duration }応答していません
slow_volume-headline-machine = ドライブが{ $duration }応答していません
slow_volume-meaning = 動き出すのに時間がかかるディスク、ケーブルが抜けかけたディスク、故障しかけたディスクが考えられます。それを使うプログラムは、応答があるまで止まります。
slow_volume-meaning-network = 相手のコンピューターの電源が切れているか、そこまでの通信（ネットワーク、VPN、Wi-Fi）が途切れている可能性があります。このドライブを使うプログラムは、応答があるまで止まります。このパソコンのディスクには影響ありません。
slow_volume-meaning-account = サービスかそこまでの通信（インターネット、VPN）が途切れているか、このパソコン側のプログラムが止まっている可能性があります。このドライブを使うプログラムは、応答があるまで止まります。このパソコンのディスクには影響ありません。
slow_volume-meaning-provided = このフォルダーを提供しているプログラムが終了したか、止まっている可能性があります。フォルダーを使うプログラムは、応答があるまで止まります。このパソコンのディスクには影響ありません。
slow_volume-todo-1 = 使わない USB ドライブを外し、ほかのドライブのケーブルが抜けかけていないか確かめてください
slow_volume-todo-2 = 作業を別の場所に保存し、ヘルプデスクに相談してください
slow_volume-meaning-virtual = このパソコンは仮想マシンです。ホストが提供するストレージの負荷が高いか、故障している可能性があります。使っているプログラムは、応答があるまで止まります。
slow_volume-todo-virtual-1 = 作業を別の場所に保存し、ホストのストレージの確認をヘルプデスクに頼んでください
slow_volume-todo-network-1 = パソコンがネットワークに（このドライブに VPN が必要なら VPN にも）つながっているか確かめてください
slow_volume-todo-network-2 = 作業を別の場所に保存し、サーバーが動いているかヘルプデスクに確認してください
slow_volume-todo-account-1 = パソコンがインターネットにつながっているか確かめてください
slow_volume-todo-account-2 = そのストレージサービスのプログラムを起動し直すか、ヘルプデスクに相談してください
slow_volume-todo-provided-1 = フォルダーを提供しているプログラムを起動し直すか、ヘルプデスクに相談してください
slow_volume-limits = 応答しない理由は、ここからは分かりません。
slow_volume-limits-machine = どのドライブかは、応答があるまで分かりません。

network_busy-headline = ネットワークが混んでいます：{ $network }
network_busy-headline-program = { $program } の受信でネットワークが混んでいます：{ $program_network }
network_busy-headline-sends = { $program } の送信でネットワークが混んでいます：{ $program_network }
network_busy-meaning = 大きなものを受信または送信しています。その間、Web ページや会議が遅くなることがあります。
network_busy-todo-1 = ダウンロード、更新、バックアップが終わるまでお待ちください
network_busy-todo-program-1 = { $program } の処理が終わるまでお待ちください。急ぐときは { $program } で一時停止してください
network_busy-todo-others-1 = { $program } の処理が終わるまでお待ちください
network_busy-todo-others-2 = 急ぐときは、このパソコンで { $program } を使っている人か、ヘルプデスクに相談してください
network_busy-todo-known-1 = { $program } の処理が終わるまでお待ちください。急ぐときは { $program } で一時停止してください
network_busy-todo-known-2 = { $advice }
network_busy-limits = どのプログラムが使っているかは、分からないことがあります。Windows では管理者の権限が必要で、Linux で数えているのは自分のプログラムの TCP 通信だけです。
network_busy-limits-program = 数えているのは、自分のプログラムの TCP 通信だけです。ビデオ会議などの UDP 通信（QUIC、HTTP/3 を含む）は、どのプログラムのものか分かりません。

slowed_by_heat-headline = 熱のため CPU が速度を落としています
slowed_by_heat-meaning = 作業中に熱くなりすぎたため、自分を守っています。通気口のふさがり、ほこり、暑い場所が主な原因です。
slowed_by_heat-todo-1 = 通気口をふさがず、柔らかいものの上に置かないでください
slowed_by_heat-todo-2 = 繰り返す場合は、ファンの掃除をヘルプデスクに頼んでください
slowed_by_heat-limits = どれだけ遅くなったかは正確には分かりません。

power_limited-headline = 省電力のため、処理速度を抑えて動いています
power_limited-meaning = 作業が多い（{ $cpu }）のに、省電力の設定がオンになっています。バッテリーでは動いていません。
power_limited-meaning-battery = 作業が多い（{ $cpu }）のに、省電力の設定またはバッテリー駆動のため CPU がゆっくり動いています。
power_limited-todo-1 = システムの設定で電源モードを「バランス」以上にしてください
power_limited-todo-battery-1 = 電源ケーブルをつないでください
power_limited-todo-battery-2 = システムの設定で電源モードを「バランス」以上にしてください
power_limited-limits = 会社が電源モードを決めていることがあります。詳しくはヘルプデスクにお尋ねください。

gpu_busy-headline = GPU（画像処理装置）が忙しく動いています：{ $gpu }
gpu_busy-headline-program = { $program } が GPU（画像処理装置）の{ $program_gpu }を使っています
gpu_busy-meaning = GPU は、ビデオ会議、ゲーム、描画、計算などで使われます。だれもパソコンを使っていないのに続くなら、確認をおすすめします。
gpu_busy-todo-1 = ゲームや描画や会議をしていなければ、プログラムを一つずつ閉じて、下がるか見てください
gpu_busy-todo-program-1 = { $program } の処理がいま必要でなければ、{ $program } の画面で処理を終了してください
gpu_busy-todo-others-1 = { $program } の処理がいま必要か、このパソコンで使っている人かヘルプデスクに確認してください
gpu_busy-todo-known-1 = { $program } の処理がいま必要でなければ、{ $program } の画面で処理を終了してください
gpu_busy-todo-known-2 = { $advice }
gpu_busy-limits = どのプログラムが使っているかは、システムが数えている場合だけ分かります。大きく使っているものだけを表示します。
gpu_busy-limits-program = { $program } が何に使っているかは見えません。Linux では、ほかの人のプログラムは数えていません。

not_responding-headline = { $name } が{ $duration }応答していません
not_responding-meaning = ファイルやサーバーを待っているか、ほかのウィンドウの裏に質問が出ているか、または動きが止まっています。
not_responding-todo-1 = 1分ほど待ち、ほかのウィンドウの裏に質問が出ていないか見てください
not_responding-todo-2 = それでも応答がなければ、ここで閉じてください。保存していない内容は失われます
not_responding-todo-protected-1 = 1分ほどお待ちください。自然に戻ることがよくあります
not_responding-todo-protected-2 = それでも応答がなければ、できるだけ保存してからパソコンを再起動してください
not_responding-todo-others-1 = 1分ほどお待ちください。自然に戻ることがよくあります
not_responding-todo-others-2 = それでも応答がなければ、ヘルプデスクに相談してください。ここからは閉じられません
not_responding-limits = 完全に止まっているかどうかは分かりません。

long_uptime-headline = { $days }日間、再起動していません
long_uptime-meaning = 長い間再起動しないと、プログラムやドライバーの不要なデータがたまっていきます。週に一度の再起動がおすすめです。
long_uptime-meaning-kept = このパソコンでは「シャットダウン」では足りません。高速スタートアップのため、Windows の中心部分が休止したまま残ります。最初から起動し直すのは「再起動」だけです。
long_uptime-todo-1 = 都合のよいときに再起動してください
long_uptime-limits = 長く動いているだけで遅くなるとは限りません。

restart_pending-headline = 更新を完了するには再起動が必要です
restart_pending-meaning = 再起動するまでは、新旧の部品が混ざって動くため遅くなることがあり、既知の弱点も残ったままです。
restart_pending-todo-1 = 作業を保存して、今日のうちに再起動してください
restart_pending-limits = 再起動にかかる時間は更新の内容によります。

catching_up-headline = 起動直後の作業がまとめて動いています
catching_up-headline-woken = スリープから復帰した後の作業がまとめて動いています
catching_up-meaning = 起動の直後は、自動で起動するプログラム、メール、更新、ウイルス対策が一度に動きます（{ $cpu }）。数分で落ち着きます。
catching_up-meaning-woken = スリープから復帰した直後は、メール、更新、ウイルス対策が一度に動きます（{ $cpu }）。数分で落ち着きます。
catching_up-todo-1 = 5分ほどお待ちください
catching_up-limits = それ以上続く場合は、ここに原因が出ます。

antivirus_off-headline = ウイルス対策の確認が必要です
antivirus_off-headline-alarm = ウイルス対策がオフになっています
antivirus_off-meaning = ウイルス対策がオフになっている、一時停止している、または古いと Windows が知らせています。
antivirus_off-todo-1 = 「Windows セキュリティ」を開き、案内に従ってください
antivirus_off-todo-2 = 有効にできない場合は、今日のうちにヘルプデスクに相談してください
antivirus_off-limits = これは Windows が知らせた内容です。製品によっては、起動後の知らせが遅れます。

updates_old-headline = { $days }日間、更新を確認していません
updates_old-headline-installed = { $days }日間、更新がインストールされていません
updates_old-meaning = 更新は既知の弱点をふさぎ、不具合を直します。足りない更新があるかどうかは、確認するまで分かりません。
updates_old-meaning-installed = Windows には毎月更新があり、既知の弱点をふさぎ、不具合を直します。会社が更新の時期を決めている場合、数週間の遅れは普通です。
updates_old-todo-1 = システムの設定で更新を確認するか、ヘルプデスクに相談してください
updates_old-limits = 分かるのは最後に確認した時刻だけで、何が足りないかは分かりません。
updates_old-limits-installed = 分かるのは Windows 本体に更新が最後にインストールされた日だけで、その後インストールされていない理由は分かりません。

browser_update-headline = { $name } が更新されました。開き直してください
browser_update-meaning = すべてのウィンドウを閉じるまで古いバージョンが動き続けます。新しいバージョンは既知の弱点をふさぎます。
browser_update-todo-1 = { $name } のウィンドウをすべて閉じ、開き直してください
browser_update-limits = 更新の内容は分かりません。

new_autostart-headline = { $name } が、パソコンと一緒に起動するようになりました
new_autostart-headline-look = { $name } が、通常とは異なる場所からパソコンと一緒に起動するようになりました
new_autostart-meaning = 自動で起動するものの一覧に、新しく加わりました。何かをインストールや更新した後なら普通のことです。望まないプログラムが自分を加えることもあります。
new_autostart-headline-named = 採掘（マイニング）プログラムと同じ名前の { $name } が、パソコンと一緒に起動するようになりました
new_autostart-meaning-named = 自動で起動するものの一覧に新しく加わり、ファイル名が暗号資産の採掘（マイニング）で知られるプログラムと同じです。名前だけでは何も証明できません。そのままにする前に確認してください。
new_autostart-meaning-look = 自動で起動するものの一覧に新しく加わり、ファイルはインストールされたプログラムの場所にありません。会社のツールのこともありますが、望まないプログラムによくある場所です。
new_autostart-todo-1 = インストールや更新をしたばかりなら、それによるものです。何もする必要はありません
new_autostart-todo-2 = { $name } に心当たりがなければ、名前とファイルの場所をヘルプデスクに伝えてください
new_autostart-todo-look-1 = { $name } に心当たりがなければ、名前とファイルの場所をヘルプデスクに伝えてください
new_autostart-todo-look-2 = 自分や会社がインストールしたばかりなら、それによるものです。何もする必要はありません
new_autostart-limits = プログラムが何をするかは分かりません。タスク スケジューラの予定は見ていません。

sudden_stop-headline = シャットダウンしないまま電源が切れました
sudden_stop-headline-button = 電源ボタンの長押しで電源が切れました
sudden_stop-headline-error = Windows がエラーのため停止しました
sudden_stop-meaning = 電源が落ちたか、動かなくなったパソコンの電源が切られたようです。保存していなかった作業は失われている可能性があります。停電、抜けかけた電源ケーブル、バッテリー切れのほか、熱や部品の故障でも起こります。
sudden_stop-meaning-button = パソコンが反応しなくなったときによく行われる操作です。保存していなかった作業は失われている可能性があります。
sudden_stop-meaning-error = Windows で、動作を続けられないエラーが起きました。保存していなかった作業は失われている可能性があります。ドライバー、更新プログラム、部品の故障などで起こります。
sudden_stop-todo-1 = 最後に作業していたファイルを開き、失われたものがないか確かめてください
sudden_stop-todo-2 = 電源ケーブルが両端ともしっかり差さっているか確かめてください
sudden_stop-todo-3 = 繰り返すようなら、起きた時刻をヘルプデスクに伝えてください。そのとき負荷が高かったプログラムは「履歴」で分かることがあります
sudden_stop-todo-button-1 = 最後に作業していたファイルを開き、失われたものがないか確かめてください
sudden_stop-todo-button-2 = また反応しなくなるようなら、起きた時刻をヘルプデスクに伝えてください。そのとき負荷が高かったプログラムは「履歴」で分かることがあります
sudden_stop-todo-error-1 = 最後に作業していたファイルを開き、失われたものがないか確かめてください
sudden_stop-todo-error-2 = 繰り返すようなら、起きた時刻とエラー コードをヘルプデスクに伝えてください
sudden_stop-limits = 電源が切れた理由は分かりません。システムに残っているのは、シャットダウンされなかったという記録だけです。
sudden_stop-limits-button = ボタンが長押しされた理由は分かりません。
sudden_stop-limits-error = エラーが起きた理由は分かりません。

browser_old-headline = { $name } は{ $days }日前のバージョンです
browser_old-meaning = ブラウザーには少なくとも毎月更新があり、多くはページや広告に悪用される弱点をふさぎます。このバージョンには、まだ入っていない更新がありそうです。会社が確認してから更新を配る場合、数週間の遅れは普通です。
browser_old-todo-1 = { $name } のメニューで「ヘルプ」の「{ $name } について」を開くと、更新が確認されます
browser_old-todo-2 = そこで更新できない場合は、システムや会社の更新で新しくなります。ヘルプデスクに相談してください
browser_old-limits = 分かるのはプログラムファイルの日付です。最新のバージョンがどれかは調べません。

no_ad_blocking-headline = { $name } に広告ブロックが見つかりません
no_ad_blocking-meaning = 広告は、隠れた暗号資産の採掘（マイニング）や望まないページの入り口になることがあり、正規のサイトでも起こります。広告をブロックすると起こりにくくなります。入っていなくても問題ではなく、広告が原因だと分かったわけでもありません。
no_ad_blocking-todo-1 = 広告をブロックする拡張機能を入れてよいか、ヘルプデスクに確認してください
no_ad_blocking-limits = ネットワークやほかのプログラムによるブロックと、見守りの知らない拡張機能は分かりません。ブラウザーのプロファイルから読み取るのは、拡張機能の一覧だけです。

page_opened-headline = { $name } のページが、あなたの操作以外で開かれました
page_opened-headline-parent = { $name } のページを { $parent } が開きました
page_opened-meaning = スクリプト、予定された処理、または通常とは異なる場所にあるプログラムが開きました。サインイン時の会社の案内ページや、インストールの最後に開くページなら正常です。望まないプログラムのこともあります。
page_opened-todo-1 = 見覚えのないページなら、閉じてヘルプデスクに伝えてください
page_opened-limits = どのページかは読み取りません。

saw-variation = 負荷の変動は{ $value }だけ
saw-network_rate = 通信：{ $value }
saw-disk_rate = { $name } の読み書き：{ $value }
saw-disk_rate-cause = { $program } の読み書き：{ $value }
saw-disk_written = { $name } の書き込み：{ $duration }で{ $value }
saw-disk_written-cause = { $program } の書き込み：{ $duration }で{ $value }
saw-disk_busy = ディスクは時間の{ $value }が動作中
saw-disk_stall = 時間の{ $value }でディスク待ちが発生
saw-compressed_swap = 予備はディスクではなく、圧縮したメモリです
saw-largest_part = 最も多い部分：{ $value }
saw-largest_part-cause = 最も多く使っているのは { $program }：{ $value }
saw-stolen = ホストによる使用：CPU の{ $value }を{ $duration }
saw-interrupts = 周辺機器への応答：CPU の{ $value }を{ $duration }
saw-unattributed = 名前の分からない負荷：{ $value }が{ $duration }
saw-gpu_used = GPU：{ $value }が{ $duration }
saw-program_gpu = { $name } の GPU 使用率：{ $value }
saw-program_gpu-cause = { $program } の GPU 使用率：{ $value }
saw-program_received = { $name } の受信：{ $value }
saw-program_received-cause = { $program } の受信：{ $value }
saw-program_sent = { $name } の送信：{ $value }
saw-program_sent-cause = { $program } の送信：{ $value }
saw-grown_bytes = { $duration }でメモリが{ $value }増加
saw-program_bytes = { $name } は現在{ $value }を使用
saw-swap_grown = { $duration }で{ $value }をメモリの外へ移動
saw-clock_share = CPU の動作速度：最高の{ $value }
saw-on_battery = バッテリーで動作：少なくとも{ $value }
saw-uptime = 起動してから{ $value }
saw-update_age = 最後の更新の確認：{ $value }前
saw-update_install_age = 更新が最後にインストールされた日：{ $value }前
saw-browser_age = プログラムファイルの日付：{ $value }前
saw-back_after = { $value }後に再び動作
saw-returns = 閉じた後に{ $number }回、また動き始めた
saw-known_for = 一覧で初めて確認したのは{ $value }前
saw-slept_for = スリープしていた時間：{ $value }
saw-power_lost = シャットダウンの記録なし。最後に動作を確認したのは{ $value }前
saw-power_button = 電源ボタンの長押し。最後に動作を確認したのは{ $value }前
saw-system_error = エラーによる停止。最後に動作を確認したのは{ $value }前
saw-error_code = エラー コード：{ $value }
saw-hung_seconds = { $value }応答なし
saw-usual_temperature = このパソコンの普段の待機時は{ $value }
saw-fan_speed = ファン：{ $value }
saw-usual_fan_speed = { $number ->
    [0] このパソコンのファンは普段の待機時は停止
   *[other] このパソコンのファンの普段の待機時は{ $value }
}
saw-quiet_for = いまは静か（{ $value }前から）
saw-score = 手がかりの合計：{ $number }点（{ $limit }点以上で「通常と異なる」）

sign-miner_name = ファイル名が、既知の採掘プログラムと同じ
sign-miner_arguments = 採掘プログラムと同じ起動の仕方：「{ $text }」
sign-wrong_folder = システムのプログラムと同じ名前なのに、場所が { $text }
sign-wrong_parent = システムのプログラムと同じ名前なのに、起動したのは { $text }
sign-kernel_name = カーネルの一部と同じ名前なのに、ファイルがある：{ $text }
sign-temporary_folder = 一時ファイル用の場所にある：{ $text }
sign-odd_folder = 普通はプログラムを置かない場所にある：{ $text }
sign-hidden_file = 隠しファイル、または隠しフォルダーの中にある：{ $text }
sign-hidden_place = 人の目に触れにくい場所にある：{ $text }（開発用のツールが使うこともあります）
sign-imitated_name = デスクトップやシステムの一部と同じ名前なのに、場所が { $text }（自分でビルドしたものもこう見えます）
sign-deleted_file = 動いている間にファイルが消された：{ $text }
sign-memory_file = メモリ上で作られ、ファイルがない：{ $text }（コンテナー用のツールが使うこともあります）
sign-script_host_parent = スクリプトが起動した：{ $text }
sign-scheduler_parent = 予定された処理が起動した：{ $text }
sign-wrong_parent-unnamed = システムのプログラムと同じ名前なのに、起動元が本来とは違う
sign-script_host_parent-unnamed = スクリプトが起動した
sign-scheduler_parent-unnamed = 予定された処理が起動した
sign-autostart = パソコンの起動時かサインイン時に自動で起動する：「{ $text }」（便利な常駐プログラムにも多い）
sign-lowest_priority = 最も低い優先度で動き、目立たない（バックアップや研究への協力プログラムも同じ）
sign-unsigned = 有効な署名がない
sign-new = { $number ->
    [0] このパソコンでは新しい
   *[other] このパソコンで初めて確認してから{ $number }日以内
}
sign-came_back = 終了した後に{ $number }回、また現れた
sign-fell_when_watched = タスク マネージャーなどの監視ツールを開くと負荷が下がった（{ $number }回）
sign-only_while_away = 人が戻ると止まった（{ $number }回）
sign-never_busy = 通常は長く処理を続けることのないプログラム
sign-no_window = ウィンドウがない
sign-window = ウィンドウを表示している
sign-pool_port = 採掘プール（共同採掘の拠点）がよく使うポートに接続したまま
sign-steady = 負荷の変動が{ $value }だけ
sign-very_steady = 何分もほとんど変わらない（{ $value }）
sign-quiet = CPU を使うばかりで、ディスクも通信もほとんど使わない
sign-quiet_network = CPU を使うばかりで、通信はほとんどない（ディスクの使用量は不明）
sign-heat = { $number ->
    [0] パソコンの温度が普段の待機時より高い
   *[other] パソコンの温度が普段の待機時より{ $number }度高い
}
sign-gpu = GPU も忙しい：{ $value }
sign-signed = 署名があり、正しい場所にインストールされている
sign-installed = 管理者だけが書き込める場所にインストールされている
sign-tool_folder = よく使われるツールがプログラムを置く場所にある：{ $text }

limits-learning = { $limits }このパソコンの普段の様子はまだ学習中です（見守った時間：{ $watched }）。新しく現れたか、普段より熱いかは、まだ判断に入れていません。
limits-not-recorded = { $limits }このパソコンの記録がまだないため、新しく現れたか、普段より熱いかは、判断に入れていません。
limits-unseen-processes = { $limits }ここからは一部のプログラムが見えません（ほかの利用者のものをシステムが隠しているか、Mimamori がコンテナの中で動いています）。それらの使用量は合計にだけ含まれます。
