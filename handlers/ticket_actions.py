"""The names of what people press, choose and send in about tickets."""

from enum import StrEnum


class Press(StrEnum):
    """Buttons. Their value is the ticket's id; that of an option of ``MORE`` begins with what was
    chosen."""

    CLAIM = "ticket.claim"
    REPLY = "ticket.reply"
    ESCALATE = "ticket.escalate"
    RETURN = "ticket.return"
    RESOLVE = "ticket.resolve"
    DELIVER = "ticket.deliver"
    MORE = "ticket.more"
    VENDOR_ANSWERED = "ticket.vendor-answered"
    UNLINK = "ticket.unlink"
    SNOOZE = "ticket.snooze"
    SOLVED = "ticket.solved"
    NOT_SOLVED = "ticket.not-solved"
    WITHDRAW = "ticket.withdraw"
    REOPEN = "ticket.reopen"
    RATE = "ticket.rate"
    WORD = "ticket.word"
    ME_TOO = "ticket.me-too"


class More(StrEnum):
    """Options of a card's overflow menu; at most five show at a time
    (docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element)."""

    ARTICLE = "article"
    RELEASE = "release"
    ASSIGN = "assign"
    TAKE_OVER = "take-over"
    RETURN = "return"
    VENDOR = "vendor"
    TEACH = "teach"
    PHONED = "phoned"
    DRAFT = "draft"
    LINK = "link"


class ConsentPress(StrEnum):
    """What the author of words from a private channel answers; the value names the question."""

    YES = "consent.yes"
    NO = "consent.no"


class Form(StrEnum):
    """Forms, by their callback id."""

    ASK = "ticket-form.ask"
    REPLY = "ticket-form.reply"
    ARTICLE = "ticket-form.article"
    ESCALATE = "ticket-form.escalate"
    RETURN = "ticket-form.return"
    RESOLVE = "ticket-form.resolve"
    DELIVER = "ticket-form.deliver"
    ASSIGN = "ticket-form.assign"
    VENDOR = "ticket-form.vendor"
    TEACH = "ticket-form.teach"
    WORD = "ticket-form.word"
    MESSAGE = "ticket-form.message"
    PHONED = "ticket-form.phoned"
    LINK = "ticket-form.link"


class Shortcut(StrEnum):
    """Message shortcuts, by their callback id in the manifest."""

    SEND_TO_USER = "send_to_user"
    USE_AS_SOLUTION = "use_as_solution"
    ESCALATE = "escalate_message"


class Input(StrEnum):
    """Inputs of forms, by their block id."""

    WORDS = "words"
    PLATFORM = "platform"
    TRIED = "tried"
    VISIBILITY = "visibility"
    TEXT = "text"
    ARTICLE = "article"
    LEARNED = "learned"
    DEVICE = "device"
    BUILD = "build"
    CHECKED = "checked"
    HAPPENED_AT = "happened-at"
    ROOT_CAUSE = "root-cause"
    SOLUTION = "solution"
    COLLEAGUE = "colleague"
    CASE = "case"
    NUMBER = "number"


FIRST_INPUT: dict[Form, Input] = {
    Form.ASK: Input.WORDS,
    Form.REPLY: Input.TEXT,
    Form.ARTICLE: Input.ARTICLE,
    Form.ESCALATE: Input.LEARNED,
    Form.RETURN: Input.TEXT,
    Form.RESOLVE: Input.ROOT_CAUSE,
    Form.DELIVER: Input.TEXT,
    Form.ASSIGN: Input.COLLEAGUE,
    Form.VENDOR: Input.CASE,
    Form.TEACH: Input.WORDS,
    Form.WORD: Input.TEXT,
    Form.MESSAGE: Input.WORDS,
    Form.PHONED: Input.TEXT,
    Form.LINK: Input.NUMBER,
}
"""Beside which input a refusal is shown."""

REQUIRED: dict[Form, tuple[Input, ...]] = {Form.RESOLVE: (Input.ROOT_CAUSE, Input.SOLUTION)}
"""What has to be filled in, where that is more than the first input."""
