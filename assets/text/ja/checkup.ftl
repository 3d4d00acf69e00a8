# 点検：項目名、結果の文、数値、次にすること（C-1～C-18 の番号はプログラムが付ける）

checkup-title = 点検
checkup-progress = { $all }項目中{ $done }項目が完了
checkup-stopped = 中止しました。結果のない項目は点検していません。
checkup-again = すべてもう一度点検（F5）
checkup-again-one = { $check } をもう一度
checkup-stop = 中止（Esc）
checkup-for-two = ヘルプデスクモード
checkup-for-two-hint = 日本語と英語を並べて大きく表示し、フォルダーと名前は隠します
checkup-keys = キー操作：番号または ↑ ↓ で項目を選び、Enter でその項目を、F5 ですべてをもう一度点検します
checkup-show-finding = 詳しく見る
checkup-not-run = 未点検
checkup-pending = 測定中
checkup-line-saw = ・{ $saw }
checkup-line-next = → { $next }
checkup-spoken = { $check } { $title }：{ $result }。{ $sentence }。{ $saw }次にすること：{ $next }
checkup-spoken-saw = { $saw }。
checkup-spoken-open = { $check } { $title }：{ $result }
checkup-result-ok = 正常
checkup-result-look = 注意
checkup-result-act = 要対応
checkup-result-not_known = 不明
checkup-summary = 正常：{ $ok }、注意：{ $look }、要対応：{ $act }、不明：{ $unknown }
checkup-at = { $summary }（{ $time }時点）
checkup-see = { $check } をご覧ください：{ $headline }
checkup-not-known = 確認できません（{ $reason }）
checkup-next-nothing = 対応は不要です
checkup-next-again = 1分ほど後に、この項目をもう一度点検してください
checkup-next-see = { $check } に進んでください
checkup-why-no_sensor = このパソコンには測るものがありません
checkup-why-no_permission = このユーザーには表示されません
checkup-why-unsupported = このシステムでは取得できません
checkup-why-not_yet = 時間内に測定できませんでした
checkup-why-stale = 時間内に応答がありませんでした
checkup-why-out_of_range = あり得ない値です
checkup-mail-title = メールと Web ページ
checkup-mail = 心当たりのない添付ファイルやリンクは、知り合いからのものでも開かず、別の方法で差出人に確かめてください。プログラムは提供元からだけダウンロードしてください。この点は自動では確認できません。

checkup-cpu-title = CPU
checkup-cpu-ok = CPU の使用率は{ $value }です
checkup-cpu-by-hand = タスク マネージャーまたはシステムモニターで CPU をご確認ください
checkup-saw-cpu = { $name }：CPU の{ $value }

checkup-memory-title = メモリ
checkup-memory-ok = メモリの使用率は{ $value }です（{ $total }中 { $used }）
checkup-memory-by-hand = タスク マネージャーまたはシステムモニターでメモリをご確認ください
checkup-saw-memory = { $name }：メモリ { $value }

checkup-disk_space-title = ディスクの空き容量
checkup-disk_space-ok = 空き容量の足りないディスクはありません
checkup-disk_space-by-hand = ファイル管理の画面で空き容量をご確認ください
checkup-saw-volume = { $name } の空き：{ $free }（全体 { $total }）
checkup-saw-volume-lost = { $name } の空きは{ $duration }前より { $amount } 減っています
checkup-saw-volume-gained = { $name } の空きは{ $duration }前より { $amount } 増えています

checkup-disk_busy-title = ディスクの動作
checkup-disk_busy-ok = 最も忙しいディスクの稼働率は{ $value }です
checkup-disk_busy-moment = 最も忙しいディスクの稼働率は{ $value }ですが、短時間のため、まだ理由は判断できません
checkup-disk_busy-by-hand = タスク マネージャーまたはシステムモニターでディスクをご確認ください
checkup-saw-disk = 読み込み { $read }、書き込み { $written }

