# Texts for people, in Dutch. Keys say the intent; values carry no markup.

in-en = Engels
in-nl = Nederlands
in-sv = Zweeds
in-zh-hant = traditioneel Chinees

button-solved = Opgelost
button-not-my-question = Niet mijn vraag
button-none-of-these = Geen van deze
button-ask-helpdesk = Vraag de helpdesk
button-continue-privately = Verder onder ons

answer-source = Uit de veelgestelde vragen · nagekeken op { $date }
answer-source-undated = Uit de veelgestelde vragen
answer-in-brief = Dit is het kort. Met "Verder onder ons" krijg je alle stappen.
answer-more-privately = Alle stappen staan in je privébericht met mij.

suggestions-lead = Ik weet niet zeker wat je bedoelt. Is het een van deze?
suggestions-next = Misschien dan een van deze?
no-match = Hier heb ik geen antwoord op. De helpdesk kan ernaar kijken: druk op "Vraag de helpdesk" en je vraag gaat in jouw eigen woorden naar hen toe.
no-match-after-rejection = Iets beters heb ik niet. De helpdesk kan ernaar kijken: druk op "Vraag de helpdesk" en je vraag gaat in jouw eigen woorden naar hen toe.
other-language = Ik lees Engels, Nederlands, Zweeds en traditioneel Chinees, en dit lijkt een andere taal. Stel je vraag in een van deze talen, of druk op "Vraag de helpdesk".

state-solved = Opgelost. Fijn dat het hielp.
state-helpdesk = Doorgegeven aan de helpdesk. Een collega antwoordt je hier of in een privébericht.

helpdesk-card = { $asker } vraagt de helpdesk: { $question }
helpdesk-card-offered = Eerder aangeboden: { $titles }
helpdesk-card-nothing-offered = De veelgestelde vragen hadden hier niets op.
helpdesk-card-where = Gevraagd in { $place }, geschreven in het { $language }.
helpdesk-card-direct-message = een privébericht

refusal-not-yours = Alleen wie de vraag stelde kan hierop drukken. Stel je eigen vraag, dan antwoord ik je.
refusal-already-solved = Deze vraag staat al op opgelost. Is er nog iets? Stel dan gewoon een nieuwe vraag.
refusal-already-with-helpdesk = Deze vraag ligt al bij de helpdesk. Ze antwoorden je zo snel ze kunnen.
refusal-not-offered = Die keuze is er niet meer. Kies uit het bericht zoals het nu is.
refusal-outdated = Dit bericht is niet meer actueel. Stel je vraag nog een keer.

help-ask = Vraag me hoe je je telefoon, tablet of computer klaarmaakt voor het werk, in een hele zin of een paar woorden. Bijvoorbeeld: hoe registreer ik mijn iPhone?
help-words-needed = Ik kan alleen woorden lezen. Vertel in een zin wat je wilt weten of wat er op het scherm staat.
smalltalk-greeting = Hallo! Wat wil je weten over het registreren van je toestel?
smalltalk-thanks = Graag gedaan. Druk op "Opgelost" bij het antwoord als het hielp.
smalltalk-goodbye = Tot ziens, en succes met je toestel.
smalltalk-how_are_you = Goed, dank je. Wat wil je weten over het registreren van je toestel?
smalltalk-identity = Ik ben Signpost, een bot. Ik beantwoord vragen over het registreren van toestellen en geef door aan de helpdesk wat ik niet weet.
smalltalk-acknowledgement = Mooi. Vraag gerust verder als er iets is.
smalltalk-human = Ik kan dit doorgeven aan een collega. Druk op "Vraag de helpdesk" en je woorden gaan naar hen toe.
smalltalk-anger = Vervelend dat het niet lukt. Druk op "Vraag de helpdesk" en een collega kijkt ernaar.

trouble-person = Er ging bij mij iets mis en ik kon niet antwoorden. Wat je stuurde is bewaard en de beheerders weten ervan. Probeer het over een paar minuten nog eens.
trouble-admins = Een bericht of druk op een knop kon niet verwerkt worden ({ $error }). Het is bewaard als { $id }; zie het logboek bij dat nummer. Verder is er niets gestopt.
channel-unusable = Ik kan niet schrijven in { $channel } ({ $code }). Nodig me daar uit met /invite @signpost, of wijzig het kanaal in de instellingen.
channel-archived = Ik kan niet schrijven in { $channel }, want het is gearchiveerd of alleen-lezen ({ $code }). Haal het uit het archief, of wijzig het kanaal in de instellingen.
knowledge-refused = Gewijzigde artikelen zijn niet overgenomen omdat er fouten in staan; de laatste goede blijven in gebruik. Eerste fout: { $finding }
