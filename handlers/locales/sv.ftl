# Texts for people, in Swedish. Keys say the intent; values carry no markup.

in-en = engelska
in-nl = nederländska
in-sv = svenska
in-zh-hant = traditionell kinesiska

button-solved = Löst
button-not-my-question = Inte min fråga
button-none-of-these = Ingen av dessa
button-ask-helpdesk = Fråga helpdesk
button-continue-privately = Fortsätt privat

answer-source = Från frågor och svar · granskat { $date }
answer-source-undated = Från frågor och svar
answer-in-brief = Kort svar. Med "Fortsätt privat" får du alla steg.
answer-more-privately = Alla steg finns i ditt direktmeddelande med mig.

suggestions-lead = Jag är inte säker på vad du menar. Är det något av det här?
suggestions-next = Då kanske något av det här?
no-match = Det här har jag inget svar på. Helpdesk kan titta på det: tryck på "Fråga helpdesk" så går din fråga till dem precis som du skrev den.
no-match-after-rejection = Jag har inget bättre att erbjuda. Helpdesk kan titta på det: tryck på "Fråga helpdesk" så går din fråga till dem precis som du skrev den.
other-language = Jag läser engelska, nederländska, svenska och traditionell kinesiska, och det här verkar vara ett annat språk. Fråga igen på något av dem, eller tryck på "Fråga helpdesk".

state-solved = Löst. Kul att det hjälpte.
state-helpdesk = Skickat vidare till helpdesk. En kollega svarar dig här eller i ett direktmeddelande.

helpdesk-card = { $asker } frågar helpdesk: { $question }
helpdesk-card-offered = Har redan erbjudits: { $titles }
helpdesk-card-nothing-offered = Frågor och svar hade inget att erbjuda.
helpdesk-card-where = Frågan ställdes i { $place }, på { $language }.
helpdesk-card-direct-message = ett direktmeddelande

refusal-not-yours = Bara den som frågade kan trycka här. Ställ en egen fråga så svarar jag dig.
refusal-already-solved = Den här frågan är redan markerad som löst. Fråga bara igen om något återstår.
refusal-already-with-helpdesk = Den här frågan ligger redan hos helpdesk. De svarar dig så snart de kan.
refusal-not-offered = Det valet finns inte kvar. Välj ur meddelandet som det ser ut nu.
refusal-outdated = Det här meddelandet är inte längre aktuellt. Ställ din fråga igen.

help-ask = Fråga mig hur du gör mobilen, surfplattan eller datorn redo för jobbet, med en hel mening eller några ord. Till exempel: hur registrerar jag min iPhone?
help-words-needed = Jag kan bara läsa ord. Berätta med en mening vad du vill veta eller vad som står på skärmen.
smalltalk-greeting = Hej! Vad vill du veta om att registrera din enhet?
smalltalk-thanks = Varsågod. Tryck på "Löst" vid svaret om det hjälpte.
smalltalk-goodbye = Hej då, och lycka till med din enhet.
smalltalk-how_are_you = Bara bra, tack. Vad vill du veta om att registrera din enhet?
smalltalk-identity = Jag är Signpost, en bot. Jag svarar på frågor om att registrera enheter och skickar det jag inte kan till helpdesk.
smalltalk-acknowledgement = Bra. Fråga mig när det är något mer.
smalltalk-human = Jag kan skicka det här till en kollega. Tryck på "Fråga helpdesk" så går dina ord till dem.
smalltalk-anger = Tråkigt att det strular. Tryck på "Fråga helpdesk" så tittar en kollega på det.

trouble-person = Något gick fel hos mig och jag kunde inte svara. Det du skickade är sparat och administratörerna vet om det. Försök igen om några minuter.
trouble-admins = Ett meddelande eller en knapptryckning kunde inte hanteras ({ $error }). Det är sparat som { $id }; se loggen vid det numret. Inget annat har stannat.
channel-unusable = Jag kan inte skriva i { $channel } ({ $code }). Bjud in mig med /invite @signpost, eller ändra kanalen i inställningarna.
channel-archived = Jag kan inte skriva i { $channel } eftersom den är arkiverad eller skrivskyddad ({ $code }). Ta den ur arkivet, eller ändra kanalen i inställningarna.
knowledge-refused = Ändrade artiklar togs inte i bruk eftersom de innehåller fel; de senaste fungerande används fortfarande. Första felet: { $finding }
