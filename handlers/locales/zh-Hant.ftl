# Texts for people, in Traditional Chinese. Keys say the intent; values carry no markup.

in-en = 英文
in-nl = 荷蘭文
in-sv = 瑞典文
in-zh-hant = 繁體中文

button-solved = 已解決
button-not-my-question = 這不是我要問的
button-none-of-these = 都不是
button-ask-helpdesk = 詢問服務台
button-continue-privately = 私下繼續

answer-source = 出自常見問題 · { $date } 審閱
answer-source-undated = 出自常見問題
answer-in-brief = 以上是重點。按「私下繼續」就會收到完整步驟。
answer-more-privately = 完整步驟已傳到您與我的私訊。

suggestions-lead = 我不太確定您指的是哪一項，是下面其中之一嗎？
suggestions-next = 那麼，會是下面其中之一嗎？
no-match = 這個問題我沒有答案。服務台可以協助：請按「詢問服務台」，您的問題會原文轉給他們。
no-match-after-rejection = 我沒有更合適的答案了。服務台可以協助：請按「詢問服務台」，您的問題會原文轉給他們。
other-language = 我看得懂英文、荷蘭文、瑞典文和繁體中文，這看起來是其他語言。請改用其中一種再問一次，或按「詢問服務台」。

state-solved = 已解決，很高興有幫上忙。
state-helpdesk = 已轉交服務台，同事會在這裡或以私訊回覆您。

helpdesk-card = { $asker } 詢問服務台：{ $question }
helpdesk-card-offered = 先前提供過：{ $titles }
helpdesk-card-nothing-offered = 常見問題中沒有可提供的內容。
helpdesk-card-where = 提問地點：{ $place }，語言：{ $language }。
helpdesk-card-direct-message = 私訊

refusal-not-yours = 只有提問的人可以按這個按鈕。請直接提出您的問題，我會回答您。
refusal-already-solved = 這個問題已標示為解決。如果還有疑問，再問一次就可以了。
refusal-already-with-helpdesk = 這個問題已在服務台處理中，他們會盡快回覆您。
refusal-not-offered = 這個選項已經不在了，請從目前的訊息中選擇。
refusal-outdated = 這則訊息已經過時，請再問一次您的問題。

help-ask = 想知道怎麼讓手機、平板或電腦可以用來工作，都可以問我，一句話或幾個字都行。例如：iPhone 要怎麼註冊？
help-words-needed = 我只看得懂文字。請用一句話告訴我您想知道什麼，或螢幕上顯示了什麼。
smalltalk-greeting = 您好！關於裝置註冊，您想知道什麼？
smalltalk-thanks = 不客氣。如果有幫上忙，請在答案上按「已解決」。
smalltalk-goodbye = 再見，祝您裝置設定順利。
smalltalk-how_are_you = 很好，謝謝。關於裝置註冊，您想知道什麼？
smalltalk-identity = 我是 Signpost，一個機器人。我回答裝置註冊的問題，答不出來的會轉給服務台。
smalltalk-acknowledgement = 好的，有其他問題隨時問我。
smalltalk-human = 我可以轉給同事處理。請按「詢問服務台」，您的訊息會原文轉過去。
smalltalk-anger = 很抱歉造成您的困擾。請按「詢問服務台」，會有同事來協助。

trouble-person = 我這邊出了問題，沒能回答您。您傳送的內容已保留，管理員也已知道。請過幾分鐘再試一次。
trouble-admins = 有一則訊息或一次按鍵無法處理（{ $error }）。內容已保留，編號為 { $id }，請查看該編號的記錄。其他功能都正常運作。
channel-unusable = 我無法在 { $channel } 發文（{ $code }）。請在該頻道用 /invite @signpost 邀請我，或在設定中更換頻道。
channel-archived = 我無法在 { $channel } 發文，因為頻道已封存或唯讀（{ $code }）。請取消封存，或在設定中更換頻道。
knowledge-refused = 變更的文章有錯誤，因此沒有採用，仍使用上一版正確的內容。第一個錯誤：{ $finding }