checkup-heat-title = 熱とファン
checkup-heat-ok = 温度は { $value } です
checkup-heat-ok-estimate = 温度は取得できません。負荷と動作周波数から見たファンの負担は約{ $value }です（推定）
checkup-heat-virtual = 仮想マシンのため、ファンもセンサーもありません
checkup-heat-virtual-next = 負荷が小さいのに遅い場合は、ホストの管理者にご相談ください
checkup-heat-by-hand = ファンの音と本体の熱さを確かめ、通気口をふさがないようにしてください
checkup-saw-fan = ファンの回転数は毎分{ $value }回転です

checkup-browser-title = Web ブラウザー
checkup-browser-ok = { $names }：CPU の{ $value }
checkup-browser-ok-none = Web ブラウザーは動いていません
checkup-browser-by-hand = ブラウザーのタスク マネージャーをご確認ください（Shift+Esc、Firefox では about:processes）
checkup-saw-browser-windowless = { $name } はウィンドウを開いていないのに動いています
checkup-saw-browser-since = { $name } は起動してから{ $duration }です
checkup-saw-browser-restores = { $name } は起動時に前回のページを開く設定です
checkup-saw-browser-starts-empty = { $name } は起動時に前回のページを開く設定ではありません

checkup-mining-title = 無断採掘の兆候
checkup-mining-ok = 無断で暗号資産を採掘している兆候は見つかりませんでした
checkup-mining-by-hand = Web サイトをすべて閉じて、動作が軽くなるかどうかをご確認ください
checkup-saw-programs = 調べたプログラム：{ $number }個
checkup-saw-learning = 見守りを始めて{ $duration }のため、新しいプログラムかどうかはまだ見分けられません
checkup-saw-unwatched = 記録がないため、新しいプログラムかどうかは見分けられません
checkup-saw-unseen = 一部のプログラムはこのユーザーには表示されません

checkup-startup-title = 自動的に起動するプログラム
checkup-startup-ok = 自動的に起動するプログラムは{ $number }個で、新しいものはありません
checkup-startup-ok-new = 自動的に起動するプログラムは{ $number }個で、うち{ $new }個が新しく加わりました
checkup-startup-ok-unwatched = 自動的に起動するプログラムは{ $number }個です。記録がないため、新しいものがあるかどうかは分かりません
checkup-startup-by-hand = システムの設定でスタートアップ アプリをご確認ください
checkup-startup-new-next = 新しく加わったものに心当たりがあるか、ご確認ください
checkup-saw-startup-new = { $name }：{ $date } に初めて確認

checkup-restart-title = 起動からの時間と再起動
checkup-restart-ok = 再起動せずに{ $duration }動いています
checkup-restart-by-hand = 2週間以上再起動していない場合は、都合のよいときに再起動してください
checkup-saw-restart-pending = 再起動を待っている更新があります
checkup-saw-restart-not-pending = 再起動を待っている更新はありません
checkup-saw-restart-unknown = 再起動を待っている更新があるかどうかは分かりません
checkup-saw-fast-startup = 高速スタートアップが有効です。シャットダウンは再起動の代わりにならないため、「再起動」を選んでください

checkup-updates-title = システムとブラウザーの更新
checkup-updates-ok = 最後に更新を確認してから{ $duration }です
checkup-updates-ok-windows = 最後に Windows の更新をインストールしてから{ $duration }です
checkup-updates-by-hand = システムの設定と、ブラウザーのバージョン情報で更新をご確認ください
checkup-saw-packages = 最後のパッケージの追加・更新・削除：{ $duration }前
checkup-saw-browser-age = { $name }：プログラム ファイルの日付は{ $duration }前

