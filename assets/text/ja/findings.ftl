# 診断結果の文。数字は丸めて単位をつけた文字列で渡される。
# 「感染しています」とは書かない。人を責めない。推測を事実のように書かない。「すること」は一つの操作で書く。

cpu_hog-headline = { $name } がパソコンの処理能力の{ $cpu }を使い続けています
cpu_hog-meaning = 大きな処理をしているか、処理が終わらなくなっている可能性があります。その間、ほかのプログラムが遅くなることがあります。長い計算、動画の書き出し、ゲームなら正常です。
cpu_hog-todo-1 = { $name } の結果を待っているのでなければ、閉じてください
cpu_hog-todo-2 = 心当たりのないプログラムなら、名前を控えて社内のヘルプデスクに相談してください
cpu_hog-todo-known-1 = { $advice }
cpu_hog-todo-passing-1 = { $advice }
cpu_hog-todo-passing-2 = 結果を待っているのでなければ、作業を保存して { $name } を閉じてもかまいません
cpu_hog-todo-close-1 = { $advice }
cpu_hog-todo-close-2 = このパソコンで動いている理由に心当たりがなければ、ヘルプデスクに相談してください
cpu_hog-todo-others-1 = 数分お待ちください。{ $name } はここからは閉じられませんが、自然に終わることがあります
cpu_hog-todo-others-2 = 続く場合、このパソコンを使う人の誰も { $name } に心当たりがなければ、名前を控えてヘルプデスクに相談してください
cpu_hog-limits = 見守りに分かるのは処理の量だけで、内容は分かりません。

browser_load-headline = { $name } がパソコンの処理能力の{ $cpu }を使い続けています
browser_load-meaning = 開いているページのどれかが処理を続けている可能性があります。動画、オンライン会議、ページ内のゲームなら正常です。ページに隠れた暗号資産の採掘（マイニング）も、このように見えます。
browser_load-todo-1 = 使わないページを閉じるか、{ $name } をいったん終了してください
browser_load-todo-2 = 重いページの見つけ方：Chrome と Edge では Shift+Esc を押し、Firefox では about:processes を開きます
browser_load-todo-3 = 同じページを開くとまた重くなる場合は、そのアドレスをヘルプデスクに伝えてください
browser_load-todo-others-1 = このパソコンで { $name } を使っている人に、不要なページを閉じてもらってください
browser_load-todo-others-2 = 誰も使っていなければ、ヘルプデスクに相談してください
browser_load-limits = どのページかは見守りには分かりません。アドレスや題名は読み取りません。

memory_pressure-headline = メモリが残りわずかです：{ $memory }を使用中、うち { $name } が{ $program_memory }
memory_pressure-headline-machine = メモリが残りわずかです：{ $memory }を使用中
memory_pressure-headline-reserved = メモリが残りわずかです：{ $memory }を使用中、うち{ $reserved }はシステムが確保しています
memory_pressure-meaning = 空きを作りながら動くため、全体が遅くなったり、しばらく止まったり、プログラムを起動できなかったりする可能性があります。大きなファイルや、開きすぎたウィンドウが主な原因です。プログラムが必要以上にメモリを使っていることもあります。
memory_pressure-todo-1 = 作業を保存してから、{ $name } か、その中の大きなファイルを閉じてください
memory_pressure-todo-2 = 理由もなくまた増える場合は、再起動をおすすめします
memory_pressure-todo-protected-1 = { $advice }
memory_pressure-todo-protected-2 = 理由もなくまた増える場合は、再起動をおすすめします
memory_pressure-todo-others-1 = 作業を保存してから、自分のプログラムのうち使わないものを閉じてください。{ $name } はここからは閉じられません
memory_pressure-todo-others-2 = また増える場合は、{ $name } についてヘルプデスクに相談してください
memory_pressure-todo-shut_down-1 = { $advice }
memory_pressure-todo-shut_down-2 = 動かし続ける必要がある場合は、ほかの使わないプログラムを閉じてください
memory_pressure-meaning-reserved = このパソコンの設定で、その分がデータベースや仮想マシンなどのための領域（ヒュージページ）として確保されています。ほかのプログラムは何を閉じても残りの分しか使えません。
memory_pressure-todo-reserved-1 = ヒュージページの設定（vm.nr_hugepages）がまだ必要か、このパソコンの管理者に確認してください
memory_pressure-todo-reserved-2 = それまでは、使わないウィンドウやページを閉じてください
memory_pressure-todo-machine-1 = 作業を保存してから、使わないウィンドウやページを閉じてください
memory_pressure-todo-machine-2 = それでも変わらなければ、再起動をおすすめします
memory_pressure-limits = 共有しているメモリはプログラムごとに数えるため、一覧の合計が全体より大きくなることがあります。

