"""auth.test, apps.connections.open, team.info, api.test."""

from sandbox.conversation import Json
from sandbox.webapi.call import Call, method


@method("api.test", tier=4)
def api_test(call: Call) -> Json:
    if error := call.text("error"):
        return {"ok": False, "error": error}
    return {"args": dict(call.arguments)}


@method("auth.test", tier=0)
def auth_test(call: Call) -> Json:
    workspace = call.core.workspace
    return {
        "url": f"{call.core.base_url}/",
        "team": workspace.name,
        "user": call.bot.name,
        "team_id": workspace.team_id,
        "user_id": call.bot.id,
        "bot_id": call.bot.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", tier=1, token="app")  # noqa: S106 - a kind of token
def open_connection(call: Call) -> Json:
    ticket = call.core.sockets.issue_ticket()
    url = call.core.base_url.replace("http", "ws", 1)
    return {"url": f"{url}/link/?ticket={ticket}&app_id={call.core.app.id}"}


@method("team.info", "team:read")
def team_info(call: Call) -> Json:
    workspace = call.core.workspace
    return {
        "team": {
            "id": workspace.team_id,
            "name": workspace.name,
            "domain": workspace.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "is_verified": False,
        }
    }
