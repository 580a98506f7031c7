"""Commands of ``python bot.py`` that need more than one package: check, sandbox, play, figures."""