disk_nearly_full-headline = { $name } の空き容量が残りわずかです：{ $free }
disk_nearly_full-headline-removable = 取り外せるドライブ { $name } の空き容量が残りわずかです：{ $free }
disk_nearly_full-headline-network = ネットワークドライブ { $name } の空き容量が残りわずかです：{ $free }
disk_nearly_full-headline-account = オンラインストレージ（{ $name }）の空き容量が残りわずかです：{ $free }
disk_nearly_full-meaning-removable = 新しいファイルを保存する余裕がほとんどありません。このパソコンのディスクには影響がなく、パソコンが遅くなる原因でもありません。
disk_nearly_full-meaning-network = 新しいファイルを保存する余裕がほとんどありません。ほかのコンピューターの保存場所なので、このパソコンのディスクには影響がなく、パソコンが遅くなる原因でもありません。
disk_nearly_full-meaning-account = これはストレージサービスのアカウントで、このパソコンのディスクではありません。新しいファイルをアップロードできなくなる可能性はありますが、パソコンが遅くなる原因ではありません。
disk_nearly_full-meaning = ファイルを保存できなくなったり、更新が失敗したりする可能性があります。古いダウンロード、ごみ箱、メールの保存データが主な原因です。
disk_nearly_full-todo-1 = ごみ箱を空にし、不要なダウンロードを削除してください
disk_nearly_full-todo-2 = 大きなファイルを社内の決められた保存先へ移してください
disk_nearly_full-todo-3 = 消してよいものが分からなければ、ヘルプデスクに相談してください
disk_nearly_full-todo-removable-1 = その中の不要なファイルを削除するか、別の場所へ移してください
disk_nearly_full-todo-network-1 = その中の不要なファイルを削除するか、容量を増やせるかヘルプデスクに相談してください
disk_nearly_full-todo-account-1 = アカウント内の不要なファイルを削除してごみ箱を空にするか、容量を増やせるかヘルプデスクに相談してください
disk_nearly_full-meaning-boot = 起動に使うファイルの置き場所で、多くは古いカーネル（システムの中核）が占めています。更新をインストールできないことがあります。動作が遅くなる原因にはなりません。
disk_nearly_full-todo-boot-1 = システムの手順で古いカーネルを削除するか（Debian と Ubuntu では sudo apt autoremove --purge）、ヘルプデスクに相談してください。ファイルを手で消さないでください
disk_nearly_full-limits = 見守りはフォルダーの中を調べません。分かるのは空き容量だけです。

disk_shrinking-headline = { $name } の空き容量が急に減っています：{ $duration }で{ $lost }
disk_shrinking-headline-days = { $name } の空き容量が{ $duration }で{ $lost }減りました
disk_shrinking-meaning = 大量のデータが書き込まれています。コピー、ダウンロード、更新、バックアップなら正常です。記録（ログ）を書き続けるプログラムの可能性もあります。
disk_shrinking-meaning-program = 見える範囲では、この間の読み書きは { $program } が最大です。コピー、ダウンロード、更新、バックアップなら正常です。止まらずに書き続けている可能性もあります。
disk_shrinking-meaning-writes = 見える範囲では、この間の書き込みは { $program } が最大です。コピー、ダウンロード、更新、バックアップなら正常です。止まらずに書き続けている可能性もあります。
disk_shrinking-meaning-days = 更新プログラム、保存されたメール、保存したファイルによるものなら正常です。
disk_shrinking-meaning-days-wrote = 見える範囲では、この間の書き込みは { $program } が最大でした。更新プログラム、保存されたメール、保存したファイルによるものなら正常です。
disk_shrinking-todo-days-1 = ダウンロードしたもの、動画、古いコピーなど、不要になった大きなファイルがないか確かめてください
disk_shrinking-todo-days-2 = 心当たりがなければ、ヘルプデスクに相談してください
disk_shrinking-todo-1 = 大きなコピーやダウンロードの途中なら、終わるまでお待ちください
disk_shrinking-todo-2 = 心当たりがなければ、書き込んでいるプログラムを閉じるか、ヘルプデスクに相談してください
disk_shrinking-todo-others-1 = 大きなコピーやダウンロードの途中なら、終わるまでお待ちください
disk_shrinking-todo-others-2 = 心当たりがなければ、このパソコンを使うほかの人かヘルプデスクに相談してください。{ $program } はここからは閉じられません
disk_shrinking-limits = どのファイルが増えているかは、フォルダーの中を調べないため分かりません。プログラムの書き込みの量は、全ディスクの合計です。

