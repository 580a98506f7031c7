# Texts for people, in English. Keys say the intent; values carry no markup.

in-en = English
in-nl = Dutch
in-sv = Swedish
in-zh-hant = Traditional Chinese

button-solved = Solved
button-not-my-question = Not my question
button-none-of-these = None of these
button-ask-helpdesk = Ask the helpdesk
button-continue-privately = Continue privately

answer-source = From the rollout FAQ · reviewed { $date }
answer-source-undated = From the rollout FAQ
answer-in-brief = In brief. "Continue privately" sends you all the steps.
answer-more-privately = All the steps are in your direct message with me.

suggestions-lead = I am not sure which of these you mean. Is it one of them?
suggestions-next = Then perhaps one of these?
no-match = I have no answer to this. The helpdesk can look at it: press "Ask the helpdesk" and your question goes to them as you wrote it.
no-match-after-rejection = I have nothing better to offer. The helpdesk can look at it: press "Ask the helpdesk" and your question goes to them as you wrote it.
other-language = I read English, Dutch, Swedish and Traditional Chinese, and this seems to be another language. Ask again in one of these, or press "Ask the helpdesk".

state-solved = Solved. Glad it helped.
state-helpdesk = Passed on to the helpdesk. A colleague answers you here or in a direct message.

helpdesk-card = { $asker } asks the helpdesk: { $question }
helpdesk-card-offered = Offered before: { $titles }
helpdesk-card-nothing-offered = The FAQ had nothing to offer.
helpdesk-card-where = Asked in { $place }, written in { $language }.
helpdesk-card-direct-message = a direct message

refusal-not-yours = Only the person who asked can press this. Ask your own question and I answer you.
refusal-already-solved = This question is already marked as solved. Just ask again if something is still open.
refusal-already-with-helpdesk = This question is already with the helpdesk. They answer you as soon as they can.
refusal-not-offered = That choice is no longer on offer. Please choose from the message as it is now.
refusal-outdated = This message is no longer current. Please ask your question again.

help-ask = Ask me about getting your phone, tablet or computer ready for work, in a whole sentence or a few words. For example: how do I enroll my iPhone?
help-words-needed = I can only read words. Tell me in a sentence what you want to know or what the screen says.
smalltalk-greeting = Hello! What would you like to know about enrolling your device?
smalltalk-thanks = You are welcome. Press "Solved" on the answer if it helped.
smalltalk-goodbye = Goodbye, and good luck with your device.
smalltalk-how_are_you = Fine, thank you. What would you like to know about enrolling your device?
smalltalk-identity = I am Signpost, a bot. I answer questions about enrolling devices, and pass what I cannot answer to the helpdesk.
smalltalk-acknowledgement = Good. Ask me whenever something else comes up.
smalltalk-human = I can pass this to a colleague. Press "Ask the helpdesk" and your words go to them.
smalltalk-anger = I am sorry this is not going well. Press "Ask the helpdesk" and a colleague looks at it.

trouble-person = Something went wrong on my side and I could not answer. What you sent is kept and the admins know. Please try again in a few minutes.
trouble-admins = A message or press could not be handled ({ $error }). It is kept in the store as { $id }; see the log at that id. Nothing else has stopped.
channel-unusable = I cannot post in { $channel } ({ $code }). Invite me there with /invite @signpost, or change the channel in the settings.
channel-archived = I cannot post in { $channel } because it is archived or read-only ({ $code }). Unarchive it, or change the channel in the settings.
knowledge-refused = Changed articles were not taken up because of errors in them; the last good ones stay in use. First error: { $finding }