checkup-antivirus-title = ウイルス対策
checkup-antivirus-ok = Windows によると、ウイルス対策は有効で最新の状態です
checkup-antivirus-ok-running = 動作中：{ $names }
checkup-antivirus-none = システムからウイルス対策の情報は得られず、見守りの知っているものの動作も確認できません
checkup-antivirus-look-list = ウイルスの定義ファイルが{ $duration }前のものです
checkup-antivirus-update-list = ウイルス対策の定義ファイルを更新するか、ヘルプデスクにご相談ください
checkup-antivirus-by-hand = このパソコンにウイルス対策が必要かどうか、ヘルプデスクにご確認ください
checkup-saw-edr = 会社のセキュリティ監視が動いています：{ $names }
checkup-saw-antivirus = ウイルス対策が動いています：{ $names }
checkup-saw-protection-idle = インストールされていますが、動作は確認できません：{ $names }
checkup-saw-virus-list = ウイルスの定義ファイルは{ $duration }前に更新されました

checkup-ad_blocking-title = 広告ブロックと https
checkup-ad_blocking-ok = 広告をブロックしています：{ $names }
checkup-ad_blocking-ok-without = 広告のブロックは見当たりません：{ $names }。故障や異常ではありません
checkup-ad_blocking-none = 確認できません（Web ブラウザーが動いていません）
checkup-ad_blocking-unread = 確認できません（{ $names } の拡張機能を読み取れません）
checkup-ad_blocking-advice = 広告が気になる場合は、広告ブロックについてヘルプデスクにご相談ください
checkup-ad_blocking-by-hand = ブラウザーを開いてこの項目をもう一度点検するか、拡張機能の一覧をご確認ください
checkup-saw-https-only = { $name } は https でないページを開く前に警告します
checkup-saw-https-not-only = { $name } は https でないすべてのページで警告する設定ではありません

checkup-sudden_stops-title = 突然の電源断
checkup-sudden_stops-ok = 記録を始めてからの{ $duration }に、突然の電源断はありません
checkup-sudden_stops-ok-past = { $number ->
    [0] この30日間に突然の電源断はありません
   *[other] この30日間に突然の電源断が{ $number }回ありました
}
checkup-sudden_stops-look = この30日間に突然の電源断が{ $number }回ありました
checkup-sudden_stops-unwatched = 確認できません（このパソコンの記録がありません）
checkup-sudden_stops-next = 電源が切れた時刻と、そのときの作業内容をヘルプデスクにお伝えください
checkup-sudden_stops-by-hand = 設定の「バックグラウンドで見守り続け…」をオンにし、電源が切れたときは時刻を控えておいてください
checkup-saw-last-stop = 最後は { $date }

checkup-power-title = 電源
checkup-power-ok = 電源に接続中で、省電力モードではありません
checkup-power-ok-battery = バッテリーで動作中で、省電力モードではありません
checkup-power-ok-saver = 省電力モードですが、いまは影響を受ける作業がありません
checkup-power-ok-none = バッテリーと省電力モードは、システムから報告されていません
checkup-power-by-hand = システムの設定で電源モードをご確認ください

checkup-windows-title = 応答しないウィンドウ
checkup-windows-ok = 応答していないウィンドウは見つかりませんでした
checkup-windows-moment = 応答が少し遅れているウィンドウがあります
checkup-windows-by-hand = 止まって見えるウィンドウをクリックし、1分ほどお待ちください

checkup-network-title = ネットワーク
checkup-network-ok = 受信 { $received }、送信 { $sent } です
checkup-network-by-hand = タスク マネージャーまたはシステムモニターでネットワークをご確認ください
checkup-saw-network = { $name }：{ $value }

checkup-commit-title = スワップとコミット メモリ
checkup-commit-ok = スワップの使用量は { $used } です（全体 { $total }）
checkup-commit-ok-windows = コミット済みのメモリは { $used } です（上限 { $total }）
checkup-commit-none = スワップがないため、メモリがいっぱいになるとプログラムが終了します
checkup-commit-by-hand = タスク マネージャーまたはシステムモニターでメモリをご確認ください

checkup-graphics-title = GPU
checkup-graphics-ok = GPU の使用率は{ $value }です
checkup-graphics-by-hand = GPU がある場合は、タスク マネージャーまたはシステムモニターでご確認ください
checkup-saw-graphics = { $name }：GPU の{ $value }