hot-headline = パソコンが熱くなっています：{ $temperature }
hot-headline-estimate = ファンに負担がかかっています（推定）：{ $fan_effort }
hot-meaning = 負荷がかかると温度は上がりますが、これは高めです。熱くなりすぎると、自動で遅くなったり電源が切れたりします。通気口のふさがりやほこりが主な原因です。
hot-todo-1 = 通気口がふさがっていないか、柔らかいものの上に置いていないか確かめてください
hot-todo-2 = 一覧でいちばん CPU を使っているプログラムを閉じてください
hot-todo-3 = ファンの音が何日も大きいままなら、ヘルプデスクに掃除を頼んでください
hot-limits = 温度はパソコンが知らせる値で、数度ずれることがあります。
hot-limits-estimate = このパソコンからは使える温度を読み取れません。負荷とクロックから推定した値で、測定値ではありません。

hot_but_idle-headline = 負荷が低いのに熱くなっています：負荷{ $cpu }で{ $temperature }
hot_but_idle-headline-estimate = 負荷が低いのにファンに負担がかかっています（推定）：{ $fan_effort }
hot_but_idle-headline-fan = 負荷が低いのにファンが{ $fan_speed }で回っています（普段の待機時は{ $usual_fan_speed }）
hot_but_idle-headline-still = 負荷が低いのにファンが{ $fan_speed }で回っています（普段の待機時は止まっています）
hot_but_idle-meaning-fan = CPU はほとんど使われていません。ほこりで冷えにくい、部屋が暑い、ここでは読み取れない GPU の負荷が高い、といった可能性があります。パソコンの設定で冷却を強めにしているなら正常です。
hot_but_idle-meaning = CPU はほとんど使われていません。ほこりで冷えにくい、部屋が暑い、ここでは読み取れない GPU の負荷が高い、といった可能性があります。
hot_but_idle-todo-1 = 通気口がふさがっていないか、柔らかいものの上や日なたに置いていないか確かめてください
hot_but_idle-todo-2 = ヘルプデスクにファンの点検を頼んでください
hot_but_idle-limits = 負荷に見合う温度は、一般的な事務用パソコンでの推定です。もともと高めの機種もあります。
hot_but_idle-limits-fan = 普段の値は、このパソコンの最近の記録から求めたものです。ファンが複数ある場合は、いちばん速いものの値です。音の大きさは測れません。

known_busy-headline = { $name } が作業中です（正常）：パソコンの処理能力の{ $cpu }
known_busy-meaning = { $reason }
known_busy-todo-1 = そのままお待ちください
known_busy-todo-wait-1 = そのままお待ちください
known_busy-todo-known-1 = そのままお待ちください
known_busy-todo-known-2 = { $advice }
known_busy-limits = プログラムは名前と場所で見分けています。署名は確かめていません。
known_busy-reason-update = 更新を準備または適用しています。通常は{ $minutes }分以内に終わります。その間、電源を切らないでください。
known_busy-reason-virus_scan = ファイルを検査しています。通常は{ $minutes }分以内に終わります。
known_busy-reason-indexing = ファイル検索の準備をしています。新しいファイルやメールが増えた後に動き、通常は{ $minutes }分以内に終わります。
known_busy-reason-sync = ファイルを別の場所と同期しています。変更が多かった後に長くなりますが、通常は{ $minutes }分以内に終わります。
known_busy-reason-meeting = 映像つきのオンライン会議は、パソコンに大きな負荷がかかります。会議が終われば下がります。自分のカメラを切ると軽くなります。
known_busy-reason-backup = バックアップ（控え）を作成しています。通常は{ $minutes }分以内に終わります。
known_busy-reason-maintenance = システムを整理しています。通常は{ $minutes }分以内に終わり、あなたが作業を始めると控えめになります。
known_busy-reason-install = プログラムをインストールしています。通常は{ $minutes }分以内に終わります。
known_busy-reason-telemetry = パソコンの利用状況をメーカーに送る準備をしています。通常は{ $minutes }分以内に終わります。
known_busy-reason-optimising = プログラムが速く動くように準備しています。更新の後によくあることで、通常は{ $minutes }分以内に終わります。
known_busy-reason-printing = 印刷の準備をしています。写真や図の多い文書では長くかかりますが、通常は{ $minutes }分以内に終わります。
known_busy-reason-virtual_machine = このパソコンの中で、もう一台のパソコンが動いています。使い終わったら終了すると軽くなります。
known_busy-reason-input_method = 文字入力の辞書を整理しています。通常は{ $minutes }分以内に終わります。
known_busy-reason-work = 動画の変換やソフトウェアの作成など、だれかが始めた重い作業をしています。通常は{ $minutes }分以内に終わります。
known_busy-reason-game = ゲームはパソコンに大きな負荷がかかります。終了すれば下がります。

