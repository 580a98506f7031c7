"""Secrets planted in the settings and in what people write are found in no log at any level, and
what masking knows not in the store either."""

import shutil
from pathlib import Path

import pytest

from commandline.sandbox import sandbox_environment
from sandbox.server import Sandbox
from tests.process import BotProcess
from tests.workplace import Workplace

FAQ = Path(__file__).parents[2] / "knowledge" / "faq"

PLANTED = {
    "password": "Zq!Hunter2-plain",
    "recovery key": "123456-234567-345678-456789-567890-678901-789012-890123",
    "token": "xoxp-998877665544-zqPlantedToken",
    "web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6cSJ9.zqSignature",
    "card": "4111 1111 1111 1111",
}
WORDS = "zqunmistakable zebra words"
QUESTION = (
    f"{WORDS}: my password is {PLANTED['password']} and the recovery key"
    f" {PLANTED['recovery key']}, token {PLANTED['token']} or {PLANTED['web token']},"
    f" card {PLANTED['card']}"
)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    folder = tmp_path / "faq"
    for language in ("en", "nl", "sv", "zh-Hant"):
        (folder / language).mkdir(parents=True)
        shutil.copy(FAQ / language / "enroll-ios.md", folder / language)
    return folder


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
async def test_no_log_and_no_journal_holds_a_secret(few: Path, tmp_path: Path, level: str) -> None:
    log, folder = tmp_path / "bot.log", tmp_path / "store"
    async with Sandbox(pace=False) as sandbox:
        environment = sandbox_environment(sandbox, f"tinydb:{folder}") | {
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
            "KNOWLEDGE_DIR": str(few),
            "LOG_LEVEL": level,
        }
        bot = BotProcess(sandbox, environment, log)
        await bot.start()
        workplace = Workplace(sandbox, environment)
        alice = workplace.person("alice")
        answer = await workplace.reply_to(await alice.direct_messages(QUESTION))
        await alice.presses(answer, "Ask the helpdesk")
        await alice.opens_modal()
        assert (await alice.submits({"words": QUESTION, "tried": QUESTION})).ok
        card = await workplace.posted_in("tier-1", "#1 ·")
        await workplace.person("tia").presses(card, "Claim")
        await sandbox.settled()
        sandbox.revoke_tokens()
        await alice.direct_messages(QUESTION)
        await sandbox.settled()
        await bot.terminate()

    logged = log.read_text("utf-8")
    kept = "".join(path.read_text("utf-8") for path in folder.glob("*.journal*"))
    settings = {"bot token": sandbox.bot_token, "app token": sandbox.app_token}
    assert [] == [name for name, one in (PLANTED | settings).items() if one in logged]
    assert WORDS not in logged
    assert "ready" in logged
    assert [] == [name for name, one in PLANTED.items() if one in kept]
    assert WORDS in kept
    assert [] == [name for name, one in settings.items() if one in kept]


async def test_the_signing_secret_and_the_database_password_are_in_no_log(
    few: Path, tmp_path: Path, postgresql_url: str
) -> None:
    log = tmp_path / "bot.log"
    password = "Zq-database-secret"
    url = postgresql_url.replace("postgres@", f"postgres:{password}@", 1)
    async with Sandbox(pace=False) as sandbox:
        environment = sandbox_environment(sandbox, url) | {
            "SLACK_SIGNING_SECRET": "zqsigningsecretofthebot",
            "SLACK_PACE": "OFF",
            "CLOCK_URL": "",
            "KNOWLEDGE_DIR": str(few),
            "LOG_LEVEL": "DEBUG",
        }
        bot = BotProcess(sandbox, environment, log)
        await bot.start()
        await Workplace(sandbox, environment).reply_to(
            await sandbox.person("alice").direct_messages(QUESTION)
        )
        await bot.terminate()

    logged = log.read_text("utf-8")
    assert password not in logged
    assert "zqsigningsecretofthebot" not in logged
    assert "ready" in logged