all_well-headline = このパソコンは正常です
all_well-meaning = いま、パソコンを遅くしているものは見当たりません。CPU は{ $cpu }、メモリは{ $memory }を使用中です。
all_well-todo-1 = 何もする必要はありません
all_well-limits = { $duration }の間に見えた範囲の結果です。ネットワークや Web サイトの遅さは、ここでは分かりません。

# 一覧にあるプログラムの説明と、遅いときにすること（programs.toml の `do`）。
known-what = { $name } とは：{ $what }
known-what-usual = 通常の { $name } とは：{ $what }
advice-wait = しばらくお待ちください。多くは自然に収まります。収まらなければ、ヘルプデスクに伝えてください
advice-wait-minutes = 通常は{ $minutes }分以内に終わります。それより長く続く場合は、ヘルプデスクに伝えてください
advice-close = いま { $name } を使わないなら、{ $name } か、その中で開いているものを閉じてください
advice-shut_down = { $name } の中で動いているものを使わないなら、その中でシャットダウンしてください。使っていたメモリはそれで戻ります。WSL の場合は、ターミナルで「wsl --shutdown」と入力します
advice-close-others = いま使わないウィンドウやプログラムを閉じてください
advice-restart = { $name } を起動し直してください。できない場合は、作業を保存してパソコンを再起動してください
advice-ask = { $name } を自分で動かしたのなら、終わるまでお待ちください。心当たりがなければ、このパソコンを使う人かヘルプデスクに確認してください
advice-ask-others = このパソコンで { $name } を使っている人か、ヘルプデスクに相談してください。ここからは閉じられません
advice-helpdesk = { $name } についてヘルプデスクに相談してください
advice-nothing = { $name } はそのままにしてください。遅いままなら、作業を保存してパソコンを再起動してください

saw-program_cpu = { $name }：CPU の{ $value }を{ $duration }
saw-total_cpu = CPU 全体：{ $value }
saw-busiest_part_cpu = うち最大のもの：{ $value }
saw-parts = プロセス：{ $number }個
saw-memory_used = メモリの使用：{ $value }
saw-program_memory = { $name }：メモリの{ $value }
saw-reserved_memory = ヒュージページとして確保：{ $value }
saw-swap_used = 予備のメモリ（スワップ）の使用：{ $value }
saw-commit_used = 割り当て済みのメモリ：上限の{ $value }
saw-memory_stall = 時間の{ $value }でメモリ待ちが発生
saw-free_share = 空き：全体の{ $value }
saw-free_bytes = 空き：{ $value }
saw-lost_bytes = { $duration }で空きが{ $value }減少
saw-hours_to_full = このままだと{ $value }で空きがなくなる
saw-temperature = 温度：{ $value }
saw-expected_temperature = この負荷なら通常は約{ $value }（推定）
saw-fan_effort = ファンの負担：{ $value }（推定）
saw-throttle_events = { $duration }の間に熱のため{ $number }回減速

severity-ok = 正常
severity-note = お知らせ
severity-look = 注意
severity-act = 要対応
confidence-low = 短時間の観察
confidence-medium = ほぼ確か
confidence-high = 確か
since = { $time } から（{ $duration }）
since-over = 最後に動作を確認：{ $time }（{ $duration }前）

fan-speed = 毎分{ $number }回転

duration-seconds = { $seconds }秒
duration-minutes = { $minutes }分
duration-hours = { $hours }時間
duration-hours-minutes = { $hours }時間{ $minutes }分
duration-days = { $days }日
